// The search for an order: Wing and Gong's, with Lowe's memory of configurations seen.
//
// J. M. Wing, C. Gong, "Testing and verifying concurrent objects", JPDC 17 (1993); G. Lowe,
// "Testing for linearizability", CCPE 29 (2017). An operation may come next if it was invoked
// before the first return among those that are still to come. Take one that the model allows, lift
// it out of the list, go on; when none can be taken, put the last one back and take the next.
//
// What is ours: a configuration (which operations are taken, in which state) is remembered by 128
// bits that are kept up to date at each step, not by a set of a bit an operation, so that memory is
// bounded and a step costs the same in long histories. Forgetting a configuration is harmless (it
// is searched again); taking two for one would need a collision of 128 bits. And an operation of
// unknown outcome may be placed nearly anywhere, or nowhere: each doubles what is to be searched.
// So they are first taken only where they matter to a call that waits (linear_search_optional.cpp);
// that finds nearly every order that there is, in a few steps an operation. Only a search without
// that bound says that there is none.
#pragma once

#include <span>
#include <vector>

#include "sim/check/linear_problem.hpp"
#include "sim/check/register_hints.hpp"

namespace snowflk::sim {

enum class Judgement : u8 { linearizable, not_linearizable, undecided };
constexpr std::string_view name_of(Judgement judgement) {
  switch (judgement) {
    case Judgement::linearizable: return "linearizable";
    case Judgement::not_linearizable: return "not_linearizable";
    case Judgement::undecided: return "undecided";
  }
  return "?";
}

struct Found {
  Judgement judgement = Judgement::undecided;
  u64 steps = 0;  // operations tried, in vain or not, by the search that said so
  /// The furthest return that no order got past. Every beginning of the history that ends before
  /// it has an order.
  u64 blocked_at = 0;
};

/// One search after the other, in memory that is kept.
class LinearSearch {
 public:
  /// `memo_slots`: how many configurations are remembered, a power of two, 16 bytes each.
  LinearSearch(LinearProblem& problem, u64 memo_slots);

  /// Looks for an order of `members` (in the order of invocation), each with its part in `parts`.
  /// Only events up to `horizon` count: what returns later, or is invoked later, may not have been.
  /// Undecided after `steps_max` steps of the search without bounds, or one choice more; those with
  /// bounds, at most four, may take an eighth of that each.
  Found run(std::span<const u32> members, std::span<const Part> parts, u64 horizon, u64 steps_max);

 private:
  static constexpr u32 kNone = UINT32_MAX;
  static constexpr u32 kHead = 0;
  static constexpr u32 kRoundReads = 0;
  static constexpr u32 kRoundWhole = 1;
  static constexpr u32 kRoundDue = 2;
  static constexpr u32 kRoundRest = 3;

  /// A call or a return of a required operation, in a doubly linked list in the order of events.
  struct Entry {
    u64 event = 0;
    u32 member = 0;  // place in `members`
    u32 next = 0;
    u32 previous = 0;
    bool is_call = false;
  };
  struct Fingerprint {
    u64 high = 0;
    u64 low = 0;
    void toggle(u64 a, u64 b);
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  };
  struct Taken {
    u32 member = 0;
    u32 undo = 0;          // how many changes of cells there were before
    u32 optional = kNone;  // its place among the optional ones, or none
    u32 round = 0;         // of a required one: in which round it was found
    u32 idle = 0;          // it, and so many before it in a row, mattered to no call
    Fingerprint before;    // the configuration without it
  };
  /// Where among the calls before the first return the search is. They are gone through in rounds:
  /// what never writes; then writes, the likely ones first.
  struct Choice {
    u32 round = 0;
    u32 entry = kHead;
  };
  /// A call before the first return, as it would go if it came next.
  struct Waiting {
    u32 member = 0;
    bool allowed = false;
    u64 result = 0;  // of what it would change, and to what
  };
  struct Changed {
    u32 cell = 0;
    ValueId before = kAbsent;
  };
  /// What an operation of one key did to that key's value, the last time it was tried on it.
  struct Effect {
    u32 operation = kNone;  // of the problem
    ValueId before = kAbsent;
    ValueId after = kAbsent;
    bool fits = false;  // it answered what was recorded
  };
  static constexpr u64 kEffectSlots = 4096;
  friend struct SearchState;
  static constexpr u32 kAnyIdle = UINT32_MAX;
  static constexpr u64 kBoundedShare = 8;

  void look_for_order(u64 steps_max, Found& found);
  void set_up(std::span<const u32> members, std::span<const Part> parts, u64 horizon);
  void link(u64 event, u32 member, bool is_call);
  void merge_events(u64 horizon);
  void drop_unseen();
  void chain_twins();
  void lift(u32 member);
  void put_back(u32 member);
  [[nodiscard]] bool allowed(u32 member);
  bool replies_as_recorded(const LinearOperation& op);
  void assign(u32 cell, ValueId value);
  void undo_to(std::size_t count, const Fingerprint& configuration);
  [[nodiscard]] bool first_visit();
  [[nodiscard]] u32 first_return() const;
  [[nodiscard]] u32 due_call(u32 limit) const;
  [[nodiscard]] u32 round_of(u32 entry, u32 due, u32 limit) const;
  [[nodiscard]] Choice beginning() const {
    return Choice{.round = 0, .entry = entries_[kHead].next};
  }
  bool take(u32 member, u32 round, u32 optional);
  bool take_call(Choice& choice, u32 limit);
  bool take_optional(u32 from, u32 limit);
  [[nodiscard]] Waiting as_next(u32 member);
  void note_waiting(u32 limit);
  [[nodiscard]] bool matters();
  [[nodiscard]] bool is_near(u32 member) const;
  [[nodiscard]] bool worth_taking();
  Taken give_back_last();
  bool give_back(Choice& choice, u32& optional);
  void clean_up();
  [[nodiscard]] const LinearOperation& operation(u32 member) const {
    return problem_.operations[members_[member]];
  }

  LinearProblem& problem_;
  std::span<const u32> members_;
  std::vector<Part> parts_;
  std::vector<Entry> entries_;  // entry 0 is the head; of a member: its call, then its return
  std::vector<u32> calls_;      // entry of a member's call
  std::vector<u32> returns_;    // entry of a member's return
  std::vector<u32> optional_;   // members of unknown outcome, in the order of invocation
  std::vector<u32> twin_;       // of an optional one: the one before it with equal words
  std::vector<bool> optional_taken_;
  std::vector<Waiting> waiting_;  // before the next operation of unknown outcome is tried
  std::vector<Taken> taken_;
  std::vector<Changed> changes_;
  std::vector<ValueId> cells_;       // of all keys
  std::vector<bool> marked_cells_;   // by drop_unseen, and by nothing between runs
  std::vector<bool> marked_values_;  // likewise
  std::vector<u64> near_;            // of a cell: when a call that waits last looked at it
  u64 near_now_ = 0;
  bool all_near_ = false;  // one of them looks at all keys
  RegisterHints hints_;
  std::vector<Fingerprint> memo_;
  std::vector<Effect> effects_;  // by operation and value; a slot keeps the last one
  std::string reply_;
  Fingerprint configuration_;
  u64 present_ = 0;  // cells that hold a value
  u64 generation_ = 0;
  u64 steps_ = 0;
  u32 idle_max_ = kAnyIdle;  // so many in a row may matter to no call; kAnyIdle: nobody asks
  u32 open_ = 0;             // required operations that are not taken
};

}  // namespace snowflk::sim
