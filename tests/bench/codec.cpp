// Encoding and decoding of messages, against MessagePack for C++ on the same content.
//
// Ours checks more: a CRC over every byte, and every bound; MessagePack's copy has neither.
#include <cstdio>
#include <cstdlib>
#include <msgpack.hpp>
#include <string>

#include "core/wire/frame.hpp"
#include "tests/bench/bench.hpp"

namespace snowflk::bench {
namespace {

constexpr wire::Sender kSender{.cluster = ClusterId{7}, .self = NodeId{1}};

// ---- The same content, as MessagePack's users describe it -------------------------------------

struct PackedEntry {
  std::uint64_t term = 0;
  std::uint8_t kind = 0;
  std::uint64_t time_ms = 0;
  msgpack::type::raw_ref payload;  // borrowed, as ours is
  MSGPACK_DEFINE(term, kind, time_ms, payload)
};
struct PackedAppendEntries {
  std::uint64_t cluster = 0;
  std::uint32_t from = 0;
  std::uint64_t term = 0;
  std::uint64_t prev_log_index = 0;
  std::uint64_t prev_log_term = 0;
  std::uint64_t leader_commit = 0;
  std::vector<PackedEntry> entries;
  MSGPACK_DEFINE(cluster, from, term, prev_log_index, prev_log_term, leader_commit, entries)
};

struct Times {
  double encode_ns = 0;
  double decode_ns = 0;
};

struct Content {
  raft::AppendEntries message;
  std::vector<wire::Entry> entries;
  std::string payload;
};

Content content_of(u32 entry_count, std::size_t payload_bytes) {
  Content content;
  content.payload.assign(payload_bytes, 'v');
  content.message = raft::AppendEntries{.term = Term{12},
                                        .prev_log_index = LogIndex{1'000'000},
                                        .prev_log_term = Term{11},
                                        .leader_commit = LogIndex{999'990},
                                        .entry_count = entry_count};
  for (u32 i = 0; i < entry_count; ++i) {
    content.entries.push_back(wire::Entry{.info = {.term = Term{12},
                                                   .size = static_cast<u32>(payload_bytes),
                                                   .kind = raft::EntryKind::command},
                                          .time_ms = 1'700'000'000'000,
                                          .payload = as_bytes(content.payload)});
  }
  return content;
}

Times time_ours(const Content& content) {
  std::vector<std::byte> frame;
  Times times;
  times.encode_ns = nanoseconds_each([&] {
    frame.clear();
    wire::encode(kSender, content.message, content.entries, frame);
    keep(frame.data());
  });
  u64 sum = 0;
  times.decode_ns = nanoseconds_each([&] {
    const auto decoded = wire::decode(kSender.cluster, frame);
    if (!decoded) std::abort();
    std::get<wire::AppendEntriesView>(decoded->body).for_each([&](const wire::Entry& entry) {
      sum += entry.info.term.value + entry.payload.size();
    });
    keep(sum);
  });
  return times;
}

PackedAppendEntries packed_of(const Content& content) {
  const raft::AppendEntries& m = content.message;
  PackedAppendEntries packed;
  packed.cluster = kSender.cluster.value;
  packed.from = kSender.self.value;
  packed.term = m.term.value;
  packed.prev_log_index = m.prev_log_index.value;
  packed.prev_log_term = m.prev_log_term.value;
  packed.leader_commit = m.leader_commit.value;
  for (const wire::Entry& entry : content.entries) {
    PackedEntry row;
    row.term = entry.info.term.value;
    row.kind = static_cast<std::uint8_t>(entry.info.kind);
    row.time_ms = entry.time_ms;
    row.payload = msgpack::type::raw_ref(content.payload.data(),
                                         static_cast<std::uint32_t>(entry.payload.size()));
    packed.entries.push_back(row);
  }
  return packed;
}

Times time_msgpack(const Content& content) {
  const PackedAppendEntries packed = packed_of(content);
  msgpack::sbuffer buffer;
  Times times;
  times.encode_ns = nanoseconds_each([&] {
    buffer.clear();
    msgpack::pack(buffer, packed);
    keep(buffer.data());
  });
  u64 sum = 0;
  PackedAppendEntries decoded;
  times.decode_ns = nanoseconds_each([&] {
    msgpack::unpack(buffer.data(), buffer.size()).get().convert(decoded);
    for (const PackedEntry& entry : decoded.entries) sum += entry.term + entry.payload.size;
    keep(sum);
  });
  return times;
}

}  // namespace

void bench_codec() {
  struct Case {
    u32 entries;
    std::size_t bytes;
  };
  for (const Case shape : {Case{0, 0}, Case{1, 100}, Case{16, 100}, Case{64, 1024}}) {
    const Content content = content_of(shape.entries, shape.bytes);
    const Times ours = time_ours(content);
    const Times theirs = time_msgpack(content);
    std::printf(
        "  append_entries entries=%-3u payload=%-5zu encode_ns=%-7.0f decode_ns=%-7.0f "
        "msgpack_encode_ns=%-7.0f msgpack_decode_ns=%-7.0f ratio=%.1f\n",
        shape.entries, shape.bytes, ours.encode_ns, ours.decode_ns, theirs.encode_ns,
        theirs.decode_ns,
        (theirs.encode_ns + theirs.decode_ns) / (ours.encode_ns + ours.decode_ns));
  }
}

}  // namespace snowflk::bench
