// Datagrams between nodes: each ordered pair is a link of its own, with its own luck.
//
// At sending: loss, copies, delay, bandwidth, the queue's bound. At delivery: what the link is then
// (open, drop, jam), and whether a bit was turned on the way. A link knows no incarnations: what
// was sent to a node reaches whoever runs there when it arrives.
#pragma once

#include <optional>
#include <vector>

#include "core/base/hash.hpp"
#include "core/node/boundary.hpp"
#include "sim/options.hpp"
#include "sim/record.hpp"
#include "sim/schedule.hpp"
#include "sim/slots.hpp"

namespace snowflk::sim {

enum class LinkState : u8 {
  open,
  drop,  // what arrives is gone
  jam,   // what arrives waits for the link to open
};
constexpr std::string_view name_of(LinkState state) {
  switch (state) {
    case LinkState::open: return "open";
    case LinkState::drop: return "drop";
    case LinkState::jam: return "jam";
  }
  return "?";
}

/// In which order a jam lets go what it held.
enum class ReleaseOrder : u8 { drawn, kept, reversed };

/// A frame on its way.
struct Message {
  NodeId from;
  NodeId to;
  node::Channel channel = node::Channel::datagram;
  u64 epoch = 0;         // of a stream
  EventId cause;         // the step that sent it
  bool lost = false;     // a full queue dropped it under way
  bool damaged = false;  // a bit is turned
  std::vector<std::byte> bytes;
};

/// What stands for a frame's bytes in the digest of a run.
inline u64 frame_hash(Bytes frame) { return hash64(frame, 0x6672616d65); }

struct NetworkCounters {
  u64 sent = 0;
  u64 delivered = 0;
  u64 lost = 0;
  u64 duplicated = 0;
  u64 late = 0;          // by the tail of delays
  u64 free_to_pass = 0;  // that later ones might overtake, or that might overtake earlier ones
  u64 queue_drops = 0;
  u64 bandwidth_drops = 0;
  u64 cut = 0;
  u64 jammed = 0;
  u64 damaged = 0;
  u64 stragglers = 0;
  u64 late_answers = 0;
};

class Network {
 public:
  Network() = default;
  Network(u64 seed, u32 nodes, const NetworkOptions& options);

  /// Copies `frame`. What survives comes back as EventKind::datagram, a slot each.
  /// REQUIRES: from != to, both of the cluster.
  SendNote send(NodeId from, NodeId to, Bytes frame, Schedule& schedule, EventId cause);
  /// Past loss and delay: one copy of `frame` arrives next, before all else of this instant. With
  /// `flipped` one bit of it is turned, counted from the first, and from the first again if there
  /// are fewer.
  void send_exactly(NodeId from, NodeId to, Bytes frame, Schedule& schedule, EventId cause,
                    std::optional<u64> flipped = {});
  /// The datagram in `slot` is there. Null: it does not come through (now). Otherwise it is
  /// borrowed until release(slot), which is the caller's to call.
  Message* arrive(u64 slot);
  void release(u64 slot) { messages_.give_back(slot); }
  [[nodiscard]] const Message& message(u64 slot) const { return messages_[slot]; }

  [[nodiscard]] LinkState link(NodeId from, NodeId to) const { return at(from, to).state; }
  /// So many wait for the link, which is jammed, to open.
  [[nodiscard]] u64 held(NodeId from, NodeId to) const { return at(from, to).held.size(); }
  /// A jammed link that opens lets go what it held; drawn: in order or, by chance, shuffled.
  void set_link(NodeId from, NodeId to, LinkState state, Schedule& schedule,
                ReleaseOrder order = ReleaseOrder::drawn);
  [[nodiscard]] bool all_open() const;

  /// What is drawn from here on is drawn anew.
  void fork(u64 number);
  void set_options(const NetworkOptions& options) { options_ = options; }
  [[nodiscard]] const NetworkOptions& options() const { return options_; }
  [[nodiscard]] const NetworkCounters& counters() const { return counters_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Link {
    LinkState state = LinkState::open;
    VirtualTime busy_until;      // by bandwidth
    VirtualTime last_arrival;    // of those that keep their order
    std::vector<u64> under_way;  // slots, oldest first; only where the queue is bounded
    std::vector<u64> held;       // slots that arrived at a jam, in order
    Prng loss, duplicate, reorder, delay, queue, flip, shuffle, straggler, late_answer;
  };

  [[nodiscard]] Link& at(NodeId from, NodeId to);
  [[nodiscard]] const Link& at(NodeId from, NodeId to) const;
  bool make_room(Link& link);
  std::optional<Duration> transmission(Link& link, VirtualTime now, u64 bytes) const;
  VirtualTime arrival(Link& link, VirtualTime departure);
  void damage(Link& link, Message& message);
  void flip(Message& message, u64 bit);
  void send_late(u64 slot, VirtualTime departure, Duration delay, Schedule& schedule);
  u64 store(NodeId from, NodeId to, Bytes frame, EventId cause);
  static void put_in_order(Link& link, ReleaseOrder order);
  void put_under_way(Link& link, u64 slot, VirtualTime when, Schedule& schedule);

  NetworkOptions options_;
  u32 nodes_ = 0;
  std::vector<Link> links_;  // by (from - 1) * nodes + (to - 1)
  Slots<Message> messages_;
  NetworkCounters counters_;
};

}  // namespace snowflk::sim
