// Encoding and decoding of messages, against MessagePack for C++ on the same content.
//
// Ours: one frame; a CRC32C over every byte, made and checked; every field and bound judged at the
// gate; payloads borrowed from the frame.
// MessagePack `plain`, as its documentation writes it: no checksum, types alone are judged,
// unpack() makes a zone of memory for each message and copies payloads into it.
// MessagePack `checked`, as a careful user would write it for the same job: the same CRC32C (by our
// own code) over its bytes, made and checked; payloads borrowed; the zone reused from message to
// message. Bounds, terms and sizes it still does not judge.
//
// What limits a large frame is printed beside it: one copy of its bytes, and one CRC of them.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <msgpack.hpp>
#include <string>

#include "core/base/crc32c.hpp"
#include "core/wire/frame.hpp"
#include "tests/bench/bench.hpp"

namespace snowflk::bench {
namespace {

constexpr wire::Sender kSender{.cluster = ClusterId{7}, .self = NodeId{1}};

// ---- The same content, as MessagePack's users describe it -------------------------------------

struct PackedHeader {
  std::uint64_t cluster = kSender.cluster.value;
  std::uint32_t from = kSender.self.value;
  std::uint8_t kind = 0;
  MSGPACK_DEFINE(cluster, from, kind)
};
struct PackedRequestVote {
  PackedHeader header;
  std::uint64_t term = 12;
  std::uint64_t last_log_index = 1'000'000;
  std::uint64_t last_log_term = 11;
  MSGPACK_DEFINE(header, term, last_log_index, last_log_term)
};
struct PackedRequestVoteReply {
  PackedHeader header;
  std::uint64_t term = 12;
  bool vote_granted = true;
  MSGPACK_DEFINE(header, term, vote_granted)
};
struct PackedAppendEntriesReply {
  PackedHeader header;
  std::uint64_t term = 12;
  bool success = true;
  std::uint64_t match_index = 1'000'000;
  std::uint64_t conflict_index = 0;
  std::uint64_t conflict_term = 0;
  MSGPACK_DEFINE(header, term, success, match_index, conflict_index, conflict_term)
};
struct PackedReadIndexReply {
  PackedHeader header;
  std::uint64_t term = 12;
  std::uint64_t read = 1'234'567;
  std::uint64_t index = 1'000'000;
  MSGPACK_DEFINE(header, term, read, index)
};
struct PackedForward {
  PackedHeader header;
  std::uint64_t id = 1'234'567;
  msgpack::type::raw_ref command;
  MSGPACK_DEFINE(header, id, command)
};
struct PackedEntry {
  std::uint64_t term = 12;
  std::uint8_t kind = 2;
  std::uint64_t time_ms = 1'700'000'000'000;
  msgpack::type::raw_ref payload;
  MSGPACK_DEFINE(term, kind, time_ms, payload)
};
struct PackedAppendEntries {
  PackedHeader header;
  std::uint64_t term = 12;
  std::uint64_t prev_log_index = 1'000'000;
  std::uint64_t prev_log_term = 11;
  std::uint64_t leader_commit = 999'990;
  std::vector<PackedEntry> entries;
  MSGPACK_DEFINE(header, term, prev_log_index, prev_log_term, leader_commit, entries)
};

msgpack::type::raw_ref raw(const std::string& text) {
  return {text.data(), static_cast<std::uint32_t>(text.size())};
}

// ---- What is done with each ---------------------------------------------------------------------

bool borrow(msgpack::type::object_type, std::size_t, void*) { return true; }

/// Uses what was decoded: every entry, as a follower does.
u64 use(const wire::Frame& frame) {
  const auto* append = std::get_if<wire::AppendEntriesView>(&frame.body);
  if (append == nullptr) return frame.body.index();
  u64 sum = 0;
  append->for_each([&](const wire::Entry& entry) {
    sum += entry.info.term.value + entry.time_ms + entry.payload.size();
  });
  return sum;
}
template <class Packed>
u64 use(const Packed& packed) {
  u64 sum = packed.header.kind;
  if constexpr (requires { packed.entries; }) {
    for (const auto& entry : packed.entries) sum += entry.term + entry.time_ms + entry.payload.size;
  }
  return sum;
}

Bytes bytes_of(const msgpack::sbuffer& buffer) {
  return std::as_bytes(std::span{buffer.data(), buffer.size()});
}

/// Prints one shape. `encode(out)` appends our frame; `packed` is the same content.
template <class Packed, class Encode>
void compare(const char* name, const Encode& encode, const Packed& packed) {
  std::vector<std::byte> frame;
  std::vector<std::byte> copy;
  msgpack::sbuffer plain;
  msgpack::sbuffer checked;
  msgpack::zone zone;
  Packed decoded;
  const auto times = cpu_nanoseconds_each({
      [&] {
        frame.clear();
        encode(frame);
        keep(frame.data());
      },
      [&] {
        const auto read = wire::decode(kSender.cluster, frame);
        if (!read) std::abort();
        keep(use(*read));
      },
      [&] {
        plain.clear();
        msgpack::pack(plain, packed);
        keep(plain.data());
      },
      [&] {
        msgpack::unpack(plain.data(), plain.size()).get().convert(decoded);
        keep(use(decoded));
      },
      [&] {
        checked.clear();
        msgpack::pack(checked, packed);
        const u32 crc = crc32c(bytes_of(checked));
        checked.write(reinterpret_cast<const char*>(&crc), sizeof crc);
        keep(checked.data());
      },
      [&] {
        const std::size_t size = checked.size() - sizeof(u32);
        u32 crc = 0;
        std::memcpy(&crc, checked.data() + size, sizeof crc);
        if (crc32c(bytes_of(checked).first(size)) != crc) std::abort();
        zone.clear();
        msgpack::unpack(zone, checked.data(), size, borrow).convert(decoded);
        keep(use(decoded));
      },
      [&] {
        copy.resize(frame.size());
        std::memcpy(copy.data(), frame.data(), frame.size());
        keep(copy.data());
      },
      [&] { keep(crc32c(frame)); },
  });
  const auto ratios = [&](std::size_t theirs) {
    std::printf(" %.1f/%.1f/%.1f", times[theirs] / times[0], times[theirs + 1] / times[1],
                (times[theirs] + times[theirs + 1]) / (times[0] + times[1]));
  };
  std::printf(
      "  %-22s bytes=%-6zu encode_ns=%-6.0f decode_ns=%-6.0f plain=%.0f+%.0f checked=%.0f+%.0f",
      name, frame.size(), times[0], times[1], times[2], times[3], times[4], times[5]);
  std::printf(" ratio_plain(encode/decode/both)=");
  ratios(2);
  std::printf(" ratio_checked=");
  ratios(4);
  std::printf(" copy_ns=%.0f crc_ns=%.0f\n", times[6], times[7]);
}

template <class Packed>
void compare_message(const char* name, const raft::Message& message, const Packed& packed) {
  compare(name, [&](std::vector<std::byte>& out) { wire::encode(kSender, message, out); }, packed);
}

void compare_append(const char* name, u32 entry_count, std::size_t payload_bytes) {
  const std::string payload(payload_bytes, 'v');
  PackedAppendEntries packed;
  std::vector<wire::Entry> entries;
  for (u32 i = 0; i < entry_count; ++i) {
    packed.entries.emplace_back().payload = raw(payload);
    entries.push_back({.info = {.term = Term{12},
                                .size = static_cast<u32>(payload_bytes),
                                .kind = raft::EntryKind::command},
                       .time_ms = 1'700'000'000'000,
                       .payload = as_bytes(payload)});
  }
  const raft::AppendEntries message{.term = Term{12},
                                    .prev_log_index = LogIndex{1'000'000},
                                    .prev_log_term = Term{11},
                                    .leader_commit = LogIndex{999'990},
                                    .entry_count = entry_count};
  compare(
      name, [&](std::vector<std::byte>& out) { wire::encode(kSender, message, entries, out); },
      packed);
}

}  // namespace

void bench_codec() {
  compare_message(
      "request_vote",
      raft::RequestVote{
          .term = Term{12}, .last_log_index = LogIndex{1'000'000}, .last_log_term = Term{11}},
      PackedRequestVote{});
  compare_message("request_vote_reply",
                  raft::RequestVoteReply{.term = Term{12}, .vote_granted = true},
                  PackedRequestVoteReply{});
  compare_append("append_entries_0", 0, 0);
  compare_append("append_entries_1x100", 1, 100);
  compare_append("append_entries_16x100", 16, 100);
  compare_append("append_entries_64x100", 64, 100);
  compare_append("append_entries_1x1024", 1, 1024);
  compare_append("append_entries_64x1024", 64, 1024);
  compare_message("append_entries_reply",
                  raft::AppendEntriesReply{.term = Term{12},
                                           .success = true,
                                           .match_index = LogIndex{1'000'000},
                                           .conflict_index = {},
                                           .conflict_term = {}},
                  PackedAppendEntriesReply{});
  compare_message(
      "read_index_reply",
      raft::ReadIndexReply{
          .term = Term{12}, .read = raft::ReadId{1'234'567}, .index = LogIndex{1'000'000}},
      PackedReadIndexReply{});
  const std::string command(100, 'v');
  PackedForward forward;
  forward.command = raw(command);
  compare(
      "forward_100",
      [&](std::vector<std::byte>& out) {
        wire::encode(kSender, wire::Forward{.id = 1'234'567, .command = as_bytes(command)}, out);
      },
      forward);
}

}  // namespace snowflk::bench
