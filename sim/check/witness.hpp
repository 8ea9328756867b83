// Linearizability with the committed log as witness, in time linear in the history.
//
// The log says in which order writes took effect. Each answered write must be one entry, applied
// between its invocation and its return, with the reply that the reference model gives there; each
// entry must be one operation's; each read must be the state after some entry that is neither older
// than what had returned when it was asked, nor newer than what was applied when it was answered.
#pragma once

#include "sim/check/committed_log.hpp"
#include "sim/check/log_replay.hpp"
#include "sim/history.hpp"

namespace snowflk::sim {

/// Nothing: the log explains the history. Else `acknowledged_survives`, if an answered write is in
/// no entry, or `linearizability`. `starting_entries` as LogReplay has it.
Finding judge_by_log(const History& history, const CommittedLog& log, u64 starting_entries = 0);

}  // namespace snowflk::sim
