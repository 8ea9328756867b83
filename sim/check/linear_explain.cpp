#include "sim/check/linear_explain.hpp"

#include <algorithm>

namespace snowflk::sim {
namespace {

/// An attempt that takes more than such a part of all steps shows nothing.
constexpr u64 kTriesAtLeast = 20;

class Explainer {
 public:
  Explainer(const LinearProblem& problem, LinearSearch& search, std::span<const u32> members,
            std::span<const Part> parts, u64 steps_max)
      : problem_(problem),
        search_(search),
        members_(members),
        parts_(parts.begin(), parts.end()),
        steps_max_(steps_max) {}

  std::vector<OperationId> run(u64 blocked_at) {
    horizon_ = shortest_beginning(blocked_at);
    std::vector<u32> needed;
    for (u32 member = 0; member < members_.size(); ++member) {
      if (parts_[member] == Part::required && returned(member) <= horizon_) {
        needed.push_back(member);
      }
    }
    for (std::size_t chunk = std::max<std::size_t>(needed.size() / 2, 1);; chunk /= 2) {
      relax(needed, chunk);
      if (chunk == 1) break;
    }
    std::vector<OperationId> ids;
    ids.reserve(needed.size());
    for (const u32 member : needed) ids.push_back(problem_.operations[members_[member]].id);
    return ids;
  }

 private:
  [[nodiscard]] u64 returned(u32 member) const {
    return problem_.operations[members_[member]].returned;
  }

  /// The search holds replies against operations before they return; so the beginning up to
  /// `blocked_at` may have an order still. The first return up to which there is none:
  u64 shortest_beginning(u64 blocked_at) {
    std::vector<u64> returns;
    for (u32 member = 0; member < members_.size(); ++member) {
      const bool counts = parts_[member] == Part::required && returned(member) >= blocked_at;
      if (counts) returns.push_back(returned(member));
    }
    std::ranges::sort(returns);
    std::size_t first = 0;
    std::size_t span = returns.size();
    while (span > 0) {
      const std::size_t half = span / 2;
      if (has_no_order(returns[first + half])) {
        span = half;
      } else {
        first += half + 1;
        span -= half + 1;
      }
    }
    return first < returns.size() ? returns[first] : kNoEvent - 1;
  }

  /// Lets go of operations, `chunk` at a time, as long as there still is no order. To let go of
  /// one is to know less: a read is forgotten, a write may have been or not.
  void relax(std::vector<u32>& needed, std::size_t chunk) {
    std::vector<u32> kept;
    for (std::size_t begin = 0; begin < needed.size(); begin += chunk) {
      const std::span<const u32> some =
          std::span{needed}.subspan(begin, std::min(chunk, needed.size() - begin));
      for (const u32 member : some) parts_[member] = Part::optional;
      if (has_no_order(horizon_)) continue;
      for (const u32 member : some) parts_[member] = Part::required;
      kept.insert(kept.end(), some.begin(), some.end());
    }
    needed = std::move(kept);
  }

  bool has_no_order(u64 horizon) {
    if (steps_ >= steps_max_) return false;
    const Found found = search_.run(members_, parts_, horizon, steps_max_ / kTriesAtLeast);
    steps_ += found.steps;
    return found.judgement == Judgement::not_linearizable;
  }

  const LinearProblem& problem_;
  LinearSearch& search_;
  std::span<const u32> members_;
  std::vector<Part> parts_;
  u64 steps_max_;
  u64 horizon_ = 0;
  u64 steps_ = 0;
};

}  // namespace

std::vector<OperationId> explain(const LinearProblem& problem, LinearSearch& search,
                                 std::span<const u32> members, std::span<const Part> parts,
                                 u64 blocked_at, u64 steps_max) {
  return Explainer{problem, search, members, parts, steps_max}.run(blocked_at);
}

}  // namespace snowflk::sim
