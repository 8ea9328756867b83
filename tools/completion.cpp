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

std::vector<const CLI::App*> children_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

/// The words that may follow `command`: its commands and its long options.
std::vector<std::string> words_after(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* child : children_of(command)) {
    words.push_back(child->get_name());
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

struct Placed {
  const CLI::App* command;
  std::string path;
};

/// `root` and all below it, each after its parent.
std::vector<Placed> all_commands(const CLI::App& root) {
  std::vector<Placed> all{{&root, ""}};
  for (std::size_t at = 0; at < all.size(); ++at) {
    const Placed parent = all[at];
    for (const CLI::App* child : children_of(*parent.command)) {
      all.push_back({child, parent.path + " " + child->get_name()});
    }
  }
  return all;
}

/// A case for each command, the deeper before the shallower: the first that fits counts.
std::string cases_of(const CLI::App& root) {
  std::string cases;
  const std::vector<Placed> all = all_commands(root);
  for (std::size_t at = all.size(); at > 0; --at) {
    const auto& [command, path] = all[at - 1];
    cases +=
        fmt::format("    \"{}\"*) words=\"{}\" ;;\n", path, fmt::join(words_after(*command), " "));
  }
  return cases;
}

Exit run(const CLI::App& root) {
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
                        cases_of(root)));
  return out.finish(Exit::pass);
}

}  // namespace

void add_completion(CLI::App& root, Action& action) {
  auto* command = root.add_subcommand("completion", "Print what bash completes: source <(...)");
  command->callback([&root, &action] { action = [&root] { return run(root); }; });
}

}  // namespace snowflk::tools
