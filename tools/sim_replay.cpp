// `snowflk sim replay`: runs what a trace holds once more, and compares it line by line; or shows
// the world at any event of a run, or writes a chain file of it.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/chain/compare.hpp"
#include "sim/random.hpp"
#include "tools/build_id.hpp"
#include "tools/campaign.hpp"
#include "tools/chain_run.hpp"
#include "tools/commands.hpp"
#include "tools/output.hpp"
#include "tools/overwriting.hpp"
#include "tools/read_file.hpp"
#include "tools/replay_at.hpp"

namespace snowflk::tools {
namespace {

using sim::trace_file::Ending;
using sim::trace_file::Identity;

/// The first line of `rest`, without its end; `rest` then begins after it.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

/// Compares what happens with the lines of a trace.
class Comparer final : public sim::scenario::Watcher {
 public:
  explicit Comparer(std::string_view events) : rest_(events) {}

  void event(const sim::World& world, const sim::StepRecord& record) override {
    if (!difference_.empty()) return;
    line_.clear();
    sim::trace_file::append_event(line_, record, world.digest());
    line_.pop_back();
    const std::string_view recorded = take_line(rest_);
    if (recorded != line_) difference_ = describe(recorded);
  }
  void say(const sim::World&, std::string_view) override {}

  /// The ending, when all events were equal.
  [[nodiscard]] std::string_view rest() const { return rest_; }
  /// What was recorded and what happened, at the first event that differs; empty: none does.
  [[nodiscard]] const std::string& difference() const { return difference_; }

 private:
  [[nodiscard]] std::string describe(std::string_view recorded) const {
    std::size_t at = 0;
    while (at < recorded.size() && at < line_.size() && recorded[at] == line_[at]) at += 1;
    return fmt::format(
        "the first event that differs: recorded {}, happened {}; from byte {} of "
        "the line on: {:.60} <> {:.60}",
        sim::trace_file::describe_event(recorded), sim::trace_file::describe_event(line_), at,
        recorded.substr(at), std::string_view{line_}.substr(at));
  }

  std::string_view rest_;
  std::string line_;
  std::string difference_;
};

Exit refuse(const std::string& file, std::string_view why) {
  complain(fmt::format("{}: {}", file, why));
  return Exit::usage;
}

std::string note_on_identity(const Identity& identity) {
  if (identity.build == build_id()) return {};
  return fmt::format("recorded by build {}, replayed by build {}", identity.build, build_id());
}

/// The first line as this build writes it for the same run: it differs, and why that is wrong.
std::optional<std::string> wrong_header(const Loaded& loaded, const Identity& identity,
                                        std::string_view line) {
  std::string expected;
  sim::trace_file::append_header(expected, identity,
                                 sim::scenario::run_options(loaded.scenario, identity.seed));
  expected.pop_back();
  if (line == expected) return std::nullopt;
  std::size_t at = 0;
  while (at < line.size() && at < expected.size() && line[at] == expected[at]) at += 1;
  const std::size_t from = at < 20 ? 0 : at - 20;
  return fmt::format(
      "line 1 is not that of its scenario and seed: recorded {:.60}, expected {:.60} (byte {})",
      line.substr(from), std::string_view{expected}.substr(from), from);
}

Exit diverged(const Identity& identity, const std::string& why, Output& out) {
  if (const std::string note = note_on_identity(identity); !note.empty()) out.line(note);
  out.line(why);
  out.line(fmt::format("verdict=diverged seed={}", identity.seed));
  return out.finish(Exit::diverged);
}

Exit compare(const Loaded& loaded, const Identity& identity, std::string_view events, bool json) {
  Output out;
  Comparer comparer{events};
  const Finished run = run_timed(loaded, identity.seed, &comparer);
  if (!comparer.difference().empty()) return diverged(identity, comparer.difference(), out);
  std::string_view rest = comparer.rest();
  const std::string_view last = take_line(rest);
  const auto ending = sim::trace_file::parse_ending(last);
  if (!ending && !last.empty()) {
    return diverged(
        identity,
        fmt::format("the run ended, but recorded is {}", sim::trace_file::describe_event(last)),
        out);
  }
  if (ending && *ending != ending_of(run)) {
    return diverged(identity,
                    fmt::format("all events are equal, but recorded is verdict={} "
                                "digest={}",
                                ending->verdict, ending->digest),
                    out);
  }
  if (!ending) complain("the trace has no ending: all that it has is equal");
  if (const std::string note = note_on_identity(identity); !note.empty()) complain(note);
  if (json) {
    out.line(json_object(loaded, run));
  } else {
    out.write(failure_lines(loaded, run));
    out.line(verdict_line(run));
  }
  return out.finish(exit_of(run));
}

/// A chain file once more: its digests, instead of its events, are compared.
Exit replay_chain(const std::string& file, std::string_view text, bool json) {
  const auto recorded = sim::chain::read_recording(text);
  if (!recorded) return refuse(file, recorded.error());
  const auto named = load_failed_run(file, "");
  if (!named) return named.error();
  std::string lines;
  sim::chain::Writer writer{lines};
  const Finished run = run_timed(named->loaded, named->seed, &writer);
  std::string again{recorded->header};
  again += '\n';
  again += lines;
  Output out;
  const auto parting = sim::chain::parting_of(*recorded, *sim::chain::read_recording(again));
  if (parting) {
    return diverged(recorded->identity,
                    fmt::format("equal before event {}, not after event {}: snowflk sim bisect "
                                "names the event",
                                parting->window.first, parting->window.last),
                    out);
  }
  if (recorded->ending && *recorded->ending != ending_of(run)) {
    return diverged(
        recorded->identity,
        fmt::format("all digests are equal, but recorded is verdict={}", recorded->ending->verdict),
        out);
  }
  if (json) {
    out.line(json_object(named->loaded, run));
  } else {
    out.write(failure_lines(named->loaded, run));
    out.line(verdict_line(run));
  }
  return out.finish(exit_of(run));
}

Exit run(const std::string& file, bool json) {
  const auto text = read_file(file);
  if (!text) {
    complain(text.error().sentence);
    return text.error().exit;
  }
  std::string_view rest = *text;
  const std::string_view header = take_line(rest);
  if (sim::trace_file::parse_header(header, sim::chain::kSchema)) {
    return replay_chain(file, *text, json);
  }
  const auto identity = sim::trace_file::parse_header(header);
  if (!identity) {
    return refuse(file,
                  fmt::format("{}: expected a trace, a failure or a chain file; of a scenario "
                              "say --at, --walk or --chain, or sim run",
                              identity.error()));
  }
  if (identity->generator < 1 || identity->generator > sim::kGeneratorVersion) {
    return refuse(file, fmt::format("recorded by generator {}, this build has 1 to {}",
                                    identity->generator, sim::kGeneratorVersion));
  }
  auto loaded = load_text(identity->scenario, identity->scenario_text);
  if (!loaded) return loaded.error();
  loaded->scenario.generator = identity->generator;  // where the file does not say, the newest then
  if (loaded->scenario.swarm && !sim::draws(identity->generator, loaded->scenario.mode)) {
    return refuse(file, fmt::format("generator {} knows no mode \"{}\"", identity->generator,
                                    name_of(loaded->scenario.mode)));
  }
  if (loaded->scenario.hash != identity->scenario_hash) {
    return refuse(file, "the scenario in it is not the one whose hash stands there");
  }
  if (const auto why = wrong_header(*loaded, *identity, header)) {
    if (identity->build == build_id()) return refuse(file, *why);
    Output out;
    return diverged(*identity, *why, out);
  }
  return compare(*loaded, *identity, rest, json);
}

Exit show(const std::string& file, const std::string& seed, const ReplayAt& at) {
  const auto run = load_failed_run(file, seed);
  return run ? replay_at(*run, at) : run.error();
}

/// Says how the run ended, whatever that was: the file is what was asked for.
Exit write_chain(const std::string& file, const std::string& seed, const std::string& chain,
                 const std::string& window) {
  std::optional<sim::chain::Window> events;
  if (!window.empty()) {
    const auto parsed = parse_window(window);
    if (!parsed) {
      complain("--window: " + parsed.error());
      return Exit::usage;
    }
    events = *parsed;
  }
  if (const auto lost = overwriting({{"--chain", chain}}, file)) {
    complain(*lost);
    return Exit::usage;
  }
  const auto named = load_failed_run(file, seed);
  if (!named) return named.error();
  Finished finished;
  if (!run_chained(named->loaded, named->seed, chain, events, nullptr, finished)) {
    return Exit::environment;
  }
  Output out;
  out.write(failure_lines(named->loaded, finished));
  out.line(verdict_line(finished));
  return out.finish(exit_of(finished));
}

}  // namespace

void add_sim_replay(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("replay", "Run a trace again and compare every event");
  struct Arguments {
    std::string file;
    std::string seed;
    std::string chain;
    std::string window;
    ReplayAt at;
  };
  const auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("FILE", arguments->file,
                   "A trace, or what a failed run left; with --at or --chain a scenario too")
      ->required();
  command->add_option("--at", arguments->at.at,
                      "Show the world after this event, or at this time: 4711, 1.203s; several do");
  command->add_flag("--walk", arguments->at.walk,
                    "Go where standard input says, a line each: an event, a time, +1, -10, q");
  auto* state = command->add_flag("--state", arguments->at.state,
                                  "Of --at: every part of the state, by name");
  command->add_option("--seed", arguments->seed, "Of a scenario with --at or --chain: its seed");
  auto* chain = command->add_option("--chain", arguments->chain,
                                    "Write digests of the run to this file; see docs/BISECT.md");
  command->add_option("--window", arguments->window, "Of --chain: events that are told one by one")
      ->needs(chain);
  command->add_flag("--json", arguments->at.json, "A JSON object instead of text")->excludes(state);
  command->callback([arguments, &action] {
    action = [arguments] {
      const ReplayAt& at = arguments->at;
      if (!at.at.empty() || at.walk) return show(arguments->file, arguments->seed, at);
      if (!arguments->chain.empty()) {
        return write_chain(arguments->file, arguments->seed, arguments->chain, arguments->window);
      }
      if (!arguments->seed.empty() || at.state) {
        complain("--seed and --state are of --at EVENT, --walk or --chain FILE");
        return Exit::usage;
      }
      return run(arguments->file, at.json);
    };
  });
}

}  // namespace snowflk::tools
