// `snowflk completion`: what bash completes, made from the command line's own model.
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/commands.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

/// The words that may follow `command`: its commands and its long options.
std::vector<std::string> words_after(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(child->get_name());
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

/// A case for each command, the deeper before the shallower: the first that fits counts.
void add_cases(const CLI::App& command, const std::string& path, std::string& cases) {
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
    add_cases(*child, path + " " + child->get_name(), cases);
  }
  cases +=
      fmt::format("    \"{}\"*) words=\"{}\" ;;\n", path, fmt::join(words_after(command), " "));
}

Exit run(const CLI::App& root) {
  std::string cases;
  add_cases(root, "", cases);
  Output out;
  out.write(fmt::format(R"(_snowflk() {{
  local path="" word words
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$word" in -*) ;; *) path="$path $word" ;; esac
  done
  case "$path" in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _snowflk snowflk
)",
                        cases));
  return out.finish(Exit::pass);
}

}  // namespace

void add_completion(CLI::App& root, Action& action) {
  auto* command = root.add_subcommand("completion", "Print what bash completes: source <(...)");
  command->callback([&root, &action] { action = [&root] { return run(root); }; });
}

}  // namespace snowflk::tools
