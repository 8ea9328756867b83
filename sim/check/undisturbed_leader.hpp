// "If a server receives a RequestVote request within the minimum election timeout of hearing from a
// current leader, it does not update its term or grant its vote" (thesis §4.2.3, disruptive
// servers); nor does the leader itself.
//
// A request that comes late, or from a server that was cut off, would otherwise depose a leader
// that serves its majority: nothing is lost, but nobody is served until the next one leads.
#pragma once

#include <vector>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class UndisturbedLeader {
 public:
  explicit UndisturbedLeader(Duration timeout_min) : timeout_min_(timeout_min) {}

  /// `leader_heard`: hears_leader(view).
  Finding observe(const StepView& view, bool leader_heard);

 private:
  /// As far as is known since the node was started.
  struct Server {
    Term term{};
    bool leads = false;
    bool heard = false;  // from the leader of that term
    Instant heard_at{};  // by its own clock
  };

  [[nodiscard]] Finding judge(const StepView& view, const Server& before) const;

  Duration timeout_min_;
  std::vector<Server> servers_;  // by id - 1
};

}  // namespace snowflk::sim
