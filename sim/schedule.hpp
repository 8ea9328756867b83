// What is going to happen in a world, and in which order: virtual time, then a drawn tie key, then
// the order of asking.
//
// Owns no meaning: an entry is a small plain value whose payload lies with whoever asked for it. Of
// two events at one instant the tie key decides, so that no code comes to rely on their order.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "sim/priorities.hpp"
#include "sim/random.hpp"
#include "sim/time.hpp"

namespace snowflk::sim {

enum class EventKind : u8 {
  boot,             // a node's supervisor starts it
  wake,             // a node's deadline
  datagram,         // argument: a message slot
  stream_message,   // argument: a message slot
  stream_up,        // one end of a pair of peers; argument: epoch
  stream_down,      // likewise
  stream_connect,   // a pair is tried; argument: the pair
  stream_cut,       // a cut has lasted; argument: pair and epoch
  disk_done,        // the operation in execution of a lane; argument: lane
  read_done,        // argument: a read slot
  client_think,     // argument: client
  client_request,   // argument: a request slot
  client_reply,     // argument: a request slot
  client_gone,      // argument: connection
  client_broken,    // argument: connection
  client_patience,  // argument: operation
  fault,            // argument: class of faults
  fault_ends,       // argument: which, as the world counts them
  crash,            // of a node; argument: CrashKind
  resume,           // a paused node goes on
  campaign,         // a node's deadline passes, on a script's word
  leave_out,        // a node; argument: LastingFault
};

struct Pending {
  VirtualTime at;
  u64 tie = 0;
  u64 sequence = 0;
  EventId cause;
  u64 argument = 0;
  u32 node = 0;         // the node's id, or 0
  u32 incarnation = 0;  // of that node when it was asked for; 0: of any
  u8 peer = 0;          // of a datagram: who sent it
  EventKind kind = EventKind::boot;
};

class Schedule {
 public:
  Schedule() = default;
  explicit Schedule(u64 seed) : ties_(stream_of(seed, 0, Stream::schedule)) {}

  /// REQUIRES: pending.at >= now(). Tie and sequence are set here.
  void push(Pending pending) {
    pending.tie = ties_.next() | 1;
    insert(pending);
  }
  /// Before all that push() put at the same instant, and in the order of asking among its like: for
  /// what had arrived and had to wait. REQUIRES: as push().
  void push_first(Pending pending) {
    pending.tie = 0;
    insert(pending);
  }
  /// From now on priorities say what goes next (sim/priorities.hpp).
  void set_priorities(const Priorities& priorities) { priorities_ = priorities; }
  /// From now on their times say it again; what is late comes at once.
  void end_priorities() { priorities_.reset(); }

  /// REQUIRES: next().at <= limit. From now on, now() is its time, or a later one.
  Pending pop(VirtualTime limit = kEndOfTime) {
    SNOWFLK_ASSERT(!heap_.empty());
    if (priorities_) return pop_by_priority(limit);
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    const Pending pending = heap_.back();
    heap_.pop_back();
    now_ = std::max(now_, pending.at);
    return pending;
  }
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  /// What push_first() put at this instant is still to come.
  [[nodiscard]] bool first_is_due() const {
    if (priorities_) {
      return std::ranges::any_of(heap_, [this](const Pending& p) { return is_first(p); });
    }
    return !empty() && next().at == now_ && next().tie == 0;
  }
  /// REQUIRES: !empty().
  [[nodiscard]] const Pending& next() const { return heap_.front(); }
  [[nodiscard]] VirtualTime now() const { return now_; }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  /// All that is going to happen, as far as is known now, in its order.
  [[nodiscard]] std::vector<Pending> in_order() const {
    std::vector<Pending> pending = heap_;
    std::ranges::sort(pending, [](const Pending& a, const Pending& b) { return Later{}(b, a); });
    return pending;
  }
  /// What is drawn of who goes first is drawn anew.
  void fork(u64 number) { ties_.fork(number); }
  /// Whether something of such a kind is going to happen.
  template <class Predicate>
  [[nodiscard]] bool any(Predicate of_kind) const {
    return std::ranges::any_of(heap_, [&](const Pending& p) { return of_kind(p.kind); });
  }
  /// Time goes on with nothing happening. REQUIRES: nothing is due before `at`.
  void advance_to(VirtualTime at) {
    SNOWFLK_ASSERT(at >= now_);
    SNOWFLK_ASSERT(heap_.empty() || heap_.front().at >= at);
    now_ = at;
  }

 private:
  template <class>
  friend struct snowflk::StateOf;
  /// push_first() put it here, and nothing of that instant has come before it.
  [[nodiscard]] bool is_first(const Pending& pending) const {
    return pending.tie == 0 && pending.at <= now_;
  }
  Pending pop_by_priority(VirtualTime limit);
  [[nodiscard]] std::size_t choose(VirtualTime latest) const;

  void insert(Pending pending) {
    SNOWFLK_ASSERT(pending.at >= now_);
    pending.sequence = ++sequence_;
    heap_.push_back(pending);
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  }
  /// A type and not a function: so it is inlined into the heap's loops.
  struct Later {
    bool operator()(const Pending& a, const Pending& b) const {
      if (a.at != b.at) return a.at > b.at;
      if (a.tie != b.tie) return a.tie > b.tie;
      return a.sequence > b.sequence;
    }
  };

  std::vector<Pending> heap_;
  std::optional<Priorities> priorities_;
  Prng ties_;
  u64 sequence_ = 0;
  VirtualTime now_;
};

}  // namespace snowflk::sim
