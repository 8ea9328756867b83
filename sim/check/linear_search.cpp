#include "sim/check/linear_search.hpp"

#include <algorithm>
#include <bit>

#include "core/base/hash.hpp"

namespace snowflk::sim {

/// The cells of one operation as the model's run() wants them.
struct SearchState {
  LinearSearch& search;
  const LinearOperation& operation;

  std::optional<std::string_view> find(std::size_t at) const {
    const ValueId value = search.cells_[search.problem_.cell(operation, at)];
    if (value == kAbsent) return std::nullopt;
    return search.problem_.values.text(value);
  }
  void put(std::size_t at, std::string_view text) {
    const ValueId given = search.problem_.given[operation.first_cell + at];
    search.assign(search.problem_.cell(operation, at),
                  given != kAbsent ? given : search.problem_.values.intern(text));
  }
  void erase(std::size_t at) { search.assign(search.problem_.cell(operation, at), kAbsent); }
  [[nodiscard]] std::size_t size() const { return search.present_; }
};

LinearSearch::LinearSearch(LinearProblem& problem, u64 memo_slots)
    : problem_(problem),
      cells_(problem.key_count, kAbsent),
      marked_cells_(problem.key_count),
      near_(problem.key_count),
      memo_(memo_slots),
      effects_(kEffectSlots) {
  SNOWFLK_ASSERT(std::has_single_bit(memo_slots));
  SNOWFLK_ASSERT(memo_slots >= 2);
}

void LinearSearch::Fingerprint::toggle(u64 a, u64 b) {
  const u64 mixed = mix64(a * 0x9e3779b97f4a7c15ULL + b + 0x632be59bd9b4e019ULL);
  high ^= mixed;
  low ^= mix64(mixed ^ (b * 0xd6e8feb86659fd93ULL) ^ a);
}

Found LinearSearch::run(std::span<const u32> members, std::span<const Part> parts, u64 horizon,
                        u64 steps_max) {
  constexpr u32 kIdleMax = 3;
  Found found;
  u32 idle = 0;
  while (true) {
    idle_max_ = idle;
    set_up(members, parts, horizon);
    if (optional_.empty()) idle_max_ = kAnyIdle;  // nothing to bound
    const bool bounded = idle_max_ != kAnyIdle;
    look_for_order(bounded ? steps_max / kBoundedShare : steps_max, found);
    clean_up();
    if (!bounded || found.judgement == Judgement::linearizable) return found;
    // More freedom helps where there was no order with less of it, and not where it took too long.
    const bool in_vain = found.judgement == Judgement::undecided || idle == kIdleMax;
    idle = in_vain ? kAnyIdle : idle + 1;
  }
}

void LinearSearch::look_for_order(u64 steps_max, Found& found) {
  found = Found{};
  Choice choice = beginning();
  u32 optional = 0;
  steps_ = 0;
  while (open_ > 0 && steps_ < steps_max) {
    const u32 limit = first_return();
    found.blocked_at = std::max(found.blocked_at, entries_[limit].event);
    if (take_call(choice, limit) || take_optional(optional, limit)) {
      choice = beginning();
      optional = 0;
    } else if (!give_back(choice, optional)) {
      found.judgement = Judgement::not_linearizable;
      break;
    }
  }
  if (open_ == 0) found.judgement = Judgement::linearizable;
  found.steps = steps_;
}

void LinearSearch::clean_up() {
  undo_to(0, configuration_);
  taken_.clear();
  members_ = {};
}

// ---- The list --------------------------------------------------------------------------------

void LinearSearch::link(u64 event, u32 member, bool is_call) {
  const u32 last = static_cast<u32>(entries_.size() - 1);
  entries_[last].next = last + 1;
  entries_.push_back(
      Entry{.event = event, .member = member, .next = kHead, .previous = last, .is_call = is_call});
  (is_call ? calls_ : returns_)[member] = last + 1;
}

void LinearSearch::set_up(std::span<const u32> members, std::span<const Part> parts, u64 horizon) {
  SNOWFLK_ASSERT(parts.size() == members.size());
  members_ = members;
  parts_.assign(parts.begin(), parts.end());
  generation_ += 1;
  configuration_ = Fingerprint{};
  configuration_.toggle(UINT64_MAX, generation_);
  entries_.assign(1, Entry{});
  calls_.assign(members.size(), kNone);
  returns_.assign(members.size(), kNone);
  optional_.clear();
  open_ = 0;
  for (u32 member = 0; member < members.size(); ++member) {
    const LinearOperation& op = operation(member);
    if (op.invoked > horizon) parts_[member] = Part::left_out;
    if (parts_[member] == Part::required && op.returned > horizon) parts_[member] = Part::optional;
    if (parts_[member] == Part::optional && op.command.reads_only()) {
      parts_[member] = Part::left_out;
    }
    if (parts_[member] == Part::required) open_ += 1;
  }
  merge_events(horizon);
  drop_unseen();
  for (u32 member = 0; member < members.size(); ++member) {
    if (parts_[member] == Part::optional) optional_.push_back(member);
  }
  chain_twins();
  hints_.set_up(problem_, members_, parts_);
  optional_taken_.assign(optional_.size(), false);
}

/// Calls come in order; the returns among them are few at a time, kept as a heap.
void LinearSearch::merge_events(u64 horizon) {
  struct Return {
    u64 event;
    u32 member;
    bool operator>(const Return& other) const { return event > other.event; }
  };
  std::vector<Return> waiting;
  const auto pop = [&] {
    std::ranges::pop_heap(waiting, std::greater{});
    link(waiting.back().event, waiting.back().member, false);
    waiting.pop_back();
  };
  for (u32 member = 0; member < members_.size(); ++member) {
    if (parts_[member] != Part::required) continue;
    const LinearOperation& op = operation(member);
    SNOWFLK_ASSERT(op.invoked < op.returned);
    SNOWFLK_ASSERT(op.returned <= horizon);
    while (!waiting.empty() && waiting.front().event < op.invoked) pop();
    link(op.invoked, member, true);
    waiting.push_back(Return{.event = op.returned, .member = member});
    std::ranges::push_heap(waiting, std::greater{});
  }
  while (!waiting.empty()) pop();
}

void LinearSearch::lift(u32 member) {
  for (const u32 at : {calls_[member], returns_[member]}) {
    entries_[entries_[at].previous].next = entries_[at].next;
    entries_[entries_[at].next].previous = entries_[at].previous;
  }
  open_ -= 1;
}

/// The reverse of lift, in reverse.
void LinearSearch::put_back(u32 member) {
  for (const u32 at : {returns_[member], calls_[member]}) {
    entries_[entries_[at].previous].next = at;
    entries_[entries_[at].next].previous = at;
  }
  open_ += 1;
}

// ---- The state -------------------------------------------------------------------------------

void LinearSearch::assign(u32 cell, ValueId value) {
  const ValueId before = cells_[cell];
  if (before == value) return;
  changes_.push_back(Changed{.cell = cell, .before = before});
  if (before != kAbsent) configuration_.toggle(cell, before);
  if (value != kAbsent) configuration_.toggle(cell, value);
  if (before == kAbsent) present_ += 1;
  if (value == kAbsent) present_ -= 1;
  cells_[cell] = value;
}

/// Puts the cells back to what they were after `count` changes; the configuration was this then.
void LinearSearch::undo_to(std::size_t count, const Fingerprint& configuration) {
  while (changes_.size() > count) {
    const auto [cell, before] = changes_.back();
    changes_.pop_back();
    if (cells_[cell] == kAbsent) present_ += 1;
    if (before == kAbsent) present_ -= 1;
    cells_[cell] = before;
  }
  configuration_ = configuration;
}

/// Does the operation to the cells. False: the model answers otherwise; the cells may be changed.
bool LinearSearch::allowed(u32 member) {
  const LinearOperation& op = operation(member);
  const bool any_reply = op.any_reply || parts_[member] == Part::optional;
  if (op.plain_get) return cells_[problem_.cell(op, 0)] == op.value;
  if (op.plain_set) {
    assign(problem_.cell(op, 0), op.value);
    return true;
  }
  if (op.command.key_count() != 1) return replies_as_recorded(op) || any_reply;
  // What a command of one key does hangs on its value alone: a search that comes back to it need
  // not build the same texts again.
  const u32 cell = problem_.cell(op, 0);
  const ValueId before = cells_[cell];
  const u64 slot = mix64((u64{members_[member]} << 32) | before) & (kEffectSlots - 1);
  Effect& effect = effects_[slot];
  if (effect.operation == members_[member] && effect.before == before) {
    assign(cell, effect.after);
  } else {
    const bool fits = replies_as_recorded(op);
    effect = Effect{
        .operation = members_[member], .before = before, .after = cells_[cell], .fits = fits};
  }
  return any_reply || effect.fits;
}

/// Does the operation to the cells as the model does. Whether it answers what was recorded.
bool LinearSearch::replies_as_recorded(const LinearOperation& op) {
  reply_.clear();
  SearchState state{*this, op};
  sim::run(op.command, state, reply_);
  return reply_ == op.reply;
}

/// Notes the configuration. Two places for each; the older one is forgotten.
bool LinearSearch::first_visit() {
  const u64 bucket = mix64(configuration_.low) & (memo_.size() - 1) & ~u64{1};
  if (memo_[bucket] == configuration_ || memo_[bucket + 1] == configuration_) return false;
  memo_[bucket + 1] = memo_[bucket];
  memo_[bucket] = configuration_;
  return true;
}

// ---- The steps -------------------------------------------------------------------------------

/// The operation of the first return must come before all that is invoked later.
u32 LinearSearch::first_return() const {
  u32 at = entries_[kHead].next;
  while (entries_[at].is_call) at = entries_[at].next;
  SNOWFLK_ASSERT(at != kHead);
  return at;
}

/// The write that must come soonest: that of the first return, or, where more is known, the one
/// whose value is the first to be needed.
u32 LinearSearch::due_call(u32 limit) const {
  if (!hints_.on()) return calls_[entries_[limit].member];
  u32 due = kNone;
  for (u32 at = entries_[kHead].next; at != limit; at = entries_[at].next) {
    const LinearOperation& op = operation(entries_[at].member);
    if (op.never_writes) continue;
    const bool sooner =
        due == kNone || hints_.due(op.value) < hints_.due(operation(entries_[due].member).value);
    if (sooner) due = at;
  }
  return due;
}

u32 LinearSearch::round_of(u32 entry, u32 due, u32 limit) const {
  const LinearOperation& op = operation(entries_[entry].member);
  if (op.never_writes) return kRoundReads;
  if (hints_.on() && hints_.whole_by(op.value, entries_[limit].event)) return kRoundWhole;
  return entry == due ? kRoundDue : kRoundRest;
}

/// Takes the operation if the model allows it and the configuration is new; else leaves all as is.
bool LinearSearch::take(u32 member, u32 round, u32 optional) {
  steps_ += 1;
  const LinearOperation& op = operation(member);
  const std::size_t undo = changes_.size();
  const Fingerprint before = configuration_;
  if (!allowed(member)) {
    undo_to(undo, before);
    return false;
  }
  const bool unchanged = changes_.size() == undo;
  // Without a trace in the state, an operation of unknown outcome may as well come later or never.
  if (unchanged && optional != kNone) return false;
  const bool dead = !unchanged && hints_.on() && hints_.still_wanted(changes_.back().before);
  configuration_.toggle(UINT64_MAX - 1, member);
  if (dead || (round != kRoundReads && !first_visit())) {
    undo_to(undo, before);
    return false;
  }
  taken_.push_back(Taken{.member = member,
                         .undo = static_cast<u32>(undo),
                         .optional = optional,
                         .round = round,
                         .before = before});
  hints_.taken(op);
  if (optional == kNone) {
    lift(member);
  } else {
    optional_taken_[optional] = true;
  }
  return true;
}

/// From `choice` on, the next call before the first return that can be taken.
bool LinearSearch::take_call(Choice& choice, u32 limit) {
  for (; choice.round <= kRoundRest; choice = {choice.round + 1, entries_[kHead].next}) {
    const u32 due = choice.round >= kRoundDue ? due_call(limit) : kNone;
    for (u32 at = choice.entry; at != limit; at = entries_[at].next) {
      if (round_of(at, due, limit) != choice.round) continue;
      if (take(entries_[at].member, choice.round, kNone)) return true;
    }
  }
  return false;
}

/// Puts the last choice back, as if it had not been made.
LinearSearch::Taken LinearSearch::give_back_last() {
  const Taken last = taken_.back();
  taken_.pop_back();
  undo_to(last.undo, last.before);
  hints_.given_back(operation(last.member));
  if (last.optional != kNone) {
    optional_taken_[last.optional] = false;
  } else {
    put_back(last.member);
  }
  return last;
}

/// Puts the last choice back; the choices stand behind it. False: there was none.
bool LinearSearch::give_back(Choice& choice, u32& optional) {
  while (!taken_.empty()) {
    const Taken last = give_back_last();
    if (last.optional != kNone) {
      choice.round = kRoundRest + 1;
      optional = last.optional + 1;
      return true;
    }
    // One that changes nothing stands in nobody's way: taken as soon as it can be, it leaves every
    // order of the rest open. There is no other branch to come back to.
    if (last.round == kRoundReads) continue;
    choice = Choice{.round = last.round, .entry = entries_[calls_[last.member]].next};
    optional = 0;
    return true;
  }
  return false;
}

}  // namespace snowflk::sim
