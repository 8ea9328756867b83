// The clients' history before both judges: the committed log as witness, and the search that knows
// of no log. Both must find nothing; what the one finds, the other is asked about.
#pragma once

#include "sim/check/committed_log.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/violation.hpp"
#include "sim/history.hpp"

namespace snowflk::sim {

struct HistoryVerdict {
  /// The witness's finding, else the search's. Its sentence names the few operations that no order
  /// explains, and says whether the other judge agrees.
  Finding finding;
  /// The search was ended by its bound. No violation, but no verdict of its either.
  bool search_was_cut = false;
};

/// `starting_entries` as LogReplay has it: of such a log the history lacks the beginning, so that
/// the witness judges alone.
HistoryVerdict judge_history(const History& history, const CommittedLog& log, u64 starting_entries,
                             const LinearLimits& limits);

}  // namespace snowflk::sim
