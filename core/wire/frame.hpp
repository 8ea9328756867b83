// Frames between peers: what they look like, how they are made, and the gate that judges them.
//
// A frame is a header of 32 bytes and a body. All numbers are little-endian.
//
//   0  magic u32          "SNFK"
//   4  major u16          equal, or the frame is refused
//   6  minor u16          at most one apart, or the frame is refused
//   8  cluster u64
//  16  kind u32           FrameKind
//  20  from u32           the sender's NodeId
//  24  body_length u32
//  28  crc u32            CRC32C of bytes 0 to 27 and of the body
//  32  body
//
// decode() is the only way in. It judges everything: behind it a message is well-formed, its terms
// and indexes are counts, and every entry lies within the frame. Whether it may be believed (terms,
// membership) is Raft's to say. No I/O, no state.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/describe.hpp"
#include "core/base/types.hpp"
#include "core/raft/messages.hpp"
#include "core/trace/codec.hpp"
#include "core/wire/frame_fault.hpp"
#include "core/wire/limits.hpp"

namespace snowflk::wire {

inline constexpr u32 kFrameMagic = 0x4b464e53;  // "SNFK" as it lies on the wire
inline constexpr u16 kFrameMajor = 0;           // 0: may still change without a path across
inline constexpr u16 kFrameMinor = 3;

/// 13 to 19 are kept for install_snapshot, timeout_now and repair.
enum class FrameKind : u8 {
  hello = 1,
  ping = 2,
  request_vote = 3,
  request_vote_reply = 4,
  pre_vote = 5,
  pre_vote_reply = 6,
  append_entries = 7,
  append_entries_reply = 8,
  read_index = 9,
  read_index_reply = 10,
  read_round = 11,
  read_round_reply = 12,
  forward = 20,
  forward_reply = 21,
};
constexpr std::string_view name_of(FrameKind kind) {
  switch (kind) {
    case FrameKind::hello: return "hello";
    case FrameKind::ping: return "ping";
    case FrameKind::request_vote: return "request_vote";
    case FrameKind::request_vote_reply: return "request_vote_reply";
    case FrameKind::pre_vote: return "pre_vote";
    case FrameKind::pre_vote_reply: return "pre_vote_reply";
    case FrameKind::append_entries: return "append_entries";
    case FrameKind::append_entries_reply: return "append_entries_reply";
    case FrameKind::read_index: return "read_index";
    case FrameKind::read_index_reply: return "read_index_reply";
    case FrameKind::read_round: return "read_round";
    case FrameKind::read_round_reply: return "read_round_reply";
    case FrameKind::forward: return "forward";
    case FrameKind::forward_reply: return "forward_reply";
  }
  return "?";
}

struct FrameHeader {
  static constexpr std::string_view kName = "frame_header";
  u32 magic = kFrameMagic;
  u16 major = kFrameMajor;
  u16 minor = kFrameMinor;
  ClusterId cluster;
  u32 kind = 0;  // a FrameKind once judged
  NodeId from;
  u32 body_length = 0;
  u32 crc = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"magic", &FrameHeader::magic},
                      Field{"major", &FrameHeader::major},
                      Field{"minor", &FrameHeader::minor},
                      Field{"cluster", &FrameHeader::cluster},
                      Field{"kind", &FrameHeader::kind},
                      Field{"from", &FrameHeader::from},
                      Field{"body_length", &FrameHeader::body_length},
                      Field{"crc", &FrameHeader::crc}};
  }
};
inline constexpr std::size_t kFrameHeaderBytes = 32;
inline constexpr std::size_t kFrameCrcOffset = 28;
/// Of AppendEntries: {term u64, size u32, kind u8, time_ms u64}.
inline constexpr std::size_t kEntryRowBytes = 21;
inline constexpr std::size_t kEntryRowSize = 8;
inline constexpr std::size_t kEntryRowKind = 12;
inline constexpr std::size_t kEntryRowTime = 13;

// ---- Bodies --------------------------------------------------------------------------------
// Those of Raft's messages are the fields of the messages (core/raft/messages.hpp), in order.

/// The first frame on a link, both ways: who speaks (the header's `from`) and whom it means.
struct Hello {
  static constexpr std::string_view kName = "hello";
  NodeId to;
  u64 members = 0;  // members_hash() of the sender's: who has others is of another cluster
  static constexpr auto fields() {
    return std::tuple{Field{"to", &Hello::to}, Field{"members", &Hello::members}};
  }
};
/// Of the members of a cluster, in ascending order.
u64 members_hash(std::span<const NodeId> members);

/// Is anybody there? Answered by a ping with `answer` set and the same token.
struct Ping {
  static constexpr std::string_view kName = "ping";
  u64 token = 0;
  bool answer = false;
  static constexpr auto fields() {
    return std::tuple{Field{"token", &Ping::token}, Field{"answer", &Ping::answer}};
  }
};

/// A client's command on its way to the leader. `id` is the sender's, and comes back in the reply.
struct Forward {
  static constexpr std::string_view kName = "forward";
  u64 id = 0;
  Bytes command;  // any bytes: judged by the kv gate
  static constexpr auto fields() {
    return std::tuple{Field{"id", &Forward::id}, Field{"command", &Forward::command}};
  }
};
struct ForwardReply {
  static constexpr std::string_view kName = "forward_reply";
  u64 id = 0;
  Bytes reply;
  static constexpr auto fields() {
    return std::tuple{Field{"id", &ForwardReply::id}, Field{"reply", &ForwardReply::reply}};
  }
};

/// One entry as it travels: Raft's row, the stamp of the leader that made it, its payload.
struct Entry {
  raft::EntryInfo info;
  u64 time_ms = 0;
  Bytes payload;  // info.size bytes
};

/// AppendEntries with its entries, read from the frame where they lie. Body: the message's fields;
/// entry_count rows of {term u64, size u32, kind u8, time_ms u64}; the payloads, one after another.
/// Borrows the frame. All bounds were judged when it was decoded.
class AppendEntriesView {
 public:
  raft::AppendEntries message;

  [[nodiscard]] u32 size() const { return message.entry_count; }
  /// REQUIRES: i < size(). Entry i has the index message.prev_log_index + 1 + i.
  [[nodiscard]] raft::EntryInfo info(u32 i) const {
    const std::byte* at = row(i);
    return {.term = trace::loaded<Term>(at),
            .size = trace::loaded<u32>(at + kEntryRowSize),
            .kind = static_cast<raft::EntryKind>(at[kEntryRowKind])};
  }
  [[nodiscard]] u64 time_ms(u32 i) const { return trace::loaded<u64>(row(i) + kEntryRowTime); }
  /// All payloads, one after another, in the order of the entries.
  [[nodiscard]] Bytes payloads() const { return payloads_; }

  /// Calls visit(Entry) for each entry, in order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    std::size_t at = 0;
    for (u32 i = 0; i < size(); ++i) {
      const raft::EntryInfo row = info(i);
      visit(Entry{.info = row, .time_ms = time_ms(i), .payload = payloads_.subspan(at, row.size)});
      at += row.size;
    }
  }
  /// Replaces `infos` by the rows of all entries.
  void copy_infos(std::vector<raft::EntryInfo>& infos) const;

 private:
  friend bool decode_append_entries(Bytes body, AppendEntriesView& into);
  [[nodiscard]] const std::byte* row(u32 i) const {
    SNOWFLK_ASSERT(i < size());
    return rows_.data() + i * kEntryRowBytes;
  }

  Bytes rows_;
  Bytes payloads_;
};

using Body = std::variant<Hello, Ping, raft::RequestVote, raft::RequestVoteReply, raft::PreVote,
                          raft::PreVoteReply, AppendEntriesView, raft::AppendEntriesReply,
                          raft::ReadIndex, raft::ReadIndexReply, raft::ReadRound,
                          raft::ReadRoundReply, Forward, ForwardReply>;

struct Frame {
  NodeId from;
  Body body;  // borrows the bytes that were decoded
};

/// Judges `bytes`, which are one whole frame. Nothing is trusted before.
std::expected<Frame, FrameFault> decode(ClusterId cluster, Bytes bytes);

/// What kind the header of `frame` says it is, unjudged, for whoever sorts frames cheaply; nothing
/// if that is no kind, or no header is there.
std::optional<FrameKind> frame_kind(Bytes frame);

/// How long the frame is that `stream` begins with: nothing while that cannot be told. A fault
/// (magic, version, too_long, or another cluster) means that the stream is to be closed: where the
/// next frame begins cannot be known. For whoever cuts a stream into frames.
std::expected<std::optional<u32>, FrameFault> frame_length(ClusterId cluster, Bytes stream);

// ---- Making frames -------------------------------------------------------------------------

/// Whose frames these are.
struct Sender {
  ClusterId cluster;
  NodeId self;
};

// Each appends one frame to `out`, and nothing else of it is touched: many frames may share one
// buffer. REQUIRES: the frame is no longer than kFrameBytesMax.
void encode(Sender sender, const Hello& body, std::vector<std::byte>& out);
void encode(Sender sender, const Ping& body, std::vector<std::byte>& out);
void encode(Sender sender, const Forward& body, std::vector<std::byte>& out);
void encode(Sender sender, const ForwardReply& body, std::vector<std::byte>& out);
/// Of AppendEntries: one without entries. REQUIRES: entry_count == 0.
void encode(Sender sender, const raft::Message& message, std::vector<std::byte>& out);
/// REQUIRES: message.entry_count == entries.size() <= kEntriesPerMessageMax, and each payload has
/// the size that its row says.
void encode(Sender sender, const raft::AppendEntries& message, std::span<const Entry> entries,
            std::vector<std::byte>& out);

/// The length of a frame of AppendEntries with `count` entries of `payload_bytes` in all.
[[nodiscard]] u64 append_entries_frame_bytes(u64 count, u64 payload_bytes);

}  // namespace snowflk::wire
