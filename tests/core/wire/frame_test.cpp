// Frames: what comes back, and that nothing else comes through the gate.
#include "core/wire/frame.hpp"

#include "core/base/crc32c.hpp"
#include "core/base/prng.hpp"
#include "core/trace/codec.hpp"
#include "core/trace/text.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::wire {
namespace {

constexpr ClusterId kCluster{77};
constexpr Sender kSender{.cluster = kCluster, .self = NodeId{3}};

template <class Body>
std::vector<std::byte> frame_of(const Body& body) {
  std::vector<std::byte> out;
  encode(kSender, body, out);
  return out;
}

std::vector<std::byte> bytes_of(std::string_view text) {
  const Bytes bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

/// Entries whose payloads `texts` are, in term `term`.
std::vector<Entry> entries_of(const std::vector<std::string>& texts, Term term) {
  std::vector<Entry> entries;
  for (const std::string& text : texts) {
    entries.push_back(Entry{.info = {.term = term,
                                     .size = static_cast<u32>(text.size()),
                                     .kind = raft::EntryKind::command},
                            .time_ms = 1000 + entries.size(),
                            .payload = as_bytes(text)});
  }
  return entries;
}

raft::AppendEntries message_of(u32 count) {
  return {.term = Term{5},
          .prev_log_index = LogIndex{10},
          .prev_log_term = Term{4},
          .leader_commit = LogIndex{9},
          .entry_count = count};
}

std::vector<std::byte> append_entries_frame(const std::vector<std::string>& texts) {
  const auto entries = entries_of(texts, Term{5});
  std::vector<std::byte> out;
  encode(kSender, message_of(static_cast<u32>(entries.size())), entries, out);
  return out;
}

/// The fault of `bytes`, or "none".
std::string fault(Bytes bytes, ClusterId cluster = kCluster) {
  const auto frame = decode(cluster, bytes);
  return frame ? "none" : std::string(name_of(frame.error()));
}

/// `frame` with a body of bytes, and a checksum that is right.
std::vector<std::byte> resealed(std::vector<std::byte> frame) {
  trace::store(frame.data() + 24, static_cast<u32>(frame.size() - kFrameHeaderBytes));
  const Bytes bytes = frame;
  const u32 crc = crc32c(bytes.subspan(kFrameHeaderBytes), crc32c(bytes.first(kFrameCrcOffset)));
  trace::store(frame.data() + kFrameCrcOffset, crc);
  return frame;
}

template <class T>
const T& body_of(const std::expected<Frame, FrameFault>& frame) {
  REQUIRE(frame.has_value());
  REQUIRE(std::holds_alternative<T>(frame->body));
  return std::get<T>(frame->body);
}

/// `message` goes through a frame and is what it was.
template <class T>
void check_round_trip(const T& message) {
  const auto bytes = frame_of(raft::Message{message});
  const auto frame = decode(kCluster, bytes);
  CHECK(trace::to_text(body_of<T>(frame)) == trace::to_text(message));
  CHECK(frame->from == kSender.self);
}

TEST_CASE("each message of Raft comes back as it was sent") {
  check_round_trip(raft::RequestVote{Term{3}, LogIndex{7}, Term{2}});
  check_round_trip(raft::RequestVoteReply{Term{3}, true});
  check_round_trip(raft::PreVote{Term{3}, LogIndex{0}, Term{0}});
  check_round_trip(raft::PreVoteReply{Term{0}, false});
  check_round_trip(raft::AppendEntriesReply{Term{3}, false, LogIndex{4}, LogIndex{2}, Term{1}});
  check_round_trip(raft::ReadIndex{Term{3}, raft::ReadId{UINT64_MAX}});
  check_round_trip(raft::ReadIndexReply{Term{3}, raft::ReadId{1}, LogIndex{8}});
  check_round_trip(raft::ReadRound{Term{3}, 41});
  check_round_trip(raft::ReadRoundReply{Term{3}, 41});
}

TEST_CASE("hello, ping and forwards come back as they were sent") {
  const auto hello = frame_of(Hello{.to = NodeId{2}});
  CHECK(body_of<Hello>(decode(kCluster, hello)).to == NodeId{2});
  const auto ping = frame_of(Ping{.token = 9, .answer = true});
  CHECK(body_of<Ping>(decode(kCluster, ping)).token == 9);
  const std::string binary("a\0b\xff\r\n", 6);
  const auto forward = frame_of(Forward{.id = 4, .command = as_bytes(binary)});
  const auto forwarded = decode(kCluster, forward);
  CHECK(body_of<Forward>(forwarded).id == 4);
  CHECK(as_text(body_of<Forward>(forwarded).command) == binary);
  const auto reply = frame_of(ForwardReply{.id = 4, .reply = {}});
  CHECK(body_of<ForwardReply>(decode(kCluster, reply)).reply.empty());
}

TEST_CASE("entries come back with their terms, stamps and payloads, read where they lie") {
  const std::vector<std::string> texts{"one", "", std::string(5000, 'x')};
  const auto bytes = append_entries_frame(texts);
  CHECK(bytes.size() == append_entries_frame_bytes(3, 5003));
  const auto frame = decode(kCluster, bytes);
  const auto& view = body_of<AppendEntriesView>(frame);
  CHECK(trace::to_text(view.message) == trace::to_text(message_of(3)));
  std::size_t i = 0;
  view.for_each([&](const Entry& entry) {
    CHECK(entry.info.term == Term{5});
    CHECK(entry.info.kind == raft::EntryKind::command);
    CHECK(entry.time_ms == 1000 + i);
    CHECK(as_text(entry.payload) == texts[i]);
    CHECK(entry.payload.data() >= bytes.data());  // Borrowed from the frame.
    i += 1;
  });
  CHECK(i == 3);
  std::vector<raft::EntryInfo> infos(7);
  view.copy_infos(infos);
  REQUIRE(infos.size() == 3);
  CHECK(infos[2].size == 5000);
}

TEST_CASE("a heartbeat is a message without entries") {
  const auto bytes = frame_of(raft::Message{message_of(0)});
  CHECK(body_of<AppendEntriesView>(decode(kCluster, bytes)).size() == 0);
}

TEST_CASE("the hash of members tells any two lists of them apart") {
  const std::vector<std::vector<NodeId>> lists{
      {NodeId{1}},
      {NodeId{1}, NodeId{2}},
      {NodeId{1}, NodeId{3}},
      {NodeId{1}, NodeId{2}, NodeId{3}},
      {NodeId{1}, NodeId{2}, NodeId{4}},
      {NodeId{2}, NodeId{3}, NodeId{4}},
  };
  for (const auto& one : lists) {
    for (const auto& other : lists) {
      CHECK((members_hash(one) == members_hash(other)) == (one == other));
    }
  }
}

TEST_CASE("a frame that is cut off anywhere, or goes on, is refused") {
  for (const auto& frame : {append_entries_frame({"abc", "defgh"}), frame_of(Ping{.token = 1})}) {
    REQUIRE(fault(frame) == "none");
    for (std::size_t size = 0; size < frame.size(); ++size) {
      REQUIRE(fault(Bytes{frame}.first(size)) == "too_short");
    }
    auto longer = frame;
    longer.push_back(std::byte{0});
    CHECK(fault(longer) == "too_long");
  }
}

TEST_CASE("a frame with any one bit flipped is refused") {
  const auto forward = frame_of(Forward{.id = 1, .command = as_bytes("command")});
  for (const auto& frame : {append_entries_frame({"abc", "defgh"}), forward}) {
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
      auto flipped = frame;
      flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      REQUIRE(fault(flipped) != "none");
    }
  }
}

TEST_CASE("a version one apart is understood, one farther is refused") {
  const auto frame = frame_of(Ping{.token = 1});
  const auto with_version = [&](u16 major, u16 minor) {
    auto changed = frame;
    trace::store(changed.data() + 4, major);
    trace::store(changed.data() + 6, minor);
    return fault(resealed(changed));
  };
  CHECK(with_version(kFrameMajor, kFrameMinor) == "none");
  CHECK(with_version(kFrameMajor, kFrameMinor + 1) == "none");
  CHECK(with_version(kFrameMajor, kFrameMinor - 1) == "none");
  CHECK(with_version(kFrameMajor, kFrameMinor + 2) == "version");
  CHECK(with_version(kFrameMajor, UINT16_MAX) == "version");
  CHECK(with_version(kFrameMajor + 1, kFrameMinor) == "version");
}

TEST_CASE("a header is refused for what is wrong in it") {
  const auto frame = frame_of(Ping{.token = 1});
  const auto with = [&](std::size_t at, u32 number) {
    auto changed = frame;
    trace::store(changed.data() + at, number);
    return changed;
  };
  CHECK(fault(with(0, 0x44332211)) == "magic");
  CHECK(fault(frame, ClusterId{78}) == "cluster");
  CHECK(fault(resealed(with(16, 0))) == "kind");
  CHECK(fault(resealed(with(16, 13))) == "kind");       // Kept for later.
  CHECK(fault(resealed(with(16, 256 + 2))) == "kind");  // No ping in its low byte.
  CHECK(fault(resealed(with(16, UINT32_MAX))) == "kind");
  CHECK(fault(resealed(with(20, 0))) == "sender");
  CHECK(fault(with(24, kFrameBytesMax)) == "too_long");
  CHECK(fault(with(28, 1)) == "checksum");
}

/// A frame of `kind` whose body is `fields`, with a checksum that is right.
template <class T>
std::string fault_of_body(FrameKind kind, const T& fields) {
  auto frame = frame_of(Ping{});
  frame.resize(kFrameHeaderBytes);
  trace::store(frame.data() + 16, static_cast<u32>(kind));
  trace::encode(fields, frame);
  return fault(resealed(frame));
}

TEST_CASE("a message that says something impossible is refused") {
  using enum FrameKind;
  const Term huge{kCountMax + 1};
  CHECK(fault_of_body(hello, Hello{.to = NodeId{0}}) == "body");
  CHECK(fault_of_body(request_vote, raft::RequestVote{huge, LogIndex{1}, Term{1}}) == "body");
  CHECK(fault_of_body(request_vote, raft::RequestVote{Term{2}, LogIndex{1}, Term{0}}) == "body");
  CHECK(fault_of_body(request_vote, raft::RequestVote{Term{2}, LogIndex{0}, Term{1}}) == "body");
  CHECK(fault_of_body(request_vote, raft::RequestVote{Term{2}, LogIndex{1}, Term{2}}) == "body");
  CHECK(fault_of_body(pre_vote, raft::PreVote{Term{0}, LogIndex{0}, Term{0}}) == "body");
  CHECK(fault_of_body(read_index, raft::ReadIndex{Term{0}, {}}) == "body");
  CHECK(fault_of_body(read_index_reply, raft::ReadIndexReply{Term{1}, {}, LogIndex{UINT64_MAX}}) ==
        "body");
  auto message = message_of(0);
  CHECK(fault_of_body(append_entries, message) == "none");
  message.prev_log_term = Term{6};  // Newer than its leader.
  CHECK(fault_of_body(append_entries, message) == "body");
  message = message_of(1);  // Its entry is not there.
  CHECK(fault_of_body(append_entries, message) == "body");
  message = message_of(UINT32_MAX);
  CHECK(fault_of_body(append_entries, message) == "body");
}

/// The fault of an AppendEntries whose entries have these terms, all else being right.
std::string fault_of_terms(const std::vector<u64>& terms) {
  auto frame = append_entries_frame(std::vector<std::string>(terms.size()));
  std::size_t row = kFrameHeaderBytes + trace::kEncodedSize<raft::AppendEntries>;
  for (const u64 term : terms) {
    trace::store(frame.data() + row, term);
    row += kEntryRowBytes;
  }
  return fault(resealed(frame));
}

TEST_CASE("entries whose terms decrease, or are newer than their leader, are refused") {
  CHECK(fault_of_terms({4, 4, 5}) == "none");
  CHECK(fault_of_terms({5, 4}) == "body");
  CHECK(fault_of_terms({3}) == "body");  // Before prev_log_term.
  CHECK(fault_of_terms({6}) == "body");
  CHECK(fault_of_terms({0}) == "body");
}

TEST_CASE("entries whose sizes are not those of the payload are refused") {
  const auto frame = append_entries_frame({"abc", "de"});
  const std::size_t size_at =
      kFrameHeaderBytes + trace::kEncodedSize<raft::AppendEntries> + sizeof(u64);
  for (const u32 size : {0U, 2U, 4U, 6U, UINT32_MAX, UINT32_MAX - 1}) {
    auto changed = frame;
    trace::store(changed.data() + size_at, size);
    CHECK(fault(resealed(changed)) == "body");
  }
  auto kind = frame;
  kind[size_at + sizeof(u32)] = std::byte{0};  // none
  CHECK(fault(resealed(kind)) == "body");
  kind[size_at + sizeof(u32)] = std::byte{1};  // A no-op has no payload.
  CHECK(fault(resealed(kind)) == "body");
  kind[size_at + sizeof(u32)] = std::byte{9};
  CHECK(fault(resealed(kind)) == "body");
}

TEST_CASE("random bytes behind a right header and checksum never crash") {
  Prng prng(3, 0, 0);
  u64 taken = 0;
  for (int i = 0; i < 50'000; ++i) {
    auto frame = frame_of(Ping{});
    frame.resize(kFrameHeaderBytes + prng.below(120));
    for (std::size_t at = kFrameHeaderBytes; at < frame.size(); ++at) {
      frame[at] = static_cast<std::byte>(prng.below(prng.chance({3, 4}) ? 3 : 256));
    }
    trace::store(frame.data() + 16, static_cast<u32>(1 + prng.below(22)));
    if (fault(resealed(frame)) == "none") taken += 1;
  }
  CHECK(taken > 0);
}

TEST_CASE("random bytes alone are no frame") {
  Prng prng(4, 0, 0);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::byte> bytes(prng.below(200));
    for (auto& byte : bytes) byte = static_cast<std::byte>(prng.below(256));
    REQUIRE(fault(bytes) != "none");
  }
}

TEST_CASE("a stream is cut into the frames that went into it, wherever it was torn") {
  std::vector<std::byte> stream;
  encode(kSender, Hello{.to = NodeId{2}}, stream);
  const std::size_t first = stream.size();
  encode(kSender, Forward{.id = 1, .command = as_bytes("abc")}, stream);
  for (std::size_t size = 0; size <= stream.size(); ++size) {
    const auto length = frame_length(kCluster, Bytes{stream}.first(size));
    REQUIRE(length.has_value());
    REQUIRE(length->has_value() == (size >= kFrameHeaderBytes));
    if (*length) REQUIRE(**length == first);
  }
  const auto second = frame_length(kCluster, Bytes{stream}.subspan(first));
  REQUIRE(second.has_value());
  CHECK(*second == static_cast<u32>(stream.size() - first));
}

TEST_CASE("a stream goes on behind a kind that is not known, and ends with any other wrong frame") {
  CHECK_FALSE(ends_stream(FrameFault::kind));
  for (const FrameFault fault :
       {FrameFault::too_short, FrameFault::too_long, FrameFault::magic, FrameFault::version,
        FrameFault::cluster, FrameFault::checksum, FrameFault::body, FrameFault::sender}) {
    CHECK(ends_stream(fault));
  }
}

TEST_CASE("the kind of a frame is told from its header alone") {
  auto frame = frame_of(Hello{.to = NodeId{1}});
  CHECK(frame_kind(frame) == FrameKind::hello);
  CHECK(frame_kind(Bytes{frame}.first(kFrameHeaderBytes)) == FrameKind::hello);
  CHECK(!frame_kind(Bytes{frame}.first(kFrameHeaderBytes - 1)));
  trace::store(frame.data() + 16, 256U + 1U);
  CHECK(!frame_kind(frame));
}

TEST_CASE("a stream that is not ours is known by its first bytes") {
  const auto reason = [](Bytes stream) {
    const auto length = frame_length(kCluster, stream);
    return length ? "none" : std::string(name_of(length.error()));
  };
  CHECK(reason(as_bytes("GET / HTTP/1.1\r\n")) == "magic");
  CHECK(reason(as_bytes("SX")) == "magic");
  CHECK(reason(as_bytes("SN")) == "none");
  auto frame = frame_of(Ping{});
  trace::store(frame.data() + 24, kFrameBytesMax);
  CHECK(reason(frame) == "too_long");
  std::vector<std::byte> other;
  encode(Sender{.cluster = ClusterId{1}, .self = NodeId{1}}, Ping{}, other);
  CHECK(reason(other) == "cluster");
}

TEST_CASE("frames are appended behind what is there") {
  auto out = bytes_of("before");
  encode(kSender, Ping{.token = 1}, out);
  CHECK(as_text(Bytes{out}.first(6)) == "before");
  CHECK(fault(Bytes{out}.subspan(6)) == "none");
}

TEST_CASE("a property: entries of any bytes come back") {
  testing::check_property("payloads and stamps are as they were", [] {
    const auto texts = *rc::gen::arbitrary<std::vector<std::string>>();
    const auto bytes = append_entries_frame(texts);
    const auto frame = decode(kCluster, bytes);
    RC_ASSERT(frame.has_value());
    const auto& view = std::get<AppendEntriesView>(frame->body);
    RC_ASSERT(view.size() == texts.size());
    std::size_t i = 0;
    view.for_each([&](const Entry& entry) {
      RC_ASSERT(as_text(entry.payload) == texts[i]);
      i += 1;
    });
  });
}

}  // namespace
}  // namespace snowflk::wire
