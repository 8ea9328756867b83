// The gate for frames: header, checksum, kind, body; and what a message must say to be possible.
#include "core/wire/frame.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/base/hash.hpp"
#include "core/trace/codec.hpp"

namespace snowflk::wire {
namespace {

constexpr std::size_t kRowTime = 13;  // where in a row the stamp is

static_assert(trace::kEncodedSize<FrameHeader> == kFrameHeaderBytes);
static_assert(trace::kEncodedSize<raft::EntryInfo> == kRowTime);
static_assert(kRowTime + sizeof(u64) == kEntryRowBytes);

FrameHeader read_header(Bytes bytes) {
  SNOWFLK_ASSERT(bytes.size() >= kFrameHeaderBytes);
  trace::Reader reader(bytes);
  FrameHeader header;
  reader.read(header);
  SNOWFLK_ASSERT(reader.ok());  // Numbers alone: any bytes are some header.
  return header;
}

/// What must be right before a length in the header can be believed.
std::optional<FrameFault> judge_preamble(const FrameHeader& header) {
  if (header.magic != kFrameMagic) return FrameFault::magic;
  if (header.major != kFrameMajor) return FrameFault::version;
  if (header.minor + 1 < kFrameMinor || header.minor > kFrameMinor + 1) return FrameFault::version;
  if (header.body_length > kFrameBytesMax - kFrameHeaderBytes) return FrameFault::too_long;
  return std::nullopt;
}

u32 frame_crc(Bytes frame) {
  return crc32c(frame.subspan(kFrameHeaderBytes), crc32c(frame.first(kFrameCrcOffset)));
}

// ---- Is it possible? -----------------------------------------------------------------------

bool countable(u64 count) { return count <= kCountMax; }

/// No term or index is so large that counting on would overflow.
template <Described T>
bool countable(const T& body) {
  bool all = true;
  for_each_field(body, [&](std::string_view, const auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (std::is_same_v<Member, Term> || std::is_same_v<Member, LogIndex>) {
      all = all && countable(member.value);
    }
  });
  return all;
}

/// The end of a log: index 0 has term 0, and no other has.
bool is_position(LogIndex index, Term term) { return (index.value == 0) == (term.value == 0); }

bool possible(const Hello& body) { return !body.to.nobody(); }
bool possible(const Ping&) { return true; }
bool possible(const Forward&) { return true; }
bool possible(const ForwardReply&) { return true; }
// Who stands in a term has entries of earlier ones alone.
bool possible(const raft::RequestVote& body) {
  return is_position(body.last_log_index, body.last_log_term) && body.last_log_term < body.term;
}
bool possible(const raft::PreVote& body) {
  return is_position(body.last_log_index, body.last_log_term) && body.last_log_term < body.term;
}
bool possible(const raft::RequestVoteReply&) { return true; }
bool possible(const raft::PreVoteReply&) { return true; }
bool possible(const raft::AppendEntries& body) {
  return body.term.value > 0 && is_position(body.prev_log_index, body.prev_log_term) &&
         body.prev_log_term <= body.term && body.entry_count <= kEntriesPerMessageMax;
}
bool possible(const raft::AppendEntriesReply&) { return true; }
bool possible(const raft::ReadIndex& body) { return body.term.value > 0; }
bool possible(const raft::ReadIndexReply& body) { return body.term.value > 0; }
bool possible(const raft::ReadRound& body) { return body.term.value > 0; }
bool possible(const raft::ReadRoundReply& body) { return body.term.value > 0; }

/// Reads a T that is the whole of `body`.
template <Described T>
std::expected<T, FrameFault> decode_whole(Bytes body) {
  trace::Reader reader(body);
  T value{};
  reader.read(value);
  if (!reader.ok() || !reader.rest().empty()) return std::unexpected(FrameFault::body);
  if (!countable(value) || !possible(value)) return std::unexpected(FrameFault::body);
  return value;
}

raft::EntryInfo read_info(Bytes rows, std::size_t i) {
  trace::Reader reader(rows.subspan(i * kEntryRowBytes, kRowTime));
  raft::EntryInfo info;
  reader.read(info);
  // A kind that has no name was refused at the gate.
  return info;
}

/// "Terms in the log never decrease", and an entry is not newer than the leader that sends it.
bool possible_row(const raft::EntryInfo& row, Term before, Term leader) {
  if (row.term < before || row.term > leader || row.term.value == 0) return false;
  if (row.size > kEntryBytesMax) return false;
  if (row.kind == raft::EntryKind::none || name_of(row.kind) == "?") return false;
  return row.kind != raft::EntryKind::no_op || row.size == 0;
}

}  // namespace

std::expected<AppendEntriesView, FrameFault> decode_append_entries(Bytes body) {
  trace::Reader reader(body);
  AppendEntriesView view;
  reader.read(view.message);
  if (!reader.ok()) return std::unexpected(FrameFault::body);
  const raft::AppendEntries& message = view.message;
  if (!countable(message) || !possible(message)) return std::unexpected(FrameFault::body);
  view.rows_ = reader.take(message.entry_count * kEntryRowBytes);
  if (!reader.ok()) return std::unexpected(FrameFault::body);
  view.payloads_ = reader.rest();

  u64 payload_bytes = 0;
  Term before = message.prev_log_term;
  for (u32 i = 0; i < message.entry_count; ++i) {
    const raft::EntryInfo row = read_info(view.rows_, i);
    if (!possible_row(row, before, message.term)) return std::unexpected(FrameFault::body);
    payload_bytes += row.size;
    before = row.term;
  }
  if (payload_bytes != view.payloads_.size()) return std::unexpected(FrameFault::body);
  return view;
}

namespace {

template <class T>
std::expected<Body, FrameFault> as_body(const std::expected<T, FrameFault>& decoded) {
  if (!decoded) return std::unexpected(decoded.error());
  return Body{*decoded};
}

std::optional<FrameKind> kind_of(const FrameHeader& header) {
  const auto kind = static_cast<FrameKind>(header.kind);
  if (header.kind > UINT8_MAX || name_of(kind) == "?") return std::nullopt;
  return kind;
}

std::expected<Body, FrameFault> decode_body(FrameKind kind, Bytes body) {
  switch (kind) {
    case FrameKind::hello: return as_body(decode_whole<Hello>(body));
    case FrameKind::ping: return as_body(decode_whole<Ping>(body));
    case FrameKind::request_vote: return as_body(decode_whole<raft::RequestVote>(body));
    case FrameKind::request_vote_reply: return as_body(decode_whole<raft::RequestVoteReply>(body));
    case FrameKind::pre_vote: return as_body(decode_whole<raft::PreVote>(body));
    case FrameKind::pre_vote_reply: return as_body(decode_whole<raft::PreVoteReply>(body));
    case FrameKind::append_entries: return as_body(decode_append_entries(body));
    case FrameKind::append_entries_reply:
      return as_body(decode_whole<raft::AppendEntriesReply>(body));
    case FrameKind::read_index: return as_body(decode_whole<raft::ReadIndex>(body));
    case FrameKind::read_index_reply: return as_body(decode_whole<raft::ReadIndexReply>(body));
    case FrameKind::read_round: return as_body(decode_whole<raft::ReadRound>(body));
    case FrameKind::read_round_reply: return as_body(decode_whole<raft::ReadRoundReply>(body));
    case FrameKind::forward: return as_body(decode_whole<Forward>(body));
    case FrameKind::forward_reply: return as_body(decode_whole<ForwardReply>(body));
  }
  return std::unexpected(FrameFault::kind);
}

}  // namespace

u64 members_hash(std::span<const NodeId> members) {
  std::vector<std::byte> ids(members.size() * sizeof(u32));
  std::byte* at = ids.data();
  for (const NodeId member : members) at = trace::store(at, member);
  return hash64(ids, 0);
}

raft::EntryInfo AppendEntriesView::info(u32 i) const {
  SNOWFLK_ASSERT(i < size());
  return read_info(rows_, i);
}

u64 AppendEntriesView::time_ms(u32 i) const {
  SNOWFLK_ASSERT(i < size());
  trace::Reader reader(rows_.subspan(i * kEntryRowBytes + kRowTime, sizeof(u64)));
  u64 time = 0;
  reader.read(time);
  return time;
}

void AppendEntriesView::copy_infos(std::vector<raft::EntryInfo>& infos) const {
  infos.clear();
  for (u32 i = 0; i < size(); ++i) infos.push_back(info(i));
}

std::expected<Frame, FrameFault> decode(ClusterId cluster, Bytes bytes) {
  if (bytes.size() < kFrameHeaderBytes) return std::unexpected(FrameFault::too_short);
  const FrameHeader header = read_header(bytes);
  if (const auto fault = judge_preamble(header)) return std::unexpected(*fault);
  if (bytes.size() - kFrameHeaderBytes < header.body_length) {
    return std::unexpected(FrameFault::too_short);
  }
  if (bytes.size() - kFrameHeaderBytes > header.body_length) {
    return std::unexpected(FrameFault::too_long);
  }
  if (frame_crc(bytes) != header.crc) return std::unexpected(FrameFault::checksum);
  if (header.cluster != cluster) return std::unexpected(FrameFault::cluster);
  if (header.from.nobody()) return std::unexpected(FrameFault::sender);
  const auto kind = kind_of(header);
  if (!kind) return std::unexpected(FrameFault::kind);
  const auto body = decode_body(*kind, bytes.subspan(kFrameHeaderBytes));
  if (!body) return std::unexpected(body.error());
  return Frame{.from = header.from, .body = *body};
}

std::optional<FrameKind> frame_kind(Bytes frame) {
  if (frame.size() < kFrameHeaderBytes) return std::nullopt;
  return kind_of(read_header(frame));
}

std::expected<std::optional<u32>, FrameFault> frame_length(ClusterId cluster, Bytes stream) {
  std::byte magic[sizeof(u32)];
  trace::store(magic, kFrameMagic);
  const std::size_t seen = std::min(stream.size(), sizeof magic);
  if (!std::equal(magic, magic + seen, stream.begin())) return std::unexpected(FrameFault::magic);
  if (stream.size() < kFrameHeaderBytes) return std::nullopt;
  const FrameHeader header = read_header(stream);
  if (const auto fault = judge_preamble(header)) return std::unexpected(*fault);
  if (header.cluster != cluster) return std::unexpected(FrameFault::cluster);
  return static_cast<u32>(kFrameHeaderBytes) + header.body_length;
}

}  // namespace snowflk::wire
