// One event of a world, as it is told afterwards: what happened, to whom, why, and what came of it.
//
// Each kind is a described struct, so that traces, stories and JSON are made from one list. A
// record borrows from its world and is good until the world's next step.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "core/bitcask/disk.hpp"
#include "core/node/boundary.hpp"
#include "sim/fault_words.hpp"
#include "sim/history.hpp"
#include "sim/time.hpp"

namespace snowflk::sim {

// ---- A node's life --------------------------------------------------------------------------

enum class CrashKind : u8 {
  process,  // kill -9: the page cache stays
  machine,  // power: of what was not synced, each sector is old or new
};
constexpr std::string_view name_of(CrashKind kind) {
  switch (kind) {
    case CrashKind::process: return "process";
    case CrashKind::machine: return "machine";
  }
  return "?";
}

/// What a machine crash does with what was not synced. Only scripts ask for more than luck.
/// Lanes of a disk as bits, by the number of bitcask::Lane.
inline constexpr u8 kAllLanes = (1U << bitcask::kLaneCount) - 1;

enum class Unsynced : u8 { drawn, lost, kept, chosen };
constexpr std::string_view name_of(Unsynced unsynced) {
  switch (unsynced) {
    case Unsynced::drawn: return "drawn";
    case Unsynced::lost: return "lost";
    case Unsynced::kept: return "kept";
    case Unsynced::chosen: return "chosen";
  }
  return "?";
}

struct NodeBooted {
  static constexpr std::string_view kName = "node_booted";
  u32 start = 0;  // how often it was started, this time included
  static constexpr auto fields() { return std::tuple{Field{"start", &NodeBooted::start}}; }
};
struct NodeCrashed {
  static constexpr std::string_view kName = "node_crashed";
  CrashKind kind = CrashKind::process;
  static constexpr auto fields() { return std::tuple{Field{"kind", &NodeCrashed::kind}}; }
};
struct NodePaused {
  static constexpr std::string_view kName = "node_paused";
  static constexpr auto fields() { return std::tuple{}; }
};
struct NodeResumed {
  static constexpr std::string_view kName = "node_resumed";
  static constexpr auto fields() { return std::tuple{}; }
};
struct DeadlineReached {
  static constexpr std::string_view kName = "deadline_reached";
  static constexpr auto fields() { return std::tuple{}; }
};

// ---- Between peers --------------------------------------------------------------------------

struct FrameDelivered {
  static constexpr std::string_view kName = "frame_delivered";
  NodeId from;
  node::Channel channel = node::Channel::datagram;
  u32 size = 0;
  bool damaged = false;  // a bit was turned on the way
  i64 ahead = 0;         // how many versions whoever sent it is ahead of the node, as it reads it
  bool foreign = false;  // the node is to refuse it: too far ahead or behind, or of a kind that it
                         // does not know
  static constexpr auto fields() {
    return std::tuple{Field{"from", &FrameDelivered::from}, Field{"size", &FrameDelivered::size},
                      Field{"damaged", &FrameDelivered::damaged}};
  }
};
struct StreamUp {
  static constexpr std::string_view kName = "stream_up";
  NodeId peer;
  u64 epoch = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"peer", &StreamUp::peer}, Field{"epoch", &StreamUp::epoch}};
  }
};
struct StreamDown {
  static constexpr std::string_view kName = "stream_down";
  NodeId peer;
  u64 epoch = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"peer", &StreamDown::peer}, Field{"epoch", &StreamDown::epoch}};
  }
};
/// From `from` to `to` nothing passes now, or waits (jammed); or that is over (open).
struct LinksChanged {
  static constexpr std::string_view kName = "links_changed";
  NodeId from;  // nobody: all
  NodeId to;    // nobody: all
  bool open = false;
  bool jammed = false;
  bool both_ways = false;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &LinksChanged::from}, Field{"to", &LinksChanged::to},
                      Field{"open", &LinksChanged::open}, Field{"jammed", &LinksChanged::jammed},
                      Field{"both_ways", &LinksChanged::both_ways}};
  }
};
/// The nodes whose bits are set reach each other and nobody else.
struct ClusterSplit {
  static constexpr std::string_view kName = "cluster_split";
  u32 side = 0;  // bit id - 1
  static constexpr auto fields() { return std::tuple{Field{"side", &ClusterSplit::side}}; }
};
/// What clients send to a node, and it to them, waits; or no longer.
struct ClientsCut {
  static constexpr std::string_view kName = "clients_cut";
  bool over = false;
  static constexpr auto fields() { return std::tuple{Field{"over", &ClientsCut::over}}; }
};
/// All machines lose power in this instant.
struct PowerCut {
  static constexpr std::string_view kName = "power_cut";
  static constexpr auto fields() { return std::tuple{}; }
};
/// Faults end here: links open, disks have space, who is down comes back.
struct Healed {
  static constexpr std::string_view kName = "healed";
  static constexpr auto fields() { return std::tuple{}; }
};
struct StreamReset {
  static constexpr std::string_view kName = "stream_reset";
  NodeId first;
  NodeId second;
  static constexpr auto fields() {
    return std::tuple{Field{"first", &StreamReset::first}, Field{"second", &StreamReset::second}};
  }
};

// ---- Disks and clocks -----------------------------------------------------------------------

enum class DiskActionKind : u8 { create, write, sync, sync_directory, rename, unlink, read };
constexpr std::string_view name_of(DiskActionKind kind) {
  switch (kind) {
    case DiskActionKind::create: return "create";
    case DiskActionKind::write: return "write";
    case DiskActionKind::sync: return "sync";
    case DiskActionKind::sync_directory: return "sync_directory";
    case DiskActionKind::rename: return "rename";
    case DiskActionKind::unlink: return "unlink";
    case DiskActionKind::read: return "read";
  }
  return "?";
}

struct DiskOpFinished {
  static constexpr std::string_view kName = "disk_op_finished";
  bitcask::Lane lane = bitcask::Lane::log;
  u64 sequence = 0;
  DiskActionKind action = DiskActionKind::write;
  bitcask::FileId file;
  bool refused = false;
  bitcask::DiskError error = bitcask::DiskError::io;  // when refused
  static constexpr auto fields() {
    return std::tuple{
        Field{"lane", &DiskOpFinished::lane}, Field{"sequence", &DiskOpFinished::sequence},
        Field{"action", &DiskOpFinished::action}, Field{"file", &DiskOpFinished::file},
        Field{"refused", &DiskOpFinished::refused}};
  }
};
struct ReadFinished {
  static constexpr std::string_view kName = "read_finished";
  bitcask::FileId file;
  u64 offset = 0;
  u32 length = 0;
  bool failed = false;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &ReadFinished::file}, Field{"offset", &ReadFinished::offset},
                      Field{"length", &ReadFinished::length},
                      Field{"failed", &ReadFinished::failed}};
  }
};
struct DiskStalled {
  static constexpr std::string_view kName = "disk_stalled";
  bool over = false;
  static constexpr auto fields() { return std::tuple{Field{"over", &DiskStalled::over}}; }
};
struct DiskFilled {
  static constexpr std::string_view kName = "disk_filled";
  bool over = false;
  static constexpr auto fields() { return std::tuple{Field{"over", &DiskFilled::over}}; }
};
/// A bit of what is durable has turned.
struct DiskRotted {
  static constexpr std::string_view kName = "disk_rotted";
  bitcask::FileId file;
  u64 offset = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &DiskRotted::file}, Field{"offset", &DiskRotted::offset}};
  }
};
struct ClockJumped {
  static constexpr std::string_view kName = "clock_jumped";
  Duration by;  // of the wall clock
  static constexpr auto fields() { return std::tuple{Field{"by_ns", &ClockJumped::by}}; }
};

/// The clock of a node runs at another rate from now on.
struct DriftChanged {
  static constexpr std::string_view kName = "drift_changed";
  i64 ppm = 0;
  static constexpr auto fields() { return std::tuple{Field{"ppm", &DriftChanged::ppm}}; }
};
/// A place of a disk does not read as it was written. All that it takes to do the same again; what
/// is no field is in no digest.
struct DiskBlemished {
  static constexpr std::string_view kName = "disk_blemished";
  BlemishKind kind = BlemishKind::bad_sector;
  bitcask::FileId file;
  u64 offset = 0;
  u8 sectors = 0xff;           // of the page at `offset`, a bit each
  bool once = false;           // over when one read has met it
  bitcask::FileId other = {};  // of what is misdirected: the page that it is mistaken for
  u64 other_offset = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &DiskBlemished::kind}, Field{"file", &DiskBlemished::file},
                      Field{"offset", &DiskBlemished::offset}};
  }
};
/// The machine has lost power, and comes back without a file that was durable.
struct FileLost {
  static constexpr std::string_view kName = "file_lost";
  bitcask::FileId file;
  static constexpr auto fields() { return std::tuple{Field{"file", &FileLost::file}}; }
};
/// The process is gone, and all that it had on disk.
struct NodeWiped {
  static constexpr std::string_view kName = "node_wiped";
  static constexpr auto fields() { return std::tuple{}; }
};

/// The process is gone, if it ran; the next one to start here is of another version.
struct NodeUpgraded {
  static constexpr std::string_view kName = "node_upgraded";
  i64 version = 0;  // so many minors ahead of ours
  static constexpr auto fields() { return std::tuple{Field{"version", &NodeUpgraded::version}}; }
};

// ---- Shapes of the network ------------------------------------------------------------------

/// The network has a shape, or no longer; `node` is the bridge, or alone with a friend.
struct ClusterShaped {
  static constexpr std::string_view kName = "cluster_shaped";
  Shape shape = Shape::bridge;
  NodeId node;
  bool over = false;
  static constexpr auto fields() {
    return std::tuple{Field{"shape", &ClusterShaped::shape}, Field{"node", &ClusterShaped::node},
                      Field{"over", &ClusterShaped::over}};
  }
};
/// One after another nodes are cut off, or what they send and hear is held; and one after another
/// they are joined again.
struct Swizzled {
  static constexpr std::string_view kName = "swizzled";
  NodeId node;
  bool jammed = false;
  bool over = false;
  static constexpr auto fields() {
    return std::tuple{Field{"node", &Swizzled::node}, Field{"jammed", &Swizzled::jammed},
                      Field{"over", &Swizzled::over}};
  }
};

// ---- Clients --------------------------------------------------------------------------------

/// The client asks: this begins the operation.
struct Invoked {
  static constexpr std::string_view kName = "invoked";
  u32 client = 0;
  OperationId operation;
  static constexpr auto fields() {
    return std::tuple{Field{"client", &Invoked::client}, Field{"operation", &Invoked::operation}};
  }
};
/// The client knows, or has given up: this ends the operation.
struct Returned {
  static constexpr std::string_view kName = "returned";
  u32 client = 0;
  OperationId operation;
  Outcome outcome = Outcome::unknown;
  static constexpr auto fields() {
    return std::tuple{Field{"client", &Returned::client}, Field{"operation", &Returned::operation},
                      Field{"outcome", &Returned::outcome}};
  }
};
struct RequestArrived {
  static constexpr std::string_view kName = "request_arrived";
  u32 client = 0;
  OperationId operation;
  static constexpr auto fields() {
    return std::tuple{Field{"client", &RequestArrived::client},
                      Field{"operation", &RequestArrived::operation}};
  }
};
/// The node hears that a client has left.
struct ClientLeft {
  static constexpr std::string_view kName = "client_left";
  u32 client = 0;
  static constexpr auto fields() { return std::tuple{Field{"client", &ClientLeft::client}}; }
};
/// The client notices that its connection is gone.
struct ConnectionLost {
  static constexpr std::string_view kName = "connection_lost";
  u32 client = 0;
  static constexpr auto fields() { return std::tuple{Field{"client", &ConnectionLost::client}}; }
};

// ---- The healing ----------------------------------------------------------------------------

/// From here on, and when all is healed, the node is left out.
struct NodeLeftOut {
  static constexpr std::string_view kName = "node_left_out";
  LastingFault fault = LastingFault::down;
  static constexpr auto fields() { return std::tuple{Field{"fault", &NodeLeftOut::fault}}; }
};

/// Digests have an alternative's place: what is new comes last.
using Happening =
    std::variant<PowerCut, Healed, ClientsCut, NodeBooted, NodeCrashed, NodePaused, NodeResumed,
                 DeadlineReached, FrameDelivered, StreamUp, StreamDown, LinksChanged, ClusterSplit,
                 StreamReset, DiskOpFinished, ReadFinished, DiskStalled, DiskFilled, DiskRotted,
                 ClockJumped, Invoked, Returned, RequestArrived, ClientLeft, ConnectionLost,
                 ClusterShaped, Swizzled, DriftChanged, DiskBlemished, FileLost, NodeWiped,
                 NodeLeftOut, NodeUpgraded>;

/// What became of a frame that the step sent. One for each effect Send, in order; only when the
/// world keeps notes.
enum class Fate : u8 {
  sent,
  lost,        // by chance
  queue_full,  // of the link; this one or an older one
  cut,         // the link or stream did not stand
  held,        // by a script
};
constexpr std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::sent: return "sent";
    case Fate::lost: return "lost";
    case Fate::queue_full: return "queue_full";
    case Fate::cut: return "cut";
    case Fate::held: return "held";
  }
  return "?";
}
struct SendNote {
  Fate fate = Fate::sent;
  u32 copies = 1;  // of sent: how many are under way
};

struct StepRecord {
  EventId event;
  EventId cause;  // in whose step this one was asked for; zero: from outside
  VirtualTime at;
  NodeId node;  // to whom it happened; nobody: to a client or to the cluster
  Happening what;
  bool stepped = false;                    // it was an input to `node`, and `effects` came of it
  bool booted = false;                     // the first step of an incarnation
  bool stopped = false;                    // with this event the incarnation ended: crash or halt
  Bytes bytes;                             // of a frame; else empty
  bitcask::DiskReadId read;                // of a read: which; ids are an incarnation's own
  u64 brought = 0;                         // of a read: so many bytes came
  const node::Effects* effects = nullptr;  // never null; empty unless `stepped`
  std::span<const SendNote> notes;         // as many as effects->sends, or none
  std::string_view kept;                   // of a power cut with Unsynced::chosen; else empty
};

}  // namespace snowflk::sim
