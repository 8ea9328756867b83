// Recovery against a model: whatever is acknowledged survives a crash at any effect.
//
// The model is the list of states that the log, and the hard state, went through, change by change.
// After a crash the store must open as one of them that is no older than what was durable.
//
// Twice: long walks with a drawn crash now and then, and short ones in which, at every boundary of
// a disk operation, every crash that the disk allows is tried, within a bound.
#include <algorithm>
#include <string>
#include <vector>

#include "core/base/prng.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"
#include "tests/support/store_rig.hpp"

namespace snowflk::bitcask {
namespace {

using testing::StoreRig;

struct ModelEntry {
  u64 term = 0;
  std::string payload;
  friend bool operator==(const ModelEntry&, const ModelEntry&) = default;
};
struct ModelState {
  u64 ticket = 0;
  std::vector<ModelEntry> log;
  u64 term = 0;
  u32 vote = 0;
};

std::string describe(const std::vector<ModelEntry>& log, std::span<const ModelState> recent) {
  std::string text = "a log that never was: " + std::to_string(log.size()) + " entries, of terms";
  for (const ModelEntry& entry : log) text += " " + std::to_string(entry.term);
  text += "; there were";
  for (const ModelState& state : recent) {
    text += " " + std::to_string(state.log.size()) + "/" + std::to_string(state.term);
  }
  return text;
}

/// What is wrong with what a store has opened as, when `recent` are the states that it may be in;
/// empty: nothing. Fills `log` with what it found.
std::string judge_opened(StoreRig& rig, std::span<const ModelState> recent,
                         std::vector<ModelEntry>& log) {
  const Recovered& found = rig.store.recovered();
  for (u64 i = 0; i < found.entries.size(); ++i) {
    const auto payload = rig.payload(LogIndex{i + 1});
    if (!payload) return "entry " + std::to_string(i + 1) + " cannot be read";
    log.push_back({.term = found.entries[i].term.value, .payload = *payload});
  }
  if (log.size() < rig.commit.value) return "a committed entry is missing";
  if (found.commit > rig.commit) return "the commit index is one that never was";
  const bool log_was = std::ranges::any_of(recent, [&](const auto& s) { return s.log == log; });
  if (!log_was) return describe(log, recent);
  const bool vote_was = std::ranges::any_of(recent, [&](const auto& s) {
    return s.term == found.term.value && s.vote == found.vote.value;
  });
  return vote_was ? "" : "the hard state never was";
}

/// Sets of what a power cut keeps of `count` units: all there are of few. Of many: all or none, all
/// but one or one alone at either end, and some that are drawn.
std::vector<std::vector<bool>> kept_sets(std::size_t count, Prng& prng) {
  constexpr std::size_t kAllSetsMax = 6;
  constexpr std::size_t kEnds = 3;
  constexpr int kDrawn = 16;
  std::vector<std::vector<bool>> sets;
  if (count <= kAllSetsMax) {
    for (u64 mask = 0; mask < (1ULL << count); ++mask) {
      std::vector<bool>& kept = sets.emplace_back(count);
      for (std::size_t i = 0; i < count; ++i) kept[i] = (mask >> i & 1) != 0;
    }
    return sets;
  }
  for (const bool all : {false, true}) {
    sets.emplace_back(count, all);
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= kEnds && i + kEnds < count) continue;
      sets.emplace_back(count, all)[i] = !all;
    }
  }
  for (int i = 0; i < kDrawn; ++i) {
    std::vector<bool>& kept = sets.emplace_back(count);
    for (std::size_t unit = 0; unit < count; ++unit) kept[unit] = prng.chance({1, 2});
  }
  return sets;
}

class CrashWalk {
 public:
  explicit CrashWalk(u64 seed) : prng_(seed, 0, 0) {
    states_.push_back({});
    rig_.settle();
  }

  /// Returns what went wrong; empty: nothing. With `every_crash`, that is tried after each step.
  std::string run(int steps, bool every_crash = false) {
    for (int i = 0; i < steps; ++i) {
      if (rig_.store.state() == StoreState::failed && !failing_disk_) return rig_.store.reason();
      if (rig_.store.state() == StoreState::refusing) return rig_.store.reason();
      if (auto wrong = check_if_opened(); !wrong.empty()) return wrong;
      if (auto wrong = act(); !wrong.empty()) return wrong;
      if (!every_crash) continue;
      if (auto wrong = crash_in_every_way(); !wrong.empty()) return wrong;
    }
    crash();
    rig_.settle();
    if (rig_.store.state() != StoreState::ready) return "does not open: " + rig_.store.reason();
    return check_if_opened();
  }

  [[nodiscard]] u64 crashes_tried() const { return crashes_tried_; }

  /// A vote of which `operations` are done when the process is killed: the next one finds in the
  /// cache what the disk may not have, and votes again. Every crash is tried at each step of that.
  std::string vote_on_what_a_kill_left(int operations) {
    vote();
    rig_.flush();
    for (int done = 0; done < operations; ++done) rig_.step(Lane::log);
    raise_floor();
    rig_.reopen();
    checked_ = false;
    bool voted = false;
    while (true) {
      if (auto wrong = check_if_opened(); !wrong.empty()) return wrong;
      if (auto wrong = crash_in_every_way(); !wrong.empty()) return wrong;
      if (checked_ && !voted) {
        vote();
        rig_.flush();
        voted = true;
      } else if (!rig_.step(Lane::log) && !rig_.step(Lane::background)) {
        return {};
      }
    }
  }

 private:
  std::string check_if_opened() {
    if (rig_.store.state() != StoreState::ready || checked_) return {};
    checked_ = true;
    return check_opened();
  }

  std::string act() {
    const u64 draw = prng_.below(100);
    if (rig_.store.state() != StoreState::ready) {
      if (draw < 5 || rig_.store.state() == StoreState::failed) return crash();
      any_step();
      return {};
    }
    if (draw < 30) append();
    if (30 <= draw && draw < 36) truncate();
    if (36 <= draw && draw < 42) vote();
    if (42 <= draw && draw < 46) commit();
    if (46 <= draw && draw < 48) quiet();
    if (48 <= draw && draw < 50) fail_something();
    if (50 <= draw && draw < 54) return crash();
    if (54 <= draw && draw < 95) any_step();
    rig_.flush();
    return {};
  }

  void append() {
    ModelState next = states_.back();
    u64 size = prng_.chance({1, 8}) ? prng_.below(8000) : prng_.below(64);
    if (prng_.chance({1, 40})) size = prng_.below(2 * testing::kRigSegmentBytes);
    if (!rig_.store.can_append(size)) return;
    std::string payload(size, static_cast<char>('a' + prng_.below(26)));
    next.ticket = rig_.append(payload, next.term);
    next.log.push_back({.term = next.term, .payload = payload});
    states_.push_back(std::move(next));
  }
  void truncate() {
    ModelState next = states_.back();
    if (next.log.size() <= rig_.commit.value) return;
    const u64 keep = rig_.commit.value + prng_.below(next.log.size() - rig_.commit.value);
    next.term += 1;
    next.vote = 0;
    next.ticket = rig_.store.set_hard_state(Term{next.term}, NodeId{0});
    states_.push_back(next);
    next.ticket = rig_.store.truncate(LogIndex{keep + 1});
    next.log.resize(keep);
    states_.push_back(std::move(next));
  }
  void vote() {
    ModelState next = states_.back();
    next.term += 1;
    next.vote = static_cast<u32>(1 + prng_.below(3));
    next.ticket = rig_.store.set_hard_state(Term{next.term}, NodeId{next.vote});
    states_.push_back(std::move(next));
  }
  void commit() {
    const u64 durable = rig_.store.durable_index().value;
    if (durable > rig_.commit.value) {
      rig_.commit = LogIndex{rig_.commit.value + prng_.below(durable - rig_.commit.value + 1)};
    }
  }
  void quiet() { rig_.now = rig_.now + milliseconds(60); }
  void any_step() {
    const Lane lane = prng_.chance({1, 3}) ? Lane::background : Lane::log;
    if (!rig_.step(lane)) rig_.step(lane == Lane::log ? Lane::background : Lane::log);
  }
  // No space for a file, or a sync or write that fails: in either lane.
  void fail_something() {
    const Lane lane = prng_.chance({1, 2}) ? Lane::background : Lane::log;
    if (rig_.disk.idle(lane)) return;
    const bool create = std::holds_alternative<Create>(rig_.disk.next(lane).action);
    const bool unlink = std::holds_alternative<Unlink>(rig_.disk.next(lane).action);
    if (create) {
      rig_.store.on_refused(lane, rig_.disk.refuse(lane), DiskError::no_space, rig_.output());
    } else {
      if (!unlink) failing_disk_ = true;
      rig_.store.on_refused(lane, rig_.disk.fail_sync(lane), DiskError::io, rig_.output());
    }
  }

  // Durable tickets count only in the incarnation that gave them; until the store is ready again,
  // what was durable before stands.
  void raise_floor() {
    if (rig_.store.ticket() == 0) return;
    const u64 durable = rig_.store.durable_ticket();
    while (floor_ + 1 < states_.size() && states_[floor_ + 1].ticket <= durable) floor_ += 1;
  }

  /// The walk itself goes on as if nothing had happened.
  std::string crash_in_every_way() {
    raise_floor();
    testing::CrashDisk killed = rig_.disk;
    killed.process_crash();
    if (auto wrong = open_again(std::move(killed)); !wrong.empty()) return "kill -9: " + wrong;
    for (u32 begun = 0; begun < (1U << kLaneCount); ++begun) {
      testing::CrashDisk disk = rig_.disk;
      bool possible = true;
      for (u32 lane = 0; lane < kLaneCount; ++lane) {
        if ((begun >> lane & 1) == 0) continue;
        possible = possible && !disk.idle(static_cast<Lane>(lane));
        if (possible) disk.begin(static_cast<Lane>(lane));
      }
      if (!possible) continue;
      if (auto wrong = cut_in_every_way(disk); !wrong.empty()) return "power cut: " + wrong;
    }
    return {};
  }
  std::string cut_in_every_way(testing::CrashDisk& disk) {
    for (const auto& kept : kept_sets(disk.unsynced_units(), prng_)) {
      for (std::size_t names = 0; names <= disk.unsynced_names(); ++names) {
        testing::CrashDisk cut = disk;
        cut.cut(names, [&](std::size_t unit) { return kept[unit]; });
        if (auto wrong = open_again(std::move(cut)); !wrong.empty()) return wrong;
      }
    }
    return {};
  }
  std::string open_again(testing::CrashDisk disk) {
    crashes_tried_ += 1;
    StoreRig again{std::move(disk), rig_.options};
    again.commit = rig_.commit;
    again.settle();
    if (again.store.state() != StoreState::ready) return "does not open: " + again.store.reason();
    std::vector<ModelEntry> log;
    return judge_opened(again, std::span{states_}.subspan(floor_), log);
  }

  std::string crash() {
    raise_floor();
    if (prng_.chance({2, 3})) rig_.disk.power_cut(prng_);
    rig_.reopen();
    failing_disk_ = false;
    checked_ = false;
    if (prng_.chance({1, 3})) return {};  // perhaps it crashes again while it opens
    rig_.settle();
    return {};
  }

  // When the store has just become ready: what it says it found is a state that there was.
  std::string check_opened() {
    const Recovered& found = rig_.store.recovered();
    std::vector<ModelEntry> log;
    const auto recent = std::span{states_}.subspan(floor_);
    if (auto wrong = judge_opened(rig_, recent, log); !wrong.empty()) return wrong;
    states_ = {{.ticket = 0, .log = log, .term = found.term.value, .vote = found.vote.value}};
    floor_ = 0;
    return {};
  }

  Prng prng_;
  StoreRig rig_;
  std::vector<ModelState> states_;
  bool failing_disk_ = false;  // in this incarnation
  std::size_t floor_ = 0;      // states_ before it are gone for good: a later one was durable
  bool checked_ = false;
  u64 crashes_tried_ = 0;
};

TEST_CASE("whatever is acknowledged survives a crash at any effect") {
  testing::check_property(
      "the store opens as a state that was, no older than what was durable",
      [](u64 seed) {
        const std::string wrong = CrashWalk(seed).run(400);
        if (!wrong.empty()) RC_LOG() << wrong << '\n';
        RC_ASSERT(wrong.empty());
      },
      300);
}

TEST_CASE("recovery is right after every crash that the disk allows, at every operation") {
  u64 crashes = 0;
  testing::check_property(
      "after any step, whatever subset of what was not synced is kept, the store opens as it was",
      [&](u64 seed) {
        CrashWalk walk(seed);
        const std::string wrong = walk.run(60, true);
        crashes += walk.crashes_tried();
        if (!wrong.empty()) RC_LOG() << wrong << '\n';
        RC_ASSERT(wrong.empty());
      },
      16);
  INFO(crashes << " crashes");
  CHECK(crashes > 10'000);
}

TEST_CASE("metadata that only the cache had when the process was killed is no end of the node") {
  for (int operations = 0; operations <= 4; ++operations) {
    CAPTURE(operations);
    CHECK(CrashWalk(1).vote_on_what_a_kill_left(operations) == "");
  }
}

}  // namespace
}  // namespace snowflk::bitcask
