// The `snowflk` command: judges the command line, then runs the one subcommand it names.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/scenario/form.hpp"
#include "tools/commands.hpp"
#include "tools/current_run.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

std::string exit_code_table() {
  std::string table = "Exit codes:\n";
  for (const Exit code : kAllExits) {
    table += fmt::format("  {}  {}\n", static_cast<int>(code), meaning_of(code));
  }
  return table;
}

void add_commands(CLI::App& root, Action& action) {
  auto& sim = *root.add_subcommand("sim", "Run clusters in the simulator");
  sim.require_subcommand(1);
  add_sim_run(sim, action);
  add_sim_swarm(sim, action);
  add_sim_campaign(sim, action);
  add_sim_replay(sim, action);
  add_sim_bisect(sim, action);
  add_sim_shrink(sim, action);
  add_sim_explain(sim, action);
  add_sim_check(sim, action);
  add_sim_explore(sim, action);
  add_serve(root, action);
  add_demo(root, action);
  add_inspect(root, action);
  add_completion(root, action);
  add_version(root, action);
}

/// Of an option that `command` does not have: what to say. Empty if `word` is none.
std::string unknown_option(const CLI::App& command, std::string_view word) {
  if (!word.starts_with("--") || word.size() == 2) return {};
  const std::string_view name = word.substr(2, word.find('=') - 2);
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& each : option->get_lnames()) known.push_back("--" + each);
  }
  const std::string option = fmt::format("--{}", name);
  if (std::ranges::find(known, option) != known.end()) return {};
  const std::vector<std::string_view> names{known.begin(), known.end()};
  return fmt::format("{} has no option {}{} (see --help)", command.get_name(), option.substr(0, 42),
                     sim::scenario::hint(option, names));
}

/// Of a command line with a word where a command should stand, and no such command, or with an
/// option that its command does not have: what to say.
std::string unknown_word(const CLI::App& root, int argc, char** argv) {
  const CLI::App* parent = &root;
  for (int at = 1; at < argc; ++at) {
    const std::string_view word = argv[at];
    const auto commands = parent->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty() || word.starts_with('-')) {
      if (std::string what = unknown_option(*parent, word); !what.empty()) return what;
      continue;
    }
    std::vector<std::string_view> names;
    names.reserve(commands.size());
    const CLI::App* named = nullptr;
    for (const CLI::App* command : commands) {
      names.emplace_back(command->get_name());
      if (command->get_name() == word) named = command;
    }
    if (named == nullptr) {
      return fmt::format("{} has no command \"{}\"{} (see --help)", parent->get_name(),
                         word.substr(0, 40), sim::scenario::hint(word, names));
    }
    parent = named;
  }
  return {};
}

/// Help that was asked for goes to standard output; what is wrong, in one line, to standard error.
Exit report(const CLI::App& root, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    std::ostringstream help;
    root.exit(error, help, help);
    Output out;
    out.write(help.str());
    return out.finish(Exit::pass);
  }
  const std::string unknown = unknown_word(root, argc, argv);
  complain(unknown.empty() ? fmt::format("{} (see --help)", error.what()) : unknown);
  return Exit::usage;
}

Exit run(int argc, char** argv) {
  CLI::App root{"snowflk: a replicated key-value store, and the simulator that proves it"};
  root.name("snowflk");
  root.footer(exit_code_table());
  root.require_subcommand(1);
  root.set_version_flag("--version", [] { return version_line(); });
  Action action;
  add_commands(root, action);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report(root, error, argc, argv);
  }
  SNOWFLK_ASSERT(action != nullptr);
  return action();
}

/// Says what failed and how to repeat it, and ends the process with the code that says so.
void end_on_assertion(const AssertInfo& info) {
  if (Output* story = CurrentStory::output()) story->flush();
  complain(fmt::format("assertion failed: {} ({}:{})", info.expression, info.file, info.line));
  const std::string& command = CurrentRun::command();
  if (!command.empty()) complain(fmt::format("to repeat it: {}", command));
  ::_exit(static_cast<int>(Exit::assertion));
}

}  // namespace
}  // namespace snowflk::tools

int main(int argc, char** argv) {
  namespace tools = snowflk::tools;
  // A reader that leaves is seen as EPIPE where it is written (tools/output.hpp).
  std::signal(SIGPIPE, SIG_IGN);
  snowflk::set_assert_handler(tools::end_on_assertion);
  try {
    return static_cast<int>(tools::run(argc, argv));
  } catch (const std::bad_alloc&) {
    tools::complain("out of memory");
    return static_cast<int>(tools::Exit::environment);
  } catch (const std::exception& error) {
    tools::complain(error.what());
    return static_cast<int>(tools::Exit::assertion);
  }
}
