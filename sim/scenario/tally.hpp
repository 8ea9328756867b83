// What has happened in a run so far, counted: for the claims that count.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "sim/record.hpp"

namespace snowflk::sim::scenario {

class Tally {
 public:
  Tally();
  void observe(const StepRecord& record);

  /// How often the event `word` (event_words()) happened, at all nodes together.
  [[nodiscard]] u64 count(std::string_view word) const;
  /// How often `node` began to stand for election: asked for pre-votes or votes.
  [[nodiscard]] u64 stood(NodeId node) const;
  /// The most leaders that one term had, and that term.
  struct Crowd {
    u64 leaders = 0;
    Term term;
  };
  [[nodiscard]] Crowd largest_crowd() const;

 private:
  std::vector<u64> counts_;     // by the order of event_words()
  std::vector<u64> stood_;      // by node id
  std::map<u64, u32> leaders_;  // of a term: bit id - 1
};

}  // namespace snowflk::sim::scenario
