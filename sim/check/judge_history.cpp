#include "sim/check/judge_history.hpp"

#include "sim/check/witness.hpp"

namespace snowflk::sim {
namespace {

/// What the witness found, with what the search says of it. A set of operations that no order
/// explains says most; but that an answered write is lost comes before what follows from it.
std::string told_by_both(const Violation& found, const LinearVerdict& verdict) {
  switch (verdict.judgement) {
    case Judgement::linearizable:
      return found.sentence +
             ". The search without the log does not agree: what clients saw has an order";
    case Judgement::undecided:
      return found.sentence +
             ". The search without the log was ended by its bound, and has no verdict";
    case Judgement::not_linearizable: break;
  }
  if (found.kind != ViolationKind::linearizability) {
    return found.sentence + ". The search without the log agrees: " + verdict.sentence;
  }
  return verdict.sentence + ". The log agrees: " + found.sentence;
}

}  // namespace

HistoryVerdict judge_history(const History& history, const CommittedLog& log, u64 starting_entries,
                             const LinearLimits& limits) {
  HistoryVerdict both{.finding = judge_by_log(history, log, starting_entries)};
  if (starting_entries > 0) return both;
  const LinearVerdict verdict = judge_linearizable(history, limits);
  both.search_was_cut = verdict.judgement == Judgement::undecided;
  if (both.finding) {
    both.finding->sentence = told_by_both(*both.finding, verdict);
  } else if (verdict.judgement == Judgement::not_linearizable) {
    both.finding = Violation{
        .property = "linearizability",
        .kind = ViolationKind::linearizability,
        .sentence = verdict.sentence + ". The log does not agree: it explains every operation"};
  }
  return both;
}

}  // namespace snowflk::sim
