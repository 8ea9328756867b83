#include "tools/sim_campaign.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/scenario/quantity.hpp"
#include "tools/failure_file.hpp"
#include "tools/output.hpp"
#include "tools/progress.hpp"
#include "tools/stop_signals.hpp"

namespace snowflk::tools {
namespace {

constexpr u64 kFailureFilesMax = 10;  // of one campaign: more help nobody

u64 per_second(u64 count, u64 nanoseconds) {
  const u64 microseconds = nanoseconds / 1000;
  return microseconds == 0 ? 0 : count * 1'000'000 / microseconds;
}

u64 count_of(const sim::SeedRange& seeds) { return seeds.last - seeds.first + 1; }

std::string summary_line(const sim::SeedRange& seeds, const CampaignSummary& summary) {
  std::string line = fmt::format("seeds={} passed={} failed={} events={} events_per_s={}",
                                 summary.passed + summary.failed, summary.passed, summary.failed,
                                 summary.events, per_second(summary.events, summary.wall_ns));
  if (summary.excused > 0) line += fmt::format(" excused={}", summary.excused);
  if (summary.undecided > 0) line += fmt::format(" undecided={}", summary.undecided);
  if (summary.twice > 0) line += fmt::format(" twice={}", summary.twice);
  if (summary.cut_short) {
    line += fmt::format(" not_run={}", count_of(seeds) - summary.passed - summary.failed);
  }
  return line;
}

/// Says what is wrong with an option's value.
std::unexpected<Exit> refuse(std::string_view option, std::string_view wanted,
                             std::string_view found) {
  complain(fmt::format("{}: expected {}, found \"{}\"", option, wanted, found));
  return std::unexpected(Exit::usage);
}

sim::Mode mode_of(std::string_view word) {
  if (word == name_of(sim::Mode::lite)) return sim::Mode::lite;
  if (word == name_of(sim::Mode::beyond)) return sim::Mode::beyond;
  return sim::Mode::swarm;
}

OrExit<CampaignOptions> options_of(const SimArguments& arguments, const sim::SeedRange& seeds) {
  CampaignOptions options{
      .seeds = seeds, .jobs = arguments.jobs, .budget = {}, .stop_asked = StopSignals::asked};
  const auto twice = twice_ppm_of(arguments.twice);
  if (!twice) return std::unexpected(twice.error());
  options.twice_ppm = *twice;
  const auto budget = budget_of(arguments.budget);
  if (!budget) return std::unexpected(budget.error());
  options.budget = *budget;
  return options;
}

}  // namespace

void add_common_options(CLI::App& command, SimArguments& arguments) {
  command.add_option("--jobs", arguments.jobs, "Threads; each runs whole seeds")
      ->check(CLI::Range(1U, 1024U));
  command.add_option("--failures", arguments.failures,
                     "Where to leave the traces of seeds that fail: a directory, or none");
  command.add_option("--twice", arguments.twice,
                     "The share of seeds that is run twice, to compare: 5%, 1/8, 0");
  command.add_flag("--json", arguments.json, "One JSON object a seed instead of text");
  command.add_flag("--quiet", arguments.quiet, "Of many seeds, nothing of those that pass");
}

void add_swarm_options(CLI::App& command, SwarmWords& words) {
  command
      .add_option(
          "--mode", words.mode,
          "lite: small and mild; swarm: every fault within the bounds; beyond: safety alone")
      ->check(CLI::IsMember({"lite", "swarm", "beyond"}));
  command.add_option("--generator", words.generator, "Which version draws; the newest if left out")
      ->check(CLI::Range(1U, sim::kGeneratorVersion));
}

OrExit<Loaded> swarm_of(const SwarmWords& words) {
  const sim::Mode mode = mode_of(words.mode);
  if (sim::draws(words.generator, mode)) return swarm_scenario(mode, words.generator);
  complain(
      fmt::format("--generator: version {} knows no mode \"{}\"", words.generator, words.mode));
  return std::unexpected(Exit::usage);
}

OrExit<u32> twice_ppm_of(const std::string& text) {
  const auto ratio = sim::scenario::parse_ratio(text);
  if (!ratio || 1'000'000 % ratio->denominator != 0) {
    return refuse("--twice", "a share of whole millionths such as 5%, 1/8 or 0", text);
  }
  return static_cast<u32>(ratio->numerator * (1'000'000 / ratio->denominator));
}

OrExit<std::optional<std::chrono::nanoseconds>> budget_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto budget = sim::scenario::parse_duration(text);
  if (!budget) return refuse("--budget", "a duration such as 10m", text);
  return std::chrono::nanoseconds{budget->value};
}

namespace {

void complain_of_file(const std::string& file) {
  complain(fmt::format("{}: {}", file, std::generic_category().message(errno)));
}

/// Whether `file` can be written, before there is something to lose. What it holds stays for now.
bool is_writable(const std::string& file) {
  if (std::ofstream{file, std::ios::binary | std::ios::app}) return true;
  complain_of_file(file);
  return false;
}

/// Which classes of faults met which phases: into the file, and what never met.
bool report_ledger(const std::string& file, const sim::scenario::LedgerCounts& counts, u64 seeds,
                   Output& out) {
  std::ofstream written{file, std::ios::binary};
  written << ledger_json(counts, seeds);
  written.flush();
  if (!written) {
    complain_of_file(file);
    return false;
  }
  const std::vector<std::string> never = never_hit(counts);
  for (const std::string& pair : never) out.line("never hit: " + pair);
  const std::size_t pairs = sim::scenario::expected_pairs();
  const std::size_t ways = 2 * counts.marks.size();
  out.line(fmt::format("ledger: pairs={} ways_of_marks={} never={}", pairs, ways, never.size()));
  return true;
}

/// Says what came of each seed, as it comes, and adds up what the summary wants.
class Reporter {
 public:
  Reporter(const Loaded& loaded, const sim::SeedRange& seeds, const SimArguments& arguments,
           Output& out)
      : loaded_(loaded), arguments_(arguments), out_(out), progress_(count_of(seeds), 0) {}

  /// False: nobody listens any more.
  bool take(Finished& run) {
    done_ += 1;
    add_fired(run.result.faults, fired_);
    if (run.ledger) ledger_.add(*run.ledger);
    if (exit_of(run) != Exit::pass) note_failure(run);
    if (stdout_is_terminal()) progress_.clear();
    say(run);
    progress_.show(done_, failed_);
    return !out_.reader_left() && !out_.failed();
  }
  void end() { progress_.clear(); }

  [[nodiscard]] u64 done() const { return done_; }
  [[nodiscard]] const sim::scenario::FiredFaults& fired() const { return fired_; }
  [[nodiscard]] const sim::scenario::LedgerCounts& ledger() const { return ledger_; }

 private:
  void note_failure(Finished& run) {
    failed_ += 1;
    const bool judged = exit_of(run) != Exit::usage;
    if (arguments_.failures != "none" && judged && failed_ <= kFailureFilesMax) {
      leave_failure_file(loaded_, arguments_.failures, run);
    }
  }
  void say(const Finished& run) {
    if (arguments_.quiet && exit_of(run) == Exit::pass) return;
    if (arguments_.json) {
      out_.line(json_object(loaded_, run));
    } else {
      if (loaded_.scenario.swarm) out_.line(faults_line(loaded_, run));
      out_.write(failure_lines(loaded_, run));
      out_.line(verdict_line(run));
    }
    if (stdout_is_terminal() || arguments_.json) out_.flush();
  }

  const Loaded& loaded_;
  const SimArguments& arguments_;
  Output& out_;
  Progress progress_;
  u64 done_ = 0;
  u64 failed_ = 0;
  sim::scenario::FiredFaults fired_;
  sim::scenario::LedgerCounts ledger_;
};

}  // namespace

Exit run_many(const Loaded& loaded, const sim::SeedRange& seeds, const SimArguments& arguments) {
  const auto options = options_of(arguments, seeds);
  if (!options) return options.error();
  const bool keeps_ledger = !arguments.ledger.empty();
  if (keeps_ledger && !is_writable(arguments.ledger)) return Exit::environment;
  const StopSignals signals;
  Output out;
  Reporter reporter{loaded, seeds, arguments, out};
  const auto report = [&](Finished& run) { return reporter.take(run); };
  const auto run_seed = [&](u64 seed, const sim::scenario::RunManner& manner) {
    return keeps_ledger ? run_with_ledger(loaded, seed, manner)
                        : run_timed(loaded, seed, nullptr, manner);
  };
  const CampaignSummary summary = run_campaign(run_seed, *options, report);
  reporter.end();
  if (!summary.could_start) {
    complain("no process could be started for the seeds");
    return out.finish(Exit::environment);
  }
  if (keeps_ledger && !report_ledger(arguments.ledger, reporter.ledger(), reporter.done(), out)) {
    return out.finish(Exit::environment);
  }
  if (!arguments.json) {
    std::string line = summary_line(seeds, summary);
    if (loaded.scenario.swarm) line += "; came: " + phrase_fired(reporter.fired());
    out.line(line);
  }
  if (summary.failed > 0) return out.finish(summary.first_failure);
  return out.finish(summary.cut_short ? Exit::unfinished : Exit::pass);
}

}  // namespace snowflk::tools
