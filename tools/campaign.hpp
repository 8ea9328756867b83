// Many seeds of one scenario, each run in a worker process (sim/runner.hpp); results in the order
// of seeds. A seed alone gives what it gives in a campaign.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "sim/runner.hpp"
#include "tools/sim_report.hpp"

namespace snowflk::tools {

/// One seed's run; the same for the same seed, or it is a finding.
using RunSeed = std::function<Finished(u64 seed, const sim::scenario::RunManner& manner)>;

struct CampaignOptions {
  sim::SeedRange seeds;
  u32 jobs = 1;
  u32 twice_ppm = 50'000;  // the share of seeds that is run twice, in millionths
  std::optional<std::chrono::nanoseconds> budget;  // beyond it nothing is waited for
  std::function<bool()> stop_asked;                // may be empty; true: it ends early
};

struct CampaignSummary {
  u64 passed = 0;
  u64 excused = 0;    // of those
  u64 undecided = 0;  // likewise
  u64 failed = 0;
  u64 twice = 0;  // of them, run twice
  u64 events = 0;
  u64 wall_ns = 0;          // of the whole campaign
  bool cut_short = false;   // not every seed was run
  bool could_start = true;  // false: there were no processes
  Exit first_failure = Exit::pass;
};

/// Whether `seed` is one of those that are run twice: of a million seeds in a row exactly
/// `twice_ppm`, evenly spread. Every campaign chooses the same. REQUIRES: twice_ppm <= 1'000'000.
bool is_run_twice(u64 seed, u32 twice_ppm);

/// `report` gets every result, in the order of seeds; it returns false to stop the campaign. A
/// share of the seeds is run twice, and must give equal digests; the second time from copies of its
/// world, and must end in the same state.
CampaignSummary run_campaign(const RunSeed& run_seed, const CampaignOptions& options,
                             const std::function<bool(Finished&)>& report);

/// Of a pass: no cluster could converge there, and a certificate proves it.
bool is_excused(const Finished& run);
/// Of a pass: the log alone has judged what clients saw (judge_history.hpp).
bool is_undecided(const Finished& run);

/// One run, timed, in this process.
Finished run_timed(const Loaded& loaded, u64 seed, sim::scenario::Watcher* watcher,
                   const sim::scenario::RunManner& manner = {});
/// Likewise, with a ledger of it.
Finished run_with_ledger(const Loaded& loaded, u64 seed, const sim::scenario::RunManner& manner);

}  // namespace snowflk::tools
