// `snowflk sim replay`: runs what a trace holds once more, and compares it line by line.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/random.hpp"
#include "tools/build_id.hpp"
#include "tools/campaign.hpp"
#include "tools/commands.hpp"
#include "tools/output.hpp"
#include "tools/read_file.hpp"

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

Exit run(const std::string& file, bool json) {
  const auto text = read_file(file);
  if (!text) {
    complain(text.error().sentence);
    return text.error().exit;
  }
  std::string_view rest = *text;
  const std::string_view header = take_line(rest);
  const auto identity = sim::trace_file::parse_header(header);
  if (!identity) return refuse(file, identity.error());
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

}  // namespace

void add_sim_replay(CLI::App& sim, Action& action) {
  auto* command = sim.add_subcommand("replay", "Run a trace again and compare every event");
  struct Arguments {
    std::string file;
    bool json = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->file, "A trace, or what a failed run left")->required();
  command->add_flag("--json", arguments->json, "A JSON object instead of text");
  command->callback([arguments, &action] {
    action = [arguments] { return run(arguments->file, arguments->json); };
  });
}

}  // namespace snowflk::tools
