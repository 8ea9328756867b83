// The gate for frames: header, checksum, kind, body; and what a message must say to be possible.
#include "core/wire/frame.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/base/hash.hpp"
#include "core/trace/codec.hpp"

namespace snowflk::wire {
namespace {

static_assert(trace::kEncodedSize<FrameHeader> == kFrameHeaderBytes);
static_assert(trace::kEncodedSize<Term> == kEntryRowSize);
static_assert(kEntryRowSize + sizeof(u32) == kEntryRowKind);
static_assert(trace::kEncodedSize<raft::EntryInfo> == kEntryRowTime);
static_assert(kEntryRowTime + sizeof(u64) == kEntryRowBytes);

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

/// Reads a T that is the whole of `bytes`. False: they are none, or an impossible one.
template <Described T>
bool decode_whole(Bytes bytes, T& into) {
  trace::Reader reader(bytes);
  reader.read(into);
  return reader.ok() && reader.rest().empty() && countable(into) && possible(into);
}

/// "Terms in the log never decrease", and an entry is not newer than the leader that sends it.
bool possible_row(const raft::EntryInfo& row, Term before, Term leader) {
  if (row.term < before || row.term > leader || row.term.value == 0) return false;
  if (row.size > kEntryBytesMax) return false;
  if (row.kind == raft::EntryKind::none || !is_named(row.kind)) return false;
  return row.kind != raft::EntryKind::no_op || row.size == 0;
}

}  // namespace

bool decode_append_entries(Bytes body, AppendEntriesView& into) {
  trace::Reader reader(body);
  reader.read(into.message);
  if (!reader.ok()) return false;
  const raft::AppendEntries& message = into.message;
  if (!countable(message) || !possible(message)) return false;
  into.rows_ = reader.take(message.entry_count * kEntryRowBytes);
  if (!reader.ok()) return false;
  into.payloads_ = reader.rest();

  u64 payload_bytes = 0;
  Term before = message.prev_log_term;
  for (u32 i = 0; i < message.entry_count; ++i) {
    const raft::EntryInfo row = into.info(i);
    if (!possible_row(row, before, message.term)) return false;
    payload_bytes += row.size;
    before = row.term;
  }
  return payload_bytes == into.payloads_.size();
}

namespace {

bool decode_whole(Bytes bytes, AppendEntriesView& into) {
  return decode_append_entries(bytes, into);
}

std::optional<FrameKind> kind_of(const FrameHeader& header) {
  const auto kind = static_cast<FrameKind>(header.kind);
  if (header.kind > UINT8_MAX || !is_named(kind)) return std::nullopt;
  return kind;
}

/// Reads a body of type T where the frame will have it.
template <class T>
bool decode_as(Bytes bytes, Body& into) {
  return decode_whole(bytes, into.emplace<T>());
}

bool decode_body(FrameKind kind, Bytes bytes, Body& into) {
  switch (kind) {
    case FrameKind::hello: return decode_as<Hello>(bytes, into);
    case FrameKind::ping: return decode_as<Ping>(bytes, into);
    case FrameKind::request_vote: return decode_as<raft::RequestVote>(bytes, into);
    case FrameKind::request_vote_reply: return decode_as<raft::RequestVoteReply>(bytes, into);
    case FrameKind::pre_vote: return decode_as<raft::PreVote>(bytes, into);
    case FrameKind::pre_vote_reply: return decode_as<raft::PreVoteReply>(bytes, into);
    case FrameKind::append_entries: return decode_as<AppendEntriesView>(bytes, into);
    case FrameKind::append_entries_reply: return decode_as<raft::AppendEntriesReply>(bytes, into);
    case FrameKind::read_index: return decode_as<raft::ReadIndex>(bytes, into);
    case FrameKind::read_index_reply: return decode_as<raft::ReadIndexReply>(bytes, into);
    case FrameKind::read_round: return decode_as<raft::ReadRound>(bytes, into);
    case FrameKind::read_round_reply: return decode_as<raft::ReadRoundReply>(bytes, into);
    case FrameKind::forward: return decode_as<Forward>(bytes, into);
    case FrameKind::forward_reply: return decode_as<ForwardReply>(bytes, into);
  }
  return false;
}

/// Judges `bytes` and reads them into `into`, of which nothing holds after a fault.
std::optional<FrameFault> decode_into(ClusterId cluster, Bytes bytes, Frame& into) {
  if (bytes.size() < kFrameHeaderBytes) return FrameFault::too_short;
  const FrameHeader header = read_header(bytes);
  if (const auto fault = judge_preamble(header)) return fault;
  const Bytes body = bytes.subspan(kFrameHeaderBytes);
  if (body.size() < header.body_length) return FrameFault::too_short;
  if (body.size() > header.body_length) return FrameFault::too_long;
  if (frame_crc(bytes) != header.crc) return FrameFault::checksum;
  if (header.cluster != cluster) return FrameFault::cluster;
  if (header.from.nobody()) return FrameFault::sender;
  const auto kind = kind_of(header);
  if (!kind) return FrameFault::kind;
  into.from = header.from;
  if (!decode_body(*kind, body, into.body)) return FrameFault::body;
  return std::nullopt;
}

}  // namespace

u64 members_hash(std::span<const NodeId> members) {
  std::vector<std::byte> ids(members.size() * sizeof(u32));
  std::byte* at = ids.data();
  for (const NodeId member : members) at = trace::store(at, member);
  return hash64(ids, 0);
}

void AppendEntriesView::copy_infos(std::vector<raft::EntryInfo>& infos) const {
  infos.resize(size());
  for (u32 i = 0; i < size(); ++i) infos[i] = info(i);
}

std::expected<Frame, FrameFault> decode(ClusterId cluster, Bytes bytes) {
  std::expected<Frame, FrameFault> frame;
  if (const auto fault = decode_into(cluster, bytes, *frame)) frame = std::unexpected(*fault);
  return frame;
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
