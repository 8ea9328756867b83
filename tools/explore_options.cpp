// What `snowflk sim explore --exhaustive` is told on the command line.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tools/explore_exhaustive.hpp"

namespace snowflk::tools {

void add_exhaustive_options(CLI::App& command, ExhaustiveArguments& arguments) {
  sim::exhaustive::Bounds& bounds = arguments.bounds;
  const auto bound = [&](const char* name, auto& value, const char* what) {
    command.add_option(name, value, what)
        ->default_str(fmt::format("{}", u32{value}))  // one of them is a byte, no character
        ->group("Bounds");
  };
  bound("--nodes", bounds.nodes, "How many nodes there are");
  bound("--terms", bounds.terms, "No node stands for election in a later term");
  bound("--entries", bounds.entries, "Commands that clients propose, all together");
  bound("--crashes", bounds.crashes, "Crashes, of all nodes together");
  bound("--drops", bounds.drops, "Messages that are lost");
  bound("--duplicates", bounds.duplicates, "Messages that come twice");
  bound("--overtakes", bounds.overtakes, "Messages that come before an earlier one of their link");
  bound("--heartbeats", bounds.heartbeats, "Rounds of heartbeats, of all leaders together");
  bound("--entries-per-message", bounds.entries_per_message,
        "Entries that one AppendEntries carries at most");
  const auto flag = [&](const char* name, const std::function<void()>& set, const char* what) {
    command.add_flag_callback(name, set, what)->group("Bounds");
  };
  flag(
      "--old-messages", [&bounds] { bounds.old_messages = true; },
      "Deliver also what comes from terms that the receiver has left behind");
  flag(
      "--no-symmetry", [&bounds] { bounds.symmetry = false; },
      "Tell states apart that differ by the nodes' names alone");

  command.add_option("--jobs", arguments.jobs, "Threads; they change nothing but the time")
      ->check(CLI::Range(1U, 64U));
  command.add_option("--memory", arguments.memory, "Stop when so much is in use: 4GiB, 512MiB")
      ->capture_default_str();
  command.add_option("--budget-states", arguments.states_max, "Stop when so many states were seen");
  command.add_option("--budget", arguments.budget,
                     "Stop after so much CPU time, of all cores together: 60s");
  command.add_option("--save", arguments.save,
                     "Where a search that stops is kept; none: nowhere. If left out: where "
                     "--resume has it from, or snowflk-explore-STRATEGY.search");
  command.add_option("--resume", arguments.resume, "Go on with a search that was kept");
  command.add_option("--scenario", arguments.scenario, "Where a counterexample is written")
      ->capture_default_str();
  command.add_flag("--json", arguments.json, "One JSON object instead of text");
}

}  // namespace snowflk::tools
