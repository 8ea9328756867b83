// Making frames: header, body, checksum, into a buffer of the caller's.
#include <algorithm>
#include <array>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/trace/codec.hpp"
#include "core/wire/frame.hpp"

namespace snowflk::wire {
namespace {

FrameKind kind_of(const Hello&) { return FrameKind::hello; }
FrameKind kind_of(const Ping&) { return FrameKind::ping; }
FrameKind kind_of(const Forward&) { return FrameKind::forward; }
FrameKind kind_of(const ForwardReply&) { return FrameKind::forward_reply; }
FrameKind kind_of(const raft::RequestVote&) { return FrameKind::request_vote; }
FrameKind kind_of(const raft::RequestVoteReply&) { return FrameKind::request_vote_reply; }
FrameKind kind_of(const raft::PreVote&) { return FrameKind::pre_vote; }
FrameKind kind_of(const raft::PreVoteReply&) { return FrameKind::pre_vote_reply; }
FrameKind kind_of(const raft::AppendEntries&) { return FrameKind::append_entries; }
FrameKind kind_of(const raft::AppendEntriesReply&) { return FrameKind::append_entries_reply; }
FrameKind kind_of(const raft::ReadIndex&) { return FrameKind::read_index; }
FrameKind kind_of(const raft::ReadIndexReply&) { return FrameKind::read_index_reply; }
FrameKind kind_of(const raft::ReadRound&) { return FrameKind::read_round; }
FrameKind kind_of(const raft::ReadRoundReply&) { return FrameKind::read_round_reply; }

/// Writes the header, and last the checksum, of the frame whose body is in place.
void seal(Sender sender, FrameKind kind, MutableBytes frame) {
  SNOWFLK_ASSERT(!sender.self.nobody());
  SNOWFLK_ASSERT(frame.size() <= kFrameBytesMax);
  const FrameHeader header{.cluster = sender.cluster,
                           .kind = static_cast<u32>(kind),
                           .from = sender.self,
                           .body_length = static_cast<u32>(frame.size() - kFrameHeaderBytes)};
  trace::store(frame.data(), header);
  const u32 crc = crc32c(frame.subspan(kFrameHeaderBytes), crc32c(frame.first(kFrameCrcOffset)));
  trace::store(frame.data() + kFrameCrcOffset, crc);
}

/// Writes the frame of `body`, which takes all of `frame`.
template <Described T>
void write_plain(Sender sender, const T& body, MutableBytes frame) {
  const std::byte* end = trace::store(frame.data() + kFrameHeaderBytes, body);
  SNOWFLK_ASSERT(end == frame.data() + frame.size());
  seal(sender, kind_of(body), frame);
}

template <Described T>
void encode_plain(Sender sender, const T& body, std::vector<std::byte>& out) {
  if constexpr (requires { trace::kEncodedSize<T>; }) {
    // Of a length known beforehand: made beside, and appended whole.
    std::array<std::byte, kFrameHeaderBytes + trace::kEncodedSize<T>> frame{};
    write_plain(sender, body, frame);
    out.insert(out.end(), frame.begin(), frame.end());
  } else {
    const std::size_t before = out.size();
    out.resize(before + kFrameHeaderBytes + trace::encoded_size(body));
    write_plain(sender, body, MutableBytes{out}.subspan(before));
  }
}

}  // namespace

void encode(Sender sender, const Hello& body, std::vector<std::byte>& out) {
  encode_plain(sender, body, out);
}
void encode(Sender sender, const Ping& body, std::vector<std::byte>& out) {
  encode_plain(sender, body, out);
}
void encode(Sender sender, const Forward& body, std::vector<std::byte>& out) {
  encode_plain(sender, body, out);
}
void encode(Sender sender, const ForwardReply& body, std::vector<std::byte>& out) {
  encode_plain(sender, body, out);
}

void encode(Sender sender, const raft::Message& message, std::vector<std::byte>& out) {
  std::visit(Overloaded{
                 [&](const raft::AppendEntries& body) { encode(sender, body, {}, out); },
                 [&](const auto& body) { encode_plain(sender, body, out); },
             },
             message);
}

void encode(Sender sender, const raft::AppendEntries& message, std::span<const Entry> entries,
            std::vector<std::byte>& out) {
  SNOWFLK_ASSERT(message.entry_count == entries.size());
  SNOWFLK_ASSERT(entries.size() <= kEntriesPerMessageMax);
  u64 payload_bytes = 0;
  for (const Entry& entry : entries) payload_bytes += entry.payload.size();
  const u64 frame_bytes = append_entries_frame_bytes(entries.size(), payload_bytes);
  const std::size_t before = out.size();
  out.reserve(std::max(before + frame_bytes, 2 * before));
  out.resize(before + frame_bytes - payload_bytes);

  std::byte* at = trace::store(out.data() + before + kFrameHeaderBytes, message);
  for (const Entry& entry : entries) {
    SNOWFLK_ASSERT(entry.payload.size() == entry.info.size);
    at = trace::store(trace::store(at, entry.info), entry.time_ms);
  }
  SNOWFLK_ASSERT(at == out.data() + out.size());
  // Appended, each byte once: a resize would write zeros first. Nothing moves: room was reserved.
  for (const Entry& entry : entries) {
    out.insert(out.end(), entry.payload.begin(), entry.payload.end());
  }
  SNOWFLK_ASSERT(out.size() == before + frame_bytes);
  seal(sender, kind_of(message), MutableBytes{out}.subspan(before));
}

u64 append_entries_frame_bytes(u64 count, u64 payload_bytes) {
  return kFrameHeaderBytes + trace::kEncodedSize<raft::AppendEntries> + count * kEntryRowBytes +
         payload_bytes;
}

}  // namespace snowflk::wire
