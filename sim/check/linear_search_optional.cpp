// Operations of unknown outcome: which of them can be left out, and which are worth taking where.
#include <algorithm>

#include "core/base/hash.hpp"
#include "sim/check/linear_search.hpp"

namespace snowflk::sim {

// ---- Before the search -----------------------------------------------------------------------

/// A plain write of unknown outcome whose value nobody saw need not be thought of: wherever it
/// stood, nothing looked before the next write; so the order without it is one too. This holds for
/// keys on which nothing but GET and SET was done: other commands look without showing it.
void LinearSearch::drop_unseen() {
  const bool any = std::ranges::find(parts_, Part::optional) != parts_.end();
  if (!any) return;
  marked_values_.resize(std::max<std::size_t>(marked_values_.size(), problem_.values.size()));
  const auto mark = [&](bool as) {
    for (u32 member = 0; member < members_.size(); ++member) {
      const LinearOperation& op = operation(member);
      if (parts_[member] == Part::left_out) continue;
      if (op.plain_get) marked_values_[op.value] = as;
      if (op.plain_get || op.plain_set) continue;
      for (std::size_t key = 0; key < op.command.key_count(); ++key) {
        marked_cells_[problem_.cell(op, key)] = as;
      }
    }
  };
  const bool all_seen = std::ranges::any_of(
      members_, [&](u32 at) { return problem_.operations[at].command.verb == Verb::dbsize; });
  if (all_seen) return;
  mark(true);
  std::vector<u32> unseen;
  for (u32 member = 0; member < members_.size(); ++member) {
    const LinearOperation& op = operation(member);
    if (parts_[member] != Part::optional || !op.plain_set) continue;
    if (marked_cells_[problem_.cell(op, 0)] || marked_values_[op.value]) continue;
    unseen.push_back(member);
  }
  mark(false);
  for (const u32 member : unseen) parts_[member] = Part::left_out;
}

/// Of two operations of unknown outcome with equal words, the earlier may stand wherever the later
/// may: the later is only thought of when the earlier is taken.
void LinearSearch::chain_twins() {
  struct Key {
    u64 hash;
    u32 place;
    auto operator<=>(const Key&) const = default;
  };
  std::vector<Key> keys;
  keys.reserve(optional_.size());
  twin_.assign(optional_.size(), kNone);
  for (u32 place = 0; place < optional_.size(); ++place) {
    u64 hash = 0;
    for (const std::string_view word : operation(optional_[place]).command.words) {
      hash = hash64(as_bytes(word), hash);
    }
    keys.push_back(Key{.hash = hash, .place = place});
  }
  std::ranges::sort(keys);
  for (std::size_t at = 1; at < keys.size(); ++at) {
    const Words before = operation(optional_[keys[at - 1].place]).command.words;
    const Words words = operation(optional_[keys[at].place]).command.words;
    if (std::ranges::equal(before, words)) twin_[keys[at].place] = keys[at - 1].place;
  }
}

// ---- In the search ---------------------------------------------------------------------------

LinearSearch::Waiting LinearSearch::as_next(u32 member) {
  const std::size_t undo = changes_.size();
  const Fingerprint before = configuration_;
  Waiting waiting{.member = member, .allowed = allowed(member), .result = 0};
  for (std::size_t at = undo; at < changes_.size(); ++at) {
    const u32 cell = changes_[at].cell;
    waiting.result += mix64(u64{cell} << 32 | cells_[cell]);
  }
  undo_to(undo, before);
  return waiting;
}

void LinearSearch::note_waiting(u32 limit) {
  waiting_.clear();
  all_near_ = false;
  near_now_ += 1;
  for (u32 at = entries_[kHead].next; at != limit; at = entries_[at].next) {
    waiting_.push_back(as_next(entries_[at].member));
    const LinearOperation& op = operation(entries_[at].member);
    if (op.command.verb == Verb::dbsize) all_near_ = true;
    for (std::size_t key = 0; key < op.command.key_count(); ++key) {
      near_[problem_.cell(op, key)] = near_now_;
    }
  }
}

/// Whether what was taken last makes a difference to a call that waits: it may come next now, and
/// could not, or does something else. Any other may as well be taken after that call, so that an
/// order in which each stands as late as it can has it directly before a call it matters to, or
/// before another of unknown outcome.
bool LinearSearch::matters() {
  return std::ranges::any_of(waiting_, [&](const Waiting& before) {
    const Waiting now = as_next(before.member);
    return now.allowed && (!before.allowed || now.result != before.result);
  });
}

/// Whether it has a key that a call that waits looks at: else it matters to none of them.
bool LinearSearch::is_near(u32 member) const {
  if (all_near_) return true;
  const LinearOperation& op = operation(member);
  for (std::size_t key = 0; key < op.command.key_count(); ++key) {
    if (near_[problem_.cell(op, key)] == near_now_) return true;
  }
  return false;
}

bool LinearSearch::worth_taking() {
  if (idle_max_ == kAnyIdle || matters()) return true;
  const std::size_t before = taken_.size() - 1;
  Taken& last = taken_.back();
  last.idle = before == 0 ? 1 : taken_[before - 1].idle + 1;
  return last.idle <= idle_max_;
}

/// The next operation of unknown outcome, from place `from` on, invoked before the first return.
bool LinearSearch::take_optional(u32 from, u32 limit) {
  if (idle_max_ != kAnyIdle) note_waiting(limit);
  for (u32 place = from; place < optional_.size(); ++place) {
    if (operation(optional_[place]).invoked > entries_[limit].event) return false;
    if (optional_taken_[place]) continue;
    if (twin_[place] != kNone && !optional_taken_[twin_[place]]) continue;
    if (idle_max_ != kAnyIdle && !is_near(optional_[place])) continue;
    if (!take(optional_[place], kRoundRest, place)) continue;
    if (worth_taking()) return true;
    give_back_last();
  }
  return false;
}

}  // namespace snowflk::sim
