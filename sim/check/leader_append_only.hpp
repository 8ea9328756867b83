// "Leader Append-Only: a leader never overwrites or deletes entries in its log; it only appends
// new entries." (Figure 3)
#pragma once

#include <map>

#include "sim/check/step_view.hpp"

namespace snowflk::sim {

class LeaderAppendOnly {
 public:
  Finding observe(const StepView& view);

 private:
  /// Of a node that leads: how its log ended after its last step.
  struct Leading {
    Term term;
    LogIndex last_index;
    Term last_term;
  };
  Finding check_log(const StepView& view, const Leading& before) const;

  std::map<NodeId, Leading> leading_;
};

}  // namespace snowflk::sim
