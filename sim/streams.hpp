// Streams between peers: one for each pair of nodes that stands or not, under epochs that grow.
//
// Ordered, never doubled; what they carry arrives or the stream breaks, and both ends hear of it. A
// stream breaks when an end crashes, when a cut lasts, or by a reset; what was on it is gone. While
// a direction is cut, its messages wait.
#pragma once

#include <vector>

#include "sim/network.hpp"

namespace snowflk::sim {

/// How soon the other end hears of a break.
enum class BreakKind : u8 {
  reset,    // the operating system says so: after about a delay
  silence,  // nothing answers any more: after a timeout
};

class Streams {
 public:
  Streams() = default;
  Streams(u64 seed, u32 nodes, const NetworkOptions& options);

  /// The pairs of `node` that do not stand are to be tried (it has booted, or a link has opened).
  void poke(NodeId node, Schedule& schedule, EventId cause);
  /// EventKind::stream_connect: `both` says whether both ends run and reach each other.
  void connect(u64 index, bool both, Schedule& schedule, EventId cause);
  struct Ends {
    NodeId first;
    NodeId second;
  };
  [[nodiscard]] Ends ends(u64 pair) const { return pairs_[pair].ends; }
  /// Of the pair that `token` names.
  [[nodiscard]] Ends ends_of(u64 token) const;
  [[nodiscard]] const Message& message(u64 slot) const { return messages_[slot]; }

  /// EventKind::stream_up at `node` with argument `token`. False: that stream is gone again.
  bool up(NodeId node, u64 token, StreamUp& happening);
  /// EventKind::stream_down likewise. False: this end never heard of that stream.
  bool down(NodeId node, u64 token, StreamDown& happening, Schedule& schedule, EventId cause);

  /// The stream between the two, if it stands, breaks; each end that runs hears of it.
  void break_pair(NodeId first, NodeId second, BreakKind kind, Schedule& schedule, EventId cause);
  /// `node` is gone: its streams break, and it hears of nothing.
  void crash(NodeId node, BreakKind kind, Schedule& schedule, EventId cause);
  /// A direction was cut: if it still is after a while (EventKind::stream_cut), the stream breaks.
  void watch_cut(NodeId from, NodeId to, Schedule& schedule, EventId cause);
  void cut_lasted(u64 token, bool still_cut, Schedule& schedule, EventId cause);
  /// A direction is open again: what waited arrives, in order.
  void reopen(NodeId from, NodeId to, Schedule& schedule);

  // ---- By hand --------------------------------------------------------------------------------

  /// Held: no pair comes up, and no end hears of anything, but by hear(). Let go: each pair and
  /// each end catches up.
  void hold(bool held, Schedule& schedule, EventId cause);
  /// `node` hears next that its stream with `peer` stands, or that it fell: if it has to, the
  /// stream comes up or breaks for that. `both` as for connect(). False: it knows that already, or
  /// the stream cannot come up.
  bool hear(NodeId node, NodeId peer, bool up, bool both, Schedule& schedule, EventId cause);

  SendNote send(NodeId from, NodeId to, u64 epoch, Bytes frame, Schedule& schedule, EventId cause);
  /// Past delay and order: `frame` arrives next, before all else of this instant.
  void send_exactly(NodeId from, NodeId to, u64 epoch, Bytes frame, Schedule& schedule,
                    EventId cause);
  /// EventKind::stream_message. Null: its stream is gone, or its direction is cut and it waits.
  /// Otherwise borrowed until release(slot).
  Message* arrive(u64 slot, bool open);
  void release(u64 slot) { messages_.give_back(slot); }

  /// What is drawn from here on is drawn anew.
  void fork(u64 number) {
    for (Pair& pair : pairs_) pair.delay.fork(number);
  }
  void set_options(const NetworkOptions& options) { options_ = options; }
  [[nodiscard]] bool stands(NodeId first, NodeId second) const;
  [[nodiscard]] u64 breaks() const { return breaks_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct End {
    u64 told_epoch = 0;        // the last epoch that this end was told is up
    bool told_up = false;      // and it was not told yet that it is down
    VirtualTime last_arrival;  // of what comes to this end, and of its news
    std::vector<u64> waiting;  // slots for this end, that arrived while the way was cut
  };
  struct Pair {
    Ends ends;
    u64 epoch = 0;
    bool stands = false;
    bool trying = false;  // a stream_connect is pending
    End first;            // what `ends.first` knows
    End second;
    Prng delay;
  };

  [[nodiscard]] u64 pair_of(NodeId a, NodeId b) const;
  static End& end_of(Pair& pair, NodeId node) {
    return node == pair.ends.first ? pair.first : pair.second;
  }
  u64 store(NodeId from, NodeId to, u64 epoch, Bytes frame, EventId cause);
  void try_later(u64 index, Duration mean, Schedule& schedule, EventId cause);
  void tell(u64 index, NodeId node, EventKind kind, Duration mean, Schedule& schedule,
            EventId cause);
  void fall(Pair& pair);

  NetworkOptions options_;
  u32 nodes_ = 0;
  std::vector<Pair> pairs_;
  Slots<Message> messages_;
  u64 breaks_ = 0;
  bool held_ = false;
};

}  // namespace snowflk::sim
