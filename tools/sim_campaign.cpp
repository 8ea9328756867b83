#include "tools/sim_campaign.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/scenario/quantity.hpp"
#include "tools/failure_file.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

constexpr u64 kFailureFilesMax = 10;  // of one campaign: more help nobody

u64 per_second(u64 count, u64 nanoseconds) {
  const u64 microseconds = nanoseconds / 1000;
  return microseconds == 0 ? 0 : count * 1'000'000 / microseconds;
}

u64 count_of(const sim::SeedRange& seeds) { return seeds.last - seeds.first + 1; }

/// One line on standard error that is written over, only where it can be.
class Progress {
 public:
  explicit Progress(u64 seeds) : seeds_(seeds), wanted_(stderr_is_terminal()) {}
  void show(u64 done, u64 failed) {
    if (!wanted_ || (done % 16 != 0 && done != seeds_)) return;
    fmt::print(stderr, "\r{} of {} seeds, {} failed ", done, seeds_, failed);
  }
  void clear() const {
    if (wanted_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  u64 seeds_;
  bool wanted_;
};

std::string summary_line(const sim::SeedRange& seeds, const CampaignSummary& summary) {
  std::string line = fmt::format("seeds={} passed={} failed={} events={} events_per_s={}",
                                 summary.passed + summary.failed, summary.passed, summary.failed,
                                 summary.events, per_second(summary.events, summary.wall_ns));
  if (summary.cut_short) {
    line += fmt::format(" not_run={}", count_of(seeds) - summary.passed - summary.failed);
  }
  return line;
}

}  // namespace

void add_common_options(CLI::App& command, SimArguments& arguments) {
  command.add_option("--jobs", arguments.jobs, "Threads; each runs whole seeds")
      ->check(CLI::Range(1U, 1024U));
  command.add_option("--failures", arguments.failures,
                     "Where to leave the traces of seeds that fail: a directory, or none");
  command.add_flag("--json", arguments.json, "One JSON object a seed instead of text");
}

Exit run_many(const Loaded& loaded, const sim::SeedRange& seeds, const SimArguments& arguments) {
  CampaignOptions options;
  options.seeds = seeds;
  options.jobs = arguments.jobs;
  if (!arguments.budget.empty()) {
    const auto budget = sim::scenario::parse_duration(arguments.budget);
    if (!budget) {
      complain(
          fmt::format("--budget: expected a duration such as 10m, found \"{}\"", arguments.budget));
      return Exit::usage;
    }
    options.budget = std::chrono::nanoseconds{budget->value};
  }
  Output out;
  Progress progress{count_of(seeds)};
  u64 done = 0;
  u64 failed = 0;
  sim::scenario::FiredFaults fired;
  const auto report = [&](Finished& run) {
    done += 1;
    add_fired(run.result.faults, fired);
    if (exit_of(run) != Exit::pass) {
      failed += 1;
      const bool judged = run.crash.empty() && exit_of(run) != Exit::usage;
      if (arguments.failures != "none" && judged && failed <= kFailureFilesMax) {
        leave_failure_file(loaded, arguments.failures, run);
      }
    }
    progress.clear();
    if (arguments.json) {
      out.line(json_object(loaded, run));
    } else {
      if (loaded.scenario.swarm) out.line(faults_line(loaded, run));
      out.write(failure_lines(loaded, run));
      out.line(verdict_line(run));
    }
    if (stdout_is_terminal() || arguments.json) out.flush();
    progress.show(done, failed);
    return !out.reader_left() && !out.failed();
  };
  const CampaignSummary summary = run_campaign(loaded, options, report);
  progress.clear();
  if (!summary.could_start) {
    complain("no process could be started for the seeds");
    return out.finish(Exit::environment);
  }
  if (!arguments.json) {
    std::string line = summary_line(seeds, summary);
    if (loaded.scenario.swarm) line += "; came: " + phrase_fired(fired);
    out.line(line);
  }
  if (summary.failed > 0) return out.finish(summary.first_failure);
  return out.finish(summary.cut_short ? Exit::unfinished : Exit::pass);
}

}  // namespace snowflk::tools
