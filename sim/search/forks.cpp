#include "sim/search/forks.hpp"

#include <algorithm>
#include <memory>

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::search {

using scenario::ForkPoint;
using scenario::RunState;

namespace {

/// None, some, or many. Finer features would make every state rare.
u64 roughly(u64 count) { return count == 0 ? 0 : count < 4 ? 1 : 2; }

/// The highest that any node has.
struct Highest {
  u64 term = 0;
  u64 last_term = 0;
  u64 last_index = 0;
  u64 commit = 0;
};

Highest highest_of(const World& world) {
  Highest highest;
  for (u32 id = 1; id <= world.size(); ++id) {
    const raft::Raft* raft = world.node(NodeId{id}).raft();
    if (raft == nullptr) continue;
    highest.term = std::max(highest.term, raft->hard_state().current_term.value);
    highest.last_term = std::max(highest.last_term, raft->log().last_term().value);
    highest.last_index = std::max(highest.last_index, raft->log().last_index().value);
    highest.commit = std::max(highest.commit, raft->commit_index().value);
  }
  return highest;
}

u64 links_of(const World& world, NodeId node) {
  u64 open = 0;
  for (u32 other = 1; other <= world.size(); ++other) {
    if (NodeId{other} == node) continue;
    if (world.network().link(node, NodeId{other}) == LinkState::open) open += 1;
    if (world.network().link(NodeId{other}, node) == LinkState::open) open += 1;
  }
  return open == 0 ? 0 : open < 2 * (world.size() - 1) ? 1 : 2;
}

/// What a node looks like, in small integers.
u64 look_of(const World& world, NodeId node, const Highest& highest) {
  u64 look = 1;
  const auto add = [&look](u64 value) { look = look * 4 + std::min<u64>(value, 3); };
  const Seat& seat = world.seat(node);
  add(seat.running ? seat.paused ? 1 : 0 : seat.given_up ? 3 : 2);
  add(links_of(world, node));
  add(world.disk_tasks(node, bitcask::Lane::log).empty() ? 0 : 1);
  const raft::Raft* raft = seat.node.raft();
  if (raft == nullptr) return look;
  const u64 last = raft->log().last_index().value;
  const u64 commit = raft->commit_index().value;
  add(static_cast<u64>(raft->role()));
  add(roughly(highest.term - raft->hard_state().current_term.value));
  add(raft->hard_state().voted_for.nobody() ? 0 : 1);
  add(roughly(highest.last_term - raft->log().last_term().value));
  add(roughly(highest.last_index - last));
  add(roughly(highest.commit - commit));
  add(last == commit ? 0 : 1);
  return look;
}

/// A state that may be forked from.
struct Kept {
  std::shared_ptr<const RunState> run;
  std::vector<ForkPoint> forks;  // how it came about
  u64 feature = 0;
  u64 forked = 0;
};

class FamilyTree {
 public:
  FamilyTree(const FeatureCounts& before, const ForkLimits& limits,
             const std::function<void(const std::vector<ForkPoint>&)>& about_to)
      : before_(before), limits_(limits), about_to_(about_to) {}

  Family explore(const scenario::Scenario& scenario, const WorldOptions& options) {
    RunState first{scenario, options, nullptr};
    if (scenario.detours.priorities) first.hands().prioritize(*scenario.detours.priorities);
    about_to_({});
    if (do_script(first)) go_on(first, {});
    for (u32 fork = 1; fork <= limits_.forks && !family_.finding && !kept_.empty(); ++fork) {
      fork_from(rarest(), fork);
    }
    return std::move(family_);
  }

 private:
  [[nodiscard]] u64 times_seen(u64 feature) const {
    const auto count = [feature](const FeatureCounts& counts) {
      const auto found = counts.find(feature);
      return found == counts.end() ? 0 : found->second;
    };
    return count(before_) + count(family_.seen);
  }

  /// Of those least seen the one least forked from, and the latest kept.
  std::size_t rarest() const {
    std::size_t best = 0;
    const auto rank = [&](const Kept& kept) {
      return (times_seen(kept.feature) + 1) * (kept.forked + 1);
    };
    for (std::size_t at = 1; at < kept_.size(); ++at) {
      if (rank(kept_[at]) <= rank(kept_[best])) best = at;
    }
    return best;
  }

  void fork_from(std::size_t at, u32 number) {
    kept_[at].forked += 1;
    RunState run = *kept_[at].run;
    std::vector<ForkPoint> forks = kept_[at].forks;
    forks.push_back(ForkPoint{.event = run.world.counters().events, .seed = number});
    run.hands().fork(number);
    family_.forks += 1;
    about_to_(forks);
    go_on(run, forks);
  }

  /// To the end; on the way rare states are kept.
  void go_on(RunState& run, const std::vector<ForkPoint>& forks) {
    const VirtualTime end{run.world.options().chaos.value};
    const u64 begun = run.world.counters().events;
    u64 last = 0;
    while (run.advance(end)) {
      const u64 feature = feature_of(run.world);
      if (feature == last) continue;
      last = feature;
      family_.states += 1;
      family_.seen[feature] += 1;
      keep(run, forks, feature);
    }
    finish(run);
    family_.events += run.world.counters().events - begun;
    if (run.violation) family_.finding = ForkFinding{.forks = forks, .violation = *run.violation};
  }

  /// If it is the first of its kind, and rarer than another that was kept.
  void keep(const RunState& run, const std::vector<ForkPoint>& forks, u64 feature) {
    const u64 times = times_seen(feature);
    if (family_.seen[feature] > 1) return;
    if (kept_.size() < limits_.kept) {
      kept_.push_back(Kept{.run = std::make_shared<const RunState>(run),
                           .forks = forks,
                           .feature = feature,
                           .forked = 0});
      return;
    }
    std::size_t commonest = 0;
    for (std::size_t at = 1; at < kept_.size(); ++at) {
      if (worth(kept_[at]) > worth(kept_[commonest])) commonest = at;
    }
    if (times > worth(kept_[commonest])) return;
    kept_[commonest] = Kept{.run = std::make_shared<const RunState>(run),
                            .forks = forks,
                            .feature = feature,
                            .forked = 0};
  }
  [[nodiscard]] u64 worth(const Kept& kept) const {
    return (times_seen(kept.feature)) * (kept.forked + 1);
  }

  const FeatureCounts& before_;
  ForkLimits limits_;
  const std::function<void(const std::vector<ForkPoint>&)>& about_to_;
  std::vector<Kept> kept_;
  Family family_;
};

}  // namespace

u64 feature_of(const World& world) {
  const Highest highest = highest_of(world);
  std::vector<u64> looks;
  looks.reserve(world.size());
  for (const NodeId node : world.nodes()) looks.push_back(look_of(world, node, highest));
  std::ranges::sort(looks);
  u64 feature = 0;
  for (const u64 look : looks) feature = mix64(feature + look);
  return feature;
}

Family explore_family(const scenario::Scenario& scenario, const WorldOptions& options,
                      const FeatureCounts& before, const ForkLimits& limits,
                      const std::function<void(const std::vector<ForkPoint>&)>& about_to) {
  return FamilyTree{before, limits, about_to}.explore(scenario, options);
}

}  // namespace snowflk::sim::search
