#include "sim/search/record.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "sim/runner.hpp"
#include "sim/search/rewrites.hpp"

namespace snowflk::sim::search {

using scenario::NodeRef;
using scenario::Step;
using scenario::Verb;

namespace {

/// A number that a process of ours counts up and that outlives it.
class SharedCount {
 public:
  SharedCount()
      : page_(::mmap(nullptr, sizeof(u64), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                     0)) {
    SNOWFLK_ASSERT(page_ != MAP_FAILED);
  }
  ~SharedCount() { ::munmap(page_, sizeof(u64)); }
  SharedCount(const SharedCount&) = delete;
  SharedCount& operator=(const SharedCount&) = delete;
  u64& value() { return *static_cast<u64*>(page_); }

 private:
  void* page_;
};

/// Of what came last before an assertion broke: each that is tried is a run.
constexpr std::size_t kMessagesTried = 400;

/// Counts events; or records them, up to a number of them.
class Limited final : public scenario::Watcher {
 public:
  Limited(u64& count, Recorder* recorder, u64 limit)
      : count_(&count), recorder_(recorder), limit_(limit) {}
  void event(const World& world, const StepRecord& record) override {
    *count_ += 1;
    if (recorder_ != nullptr) recorder_->event(world, record);
  }
  void say(const World& world, std::string_view text) override {
    if (recorder_ != nullptr) recorder_->say(world, text);
  }
  [[nodiscard]] bool goes_on() const override { return *count_ < limit_; }

 private:
  u64* count_;
  Recorder* recorder_;
  u64 limit_;
};

bool ended_by_check(const Failure& failure) {
  return !failure.property.starts_with("assertion: ") && !failure.property.starts_with("crash: ");
}

/// How many events the run had before an assertion or a crash ended it. It is run in a process of
/// its own, which ends with it.
u64 events_until_crash(const scenario::Scenario& scenario, const WorldOptions& options) {
  SharedCount count;
  const auto work = [&](u64) {
    Limited watcher{count.value(), nullptr, UINT64_MAX};
    static_cast<void>(scenario::run_in(scenario, options, &watcher));
    return std::string{};
  };
  static_cast<void>(run_seeds(SeedRange{.first = 0, .last = 0}, 1, work,
                              [](const SeedResult&) { return false; }));
  return count.value();
}

Step step_at(Verb verb, NodeId node, VirtualTime at) {
  Step step;
  step.verb = verb;
  step.nodes.push_back(NodeRef{.number = node.value, .name = {}});
  step.not_before = at;
  return step;
}

Step news_at(Verb verb, NodeId peer, NodeId node, VirtualTime at) {
  Step step = step_at(verb, node, at);
  step.links.push_back({.from = NodeRef{.number = peer.value, .name = {}}, .to = step.nodes[0]});
  step.nodes.clear();
  return step;
}

/// All that could happen next at the end of a recording.
class Nexts final : public scenario::Watcher {
 public:
  void event(const World& world, const StepRecord&) override { collect(world); }
  void say(const World& world, std::string_view) override { collect(world); }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

 private:
  void collect(const World& world) {
    steps_.clear();
    const auto held = world.held_messages();
    for (auto message = held.rbegin(); message != held.rend(); ++message) {
      if (steps_.size() == kMessagesTried) break;
      Step step;
      step.verb = Verb::deliver;
      step.links.push_back({.from = NodeRef{.number = message->from.value, .name = {}},
                            .to = NodeRef{.number = message->to.value, .name = {}}});
      step.word = message->kind;
      step.frame = frame_hash(message->bytes);
      step.not_before = world.now();
      steps_.push_back(std::move(step));
    }
    for (const NodeId node : world.nodes()) {
      steps_.push_back(step_at(Verb::finish, node, world.now()));
      steps_.push_back(step_at(Verb::finish_read, node, world.now()));
      steps_.push_back(step_at(Verb::wake, node, world.now()));
      steps_.push_back(step_at(Verb::restart, node, world.now()));
      for (const NodeId peer : world.nodes()) {
        if (peer == node) continue;
        steps_.push_back(news_at(Verb::stream_up, peer, node, world.now()));
        steps_.push_back(news_at(Verb::stream_down, peer, node, world.now()));
      }
    }
  }

  std::vector<Step> steps_;
};

/// With a second copy, at the end, of the message that is delivered at `at`.
Recording with_late_copy(const Recording& recording, std::size_t at) {
  Recording longer = recording;
  Step copy = recording.scenario.script[at];
  copy.not_before = recording.scenario.script.back().not_before;
  longer.scenario.script[at].verb = Verb::duplicate;
  longer.scenario.script.push_back(std::move(copy));
  return longer;
}

std::vector<std::size_t> deliveries(const Recording& recording) {
  std::vector<std::size_t> found;
  const auto& script = recording.scenario.script;
  for (std::size_t at = script.size(); at > 0 && found.size() < kMessagesTried; --at) {
    if (script[at - 1].verb == Verb::deliver) found.push_back(at - 1);
  }
  return found;
}

/// An assertion breaks in the middle of an event: nobody saw it. It is found by trying all that
/// could have come next; then, whether it was one more copy of a message that had come before.
std::optional<Recording> with_last_event(const Recording& recording, const Failure& failure,
                                         u32 jobs, u64& runs) {
  const Trial as_it_is = try_out(recording);
  runs += 1;
  if (as_it_is.failure.is_like(failure)) return recording;
  if (!as_it_is.failure.none()) return std::nullopt;
  Nexts nexts;
  static_cast<void>(scenario::run_in(recording.scenario, recording.options, &nexts));
  const auto make = [&](u64 index) {
    Recording longer = recording;
    longer.scenario.script.push_back(nexts.steps()[index]);
    return longer;
  };
  if (const auto found = first_like(failure, nexts.steps().size(), make, jobs, runs)) {
    return make(found->index);
  }
  const std::vector<std::size_t> earlier = deliveries(recording);
  const auto again = [&](u64 index) { return with_late_copy(recording, earlier[index]); };
  const auto found = first_like(failure, earlier.size(), again, jobs, runs);
  if (!found) return std::nullopt;
  return again(found->index);
}

/// By hand disks take less time and reads none, so a node may have seen to what it waited for
/// before, and wait for something later. Woken all the same, its clock would run ahead to that.
Recording with_due_wakes(const Recording& recording, u64& runs) {
  const Trial trial = try_out(with_wakes_if_due(recording));
  runs += 1;
  return without_early_wakes(recording, trial.passed_over);
}

/// After the healing the cluster goes by itself, and how long things take then may decide whether
/// it comes to rest: as long as in the run that was recorded, by some draws.
std::optional<Recording> with_other_draws(const Recording& recording, const WorldOptions& recorded,
                                          const Failure& failure, u32 jobs, u64& runs) {
  constexpr u64 kSeedsTried = 64;
  const auto make = [&](u64 index) {
    Recording other = recording;
    other.options.network.delay_min = recorded.network.delay_min;
    other.options.network.delay_mean = recorded.network.delay_mean;
    other.options.disk.read_mean = recorded.disk.read_mean;
    other.options.disk.write_mean = recorded.disk.write_mean;
    other.options.disk.sync_mean = recorded.disk.sync_mean;
    if (index > 0) other.options.seed = other.scenario.seed = index;
    return other;
  };
  const auto found = first_like(failure, kSeedsTried, make, jobs, runs);
  if (!found) return std::nullopt;
  return make(found->index);
}

/// The run up to `limit` events, as a schedule.
Recording record(const scenario::Scenario& scenario, const WorldOptions& options, Reads reads,
                 u64 limit, bool until_healing) {
  Recorder recorder{reads};
  u64 count = 0;
  if (limit > 0) {
    Limited watcher{count, &recorder, limit};
    static_cast<void>(scenario::run_in(scenario, options, &watcher));
  }
  return recorder.recording(scenario, options, until_healing);
}

/// What of the scenario is in the file that is made of a recording.
Recording without_claims(const scenario::Scenario& scenario, const WorldOptions& options) {
  Recording recording{.scenario = {}, .options = options};
  recording.scenario.story = scenario.story;
  recording.scenario.nodes = scenario.nodes;
  recording.scenario.seed = options.seed;
  recording.scenario.heal = scenario.heal;
  recording.scenario.recorded = true;
  recording.scenario.under_way = scenario.under_way;
  recording.scenario.by_hand = scenario.by_hand;
  recording.scenario.start = scenario.start;
  recording.scenario.versions = scenario.versions;
  recording.scenario.script = scenario.script;
  return recording;
}

}  // namespace

std::optional<Recording> recorded_before(const scenario::Scenario& scenario,
                                         const WorldOptions& options, const Failure& failure,
                                         u64& runs) {
  const scenario::Detours& detours = scenario.detours;
  const bool goes_elsewhere = detours.crash_point || !detours.forks.empty() || detours.priorities;
  if (!scenario.recorded || scenario.swarm || goes_elsewhere) return std::nullopt;
  const u64 events = ended_by_check(failure) ? UINT64_MAX : events_until_crash(scenario, options);
  Recording recording = without_claims(scenario, options);
  auto& script = recording.scenario.script;
  if (events > 0) {
    u64 count = 0;
    Limited watcher{count, nullptr, events};
    const auto result = scenario::run_in(scenario, options, &watcher);
    for (std::size_t at = 0; at < std::min(script.size(), result.steps_began.size()); ++at) {
      script[at].not_before = result.steps_began[at] + std::exchange(script[at].after, {});
    }
    for (const scenario::PickedMessage& picked : result.picked) {
      Step& step = script[picked.step];
      step.frame = picked.frame;
      step.ordinal = picked.ordinal;
    }
  }
  runs += 2;
  if (!try_out(recording).failure.is_like(failure)) return std::nullopt;
  return recording;
}

std::expected<Recording, std::string> record_failure(const scenario::Scenario& scenario,
                                                     const WorldOptions& options,
                                                     const Failure& failure, u32 jobs, u64& runs) {
  const bool checked = ended_by_check(failure);
  const u64 limit = checked ? UINT64_MAX : events_until_crash(scenario, options);
  const bool until_healing = failure.kind == ViolationKind::liveness;
  const auto fails_alike = [&](const Recording& told) -> std::optional<Recording> {
    auto whole = checked ? std::optional{told} : with_last_event(told, failure, jobs, runs);
    if (!whole) return std::nullopt;
    runs += 1;
    return try_out(*whole).failure.is_like(failure) ? whole : std::nullopt;
  };
  // Most runs need not say how long their reads took.
  for (const Reads reads : {Reads::by_themselves, Reads::by_hand}) {
    const Recording told = record(scenario, options, reads, limit, until_healing);
    // A pair of nodes has one stream after the other, and by hand each is there when it was; or
    // they are there whenever they can be.
    const Recording streaming = with_streams_by_themselves(told);
    for (const Recording* each : {&told, &streaming}) {
      const Recording due = with_due_wakes(*each, runs);
      if (auto whole = fails_alike(due)) return *std::move(whole);
      if (due.scenario.script.size() == each->scenario.script.size()) continue;  // it is the same
      if (auto whole = fails_alike(*each)) return *std::move(whole);
    }
    if (!until_healing) continue;
    if (auto other = with_other_draws(told, options, failure, jobs, runs)) return *std::move(other);
  }
  return std::unexpected(
      "the run could not be told as a schedule: done by hand, step by step, it ends otherwise");
}

}  // namespace snowflk::sim::search
