// The boundary of the core: what happened (Input), and what the core wants done (Effects).
//
// One way in, one way out; nothing calls out. Effects of one step have no order, but for disk
// operations, each lane of which is a FIFO. Whatever must wait for something waits inside the core
// until that something comes in as an Input, so a driver has no protocol to get wrong.
//
// Lifetimes. What an Input borrows, it borrows for the length of the step. What Effects borrow
// (frames, replies) stays valid until the next step of the same node or its end, whichever is
// first; the bytes of a Write stay valid and unmoved until their DiskDone.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/disk.hpp"
#include "core/node/events.hpp"
#include "core/node/options.hpp"

namespace snowflk::node {

/// The time, as the node's own clocks show it. Monotonic never goes back; wall may jump.
struct Now {
  Instant monotonic;
  WallTime wall;
};

/// A client's connection, named by the driver. Never used twice in one incarnation.
struct ClientId {
  static constexpr bool kScalar = true;
  u64 value = 0;
  friend constexpr auto operator<=>(ClientId, ClientId) = default;
};
/// One request of a client; the driver counts them, per client, upwards.
struct RequestId {
  static constexpr bool kScalar = true;
  u64 value = 0;
  friend constexpr auto operator<=>(RequestId, RequestId) = default;
};

// ---- What happened -------------------------------------------------------------------------

/// The first input of an incarnation, once. `files`: all of the directory that is ours.
struct Booted {
  u64 entropy = 0;
  std::span<const bitcask::FoundFile> files;
};
/// Harmless when early or spurious.
struct DeadlinePassed {};
/// A frame of a peer, whole, as wire/frame.hpp cuts it. Judged at the core's gate.
struct FrameReceived {
  NodeId from;
  Bytes frame;
};
/// The stream to and from `peer` stands, from now on under `epoch`, which only grows.
struct PeerUp {
  NodeId peer;
  u64 epoch = 0;
};
/// That stream broke: what was forwarded on it and is not answered has an unknown outcome.
struct PeerDown {
  NodeId peer;
  u64 epoch = 0;
};
/// `command` is a kv command as kv/command.hpp encodes it. It is judged at the core's gate.
struct ClientRequest {
  ClientId client;
  RequestId request;
  Bytes command;
};
/// The client left; what it asked and is not answered needs no answer.
struct ClientGone {
  ClientId client;
};
/// The driver can take frames to `peer` again, after it had refused some for want of room.
struct SendRoom {
  NodeId peer;
};
/// The driver can take replies to `client` again.
struct ReplyRoom {
  ClientId client;
};
/// All operations of `lane` up to `up_to` are done. Cumulative; an old one is harmless.
struct DiskDone {
  bitcask::Lane lane = bitcask::Lane::log;
  u64 up_to = 0;
};
/// Operation `sequence` of `lane` was not done; those before it are, and those after it go on.
struct DiskRefused {
  bitcask::Lane lane = bitcask::Lane::log;
  u64 sequence = 0;
  bitcask::DiskError error = bitcask::DiskError::io;
};
/// `bytes` may be fewer than asked for: a short read, which is asked again; none: the file ends.
struct ReadDone {
  bitcask::DiskReadId id;
  std::expected<Bytes, bitcask::DiskError> bytes;
};
/// Leave cleanly: a leader steps down first. Answered by Halt when all is durable.
struct Stop {};

using Input = std::variant<Booted, DeadlinePassed, FrameReceived, PeerUp, PeerDown, ClientRequest,
                           ClientGone, SendRoom, ReplyRoom, DiskDone, DiskRefused, ReadDone, Stop>;

// ---- What the core wants done --------------------------------------------------------------

/// How a frame travels. Datagrams may be lost, doubled, reordered, dropped for want of room. The
/// stream is ordered and never doubled; it may break, which both ends hear as PeerDown.
enum class Channel : u8 { datagram, stream };

struct Send {
  NodeId to;
  Channel channel = Channel::datagram;
  u64 epoch = 0;  // stream: the epoch it belongs to; under another it is dropped
  Bytes frame;
};
/// `reply` is a kv reply as kv/reply.hpp encodes it. One request, at most one reply.
struct Reply {
  ClientId client;
  RequestId request;
  Bytes reply;
};
/// Close the connection: the outcome of what is unanswered on it stays unknown.
struct Disconnect {
  ClientId client;
};

enum class HaltKind : u8 {
  stopped,      // as asked
  refused,      // this directory or configuration cannot be started; a restart will not help
  disk_failed,  // an fsync or write failed: the incarnation ends, a restart recovers
};
constexpr std::string_view name_of(HaltKind kind) {
  switch (kind) {
    case HaltKind::stopped: return "stopped";
    case HaltKind::refused: return "refused";
    case HaltKind::disk_failed: return "disk_failed";
  }
  return "?";
}
/// The incarnation is over: the driver steps this node no more.
struct Halt {
  HaltKind kind = HaltKind::stopped;
  std::string reason;  // one sentence
};

/// Reused from step to step: cleared by step(), never freed.
struct Effects {
  std::vector<Send> sends;
  std::vector<Reply> replies;
  std::vector<Disconnect> disconnects;
  std::vector<bitcask::DiskOp> disk;
  std::vector<bitcask::DiskRead> reads;
  std::vector<Halt> halt;     // at most one
  Instant deadline = kNever;  // always set: when to come back at the latest. A level, not an edge.
  std::vector<std::byte> arena;  // what frames and replies borrow
  std::vector<Event> events;     // what the step did, for traces and checkers
};

/// A driver does each kind of effect. A new kind of effect is a new line here and in perform():
/// no driver builds before it can do it.
template <class D>
concept Driver = requires(D driver, const Send& send, const Reply& reply, const Disconnect& close,
                          const bitcask::DiskOp& op, const bitcask::DiskRead& read,
                          const Halt& halt, Instant deadline, std::span<const Event> events) {
  driver.perform(send);
  driver.perform(reply);
  driver.perform(close);
  driver.perform(op);
  driver.perform(read);
  driver.perform(halt);
  driver.wake_at(deadline);
  driver.record(events);
};

template <Driver D>
void perform(const Effects& effects, D& driver) {
  driver.record(std::span<const Event>{effects.events});
  for (const auto& op : effects.disk) driver.perform(op);
  for (const auto& read : effects.reads) driver.perform(read);
  for (const auto& send : effects.sends) driver.perform(send);
  for (const auto& reply : effects.replies) driver.perform(reply);
  for (const auto& disconnect : effects.disconnects) driver.perform(disconnect);
  driver.wake_at(effects.deadline);
  for (const auto& halt : effects.halt) driver.perform(halt);
}

}  // namespace snowflk::node
