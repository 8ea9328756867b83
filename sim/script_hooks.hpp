// What a script lays in a world's way: messages that wait for its word, crashes at a named effect.
//
// Empty in a world without a script, and then costs one comparison a message.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/network.hpp"
#include "sim/record.hpp"

namespace snowflk::sim {

/// Of a frame that a newer version sends, or of what is no frame.
inline constexpr std::string_view kUnknownKind = "unknown";
/// What a frame is, by name (wire::FrameKind), of its header alone; or kUnknownKind.
std::string_view frame_name(Bytes frame);

/// Which messages. Nobody, or no name: any.
struct MessageFilter {
  NodeId from;
  NodeId to;
  std::string kind;  // "append_entries"
  [[nodiscard]] bool matches(NodeId sender, NodeId receiver, std::string_view name) const {
    if (!from.nobody() && from != sender) return false;
    if (!to.nobody() && to != receiver) return false;
    return kind.empty() || kind == name;
  }
};

struct HeldMessage {
  u64 number = 0;   // 1, 2, 3 … in the order of sending
  u64 ordinal = 0;  // likewise of those of its kind on its link
  NodeId from;
  NodeId to;
  node::Channel channel = node::Channel::datagram;
  u64 epoch = 0;
  std::string_view kind;
  std::vector<std::byte> bytes;
  EventId cause;
};

class Holds {
 public:
  void hold(const MessageFilter& filter) { filters_.push_back(filter); }
  /// No filter that is `filter` is left. What it held stays held.
  void release(const MessageFilter& filter);
  void release_all() { filters_.clear(); }
  [[nodiscard]] bool empty() const { return filters_.empty(); }
  [[nodiscard]] bool matches(NodeId from, NodeId to, Bytes frame) const;

  void keep(HeldMessage message);
  /// A message that was taken out waits again: its copy is under way.
  void keep_again(HeldMessage message);
  [[nodiscard]] std::span<const HeldMessage> messages() const { return held_; }
  /// Takes the message out. REQUIRES: it is held.
  HeldMessage take(u64 number);

 private:
  template <class>
  friend struct snowflk::StateOf;

  std::vector<MessageFilter> filters_;
  std::vector<HeldMessage> held_;  // in the order of sending
  struct Count {
    NodeId from;
    NodeId to;
    std::string_view kind;
    u64 sent = 0;
  };
  std::vector<Count> counts_;
  u64 last_ = 0;
};

/// A crash as it waits in the schedule, in one number.
struct OrderedCrash {
  CrashKind kind = CrashKind::process;
  Unsynced unsynced = Unsynced::drawn;
  bool comes_back = true;    // by its supervisor
  u8 under_way = kAllLanes;  // Disk::leave_under_way()
  // Of an upgrade, that also who is down may have: what the next start is of.
  std::optional<i64> version = std::nullopt;

  [[nodiscard]] u64 packed() const {
    const u64 upgrade = version ? static_cast<u64>(*version + kVersionShift) : 0;
    return static_cast<u64>(kind) | static_cast<u64>(unsynced) << 8 | u64{!comes_back} << 16 |
           u64{under_way} << 17 | upgrade << 25;
  }
  static OrderedCrash unpacked(u64 word) {
    OrderedCrash order{.kind = static_cast<CrashKind>(word & 0xff),
                       .unsynced = static_cast<Unsynced>(word >> 8 & 0xff),
                       .comes_back = (word >> 16 & 1) == 0,
                       .under_way = static_cast<u8>(word >> 17)};
    if (const u64 upgrade = word >> 25; upgrade != 0) {
      order.version = static_cast<i64>(upgrade) - kVersionShift;
    }
    return order;
  }

 private:
  static constexpr i64 kVersionShift = 8;  // zero says that there is none
};

/// The effects at which a node may be made to crash: disk actions, frames, replies to clients.
inline constexpr u32 kEffectCount = 21;
/// REQUIRES: number < kEffectCount.
std::string_view effect_name(u32 number);

/// A crash at the `nth` effect of a kind, from now on.
struct Trap {
  NodeId node;
  std::string effect;  // a disk action ("sync"), a frame ("request_vote_reply"), or "reply"
  u32 nth = 1;
  bool before = false;  // else after: the operation is done, the frame is on its way
  CrashKind crash = CrashKind::process;
  Unsynced unsynced = Unsynced::drawn;  // of a machine
  std::string kept = {};                // of it, if chosen (Disk::choose)
  bool comes_back = false;              // drawn, not by a script: a supervisor starts it again
  VirtualTime until = kEndOfTime;       // then it is taken away
  bool loses_vote = false;              // springs once the node has told of a vote that can be lost
  friend bool operator==(const Trap&, const Trap&) = default;
};

class Traps {
 public:
  void lay(const Trap& trap) { traps_.push_back(trap); }
  [[nodiscard]] bool empty() const { return traps_.empty(); }
  void take_away(const Trap& trap) { std::erase(traps_, trap); }
  [[nodiscard]] bool is_laid(const Trap& trap) const {
    return std::ranges::find(traps_, trap) != traps_.end();
  }
  /// One of `node` waits for a vote that can be lost.
  [[nodiscard]] bool any_for_votes(NodeId node) const {
    return std::ranges::any_of(
        traps_, [&](const Trap& trap) { return trap.loses_vote && trap.node == node; });
  }
  /// `node` is about to do `effect`: the trap that springs, if any. It is gone then.
  std::optional<Trap> spring(NodeId node, std::string_view effect, bool vote_at_stake,
                             VirtualTime now);
  /// All are taken away.
  void disarm() { traps_.clear(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  std::vector<Trap> traps_;
};

}  // namespace snowflk::sim
