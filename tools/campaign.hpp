// Many seeds of one scenario, each run in a worker process (sim/runner.hpp); results in the order
// of seeds. A seed alone gives what it gives in a campaign.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "sim/runner.hpp"
#include "tools/sim_report.hpp"

namespace snowflk::tools {

struct CampaignOptions {
  sim::SeedRange seeds;
  u32 jobs = 1;
  std::optional<std::chrono::nanoseconds> budget;  // it is stopped after the first result beyond it
};

struct CampaignSummary {
  u64 passed = 0;
  u64 failed = 0;
  u64 events = 0;
  u64 wall_ns = 0;          // of the whole campaign
  bool cut_short = false;   // not every seed was run
  bool could_start = true;  // false: there were no processes
  Exit first_failure = Exit::pass;
};

/// `report` gets every result, in the order of seeds; it returns false to stop the campaign. A
/// fixed share of the seeds is run twice, and must give equal digests.
CampaignSummary run_campaign(const Loaded& loaded, const CampaignOptions& options,
                             const std::function<bool(Finished&)>& report);

/// One run, timed, in this process.
Finished run_timed(const Loaded& loaded, u64 seed, sim::scenario::Watcher* watcher);

}  // namespace snowflk::tools
