// The log as it was committed: what each index was first applied as, and when, told in events of
// the clients' history. The witness for the order in which operations took effect.
#pragma once

#include <vector>

#include "core/base/describe.hpp"
#include "sim/check/step_view.hpp"

namespace snowflk::sim {

struct CommittedEntry {
  Term term;
  u64 payload_hash = 0;
  u64 client_events = 0;  // how many the history had when a node first applied it
  NodeId applied_by;      // that node
};

class CommittedLog {
 public:
  void observe(const StepView& view) {
    for_each_event(view, Overloaded{
                             [&](const node::Applied& applied) { first_applied(view, applied); },
                             [](const auto&) {},
                         });
  }
  /// Entry i has index i + 1.
  [[nodiscard]] const std::vector<CommittedEntry>& entries() const { return entries_; }

 private:
  void first_applied(const StepView& view, const node::Applied& applied) {
    if (applied.index.value != entries_.size() + 1) return;  // not for the first time
    entries_.push_back(CommittedEntry{.term = applied.term,
                                      .payload_hash = applied.payload_hash,
                                      .client_events = view.client_events,
                                      .applied_by = view.node});
  }
  std::vector<CommittedEntry> entries_;
};

}  // namespace snowflk::sim
