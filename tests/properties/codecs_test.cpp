// Codecs: whatever can be said comes back as it was said. Words of every shape, messages with any
// fields that the gate allows, the parts of a directory.
//
// What a gate refuses stands with each module (tests/core); RESP's properties, too.
#include <algorithm>

#include "core/base/crc32c.hpp"
#include "core/bitcask/batch.hpp"
#include "core/bitcask/manifest.hpp"
#include "core/bitcask/meta.hpp"
#include "core/kv/command.hpp"
#include "core/kv/reply.hpp"
#include "core/trace/text.hpp"
#include "core/wire/frame.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk {
namespace {

constexpr int kCases = 400;

/// 0 to `max`, small ones as often as large.
u64 number(u64 max = UINT64_MAX - 1) {
  const u64 small = *rc::gen::inRange<u64>(0, std::min<u64>(max, 9) + 1);
  if (*rc::gen::arbitrary<bool>()) return small;
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<u64>(0, max + 1));
}
u64 count() { return number(wire::kCountMax); }
bool coin() { return *rc::gen::arbitrary<bool>(); }
std::string text() { return *rc::gen::arbitrary<std::string>(); }

// ---- Frames ------------------------------------------------------------------------------------

struct Position {
  LogIndex index;
  Term term;
};
/// The end of a log whose last term is at most `newest`; perhaps there is none.
Position position(u64 newest) {
  if (newest == 0 || coin()) return {};
  const u64 index = std::max<u64>(1, count());
  return {.index = LogIndex{index}, .term = Term{1 + number(newest - 1)}};
}

raft::Message message() {
  const u64 term = 1 + number(wire::kCountMax - 1);
  switch (number(8)) {
    case 0: {
      const Position last = position(term - 1);
      return raft::RequestVote{Term{term}, last.index, last.term};
    }
    case 1: {
      const Position last = position(term - 1);
      return raft::PreVote{Term{term}, last.index, last.term};
    }
    case 2: return raft::RequestVoteReply{Term{term}, coin()};
    case 3: return raft::PreVoteReply{Term{term}, coin()};
    case 4: {
      raft::AppendEntriesReply reply;
      reply.term = Term{term};
      reply.success = coin();
      reply.match_index = LogIndex{count()};
      reply.conflict_index = LogIndex{count()};
      reply.conflict_term = Term{count()};
      return reply;
    }
    case 5: return raft::ReadIndex{Term{term}, raft::ReadId{number()}};
    case 6: return raft::ReadRound{Term{term}, number()};
    case 7: return raft::ReadRoundReply{Term{term}, number()};
    default: {
      raft::ReadIndexReply reply;
      reply.term = Term{term};
      reply.read = raft::ReadId{number()};
      reply.index = LogIndex{count()};
      return reply;
    }
  }
}

TEST_CASE("Any message of Raft comes back from its frame") {
  testing::check_property(
      "messages round-trip",
      [] {
        const wire::Sender sender{.cluster = ClusterId{number()},
                                  .self = NodeId{static_cast<u32>(1 + number(8))}};
        const raft::Message sent = message();
        std::vector<std::byte> frame;
        wire::encode(sender, sent, frame);
        const auto read = wire::decode(sender.cluster, frame);
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->from == sender.self);
        std::visit(
            [&]<class Sent>(const Sent& was) {
              if constexpr (!std::is_same_v<Sent, raft::AppendEntries>) {
                RC_ASSERT(std::holds_alternative<Sent>(read->body));
                RC_ASSERT(trace::to_text(std::get<Sent>(read->body)) == trace::to_text(was));
              }
            },
            sent);
      },
      kCases);
}

TEST_CASE("Any entries come back from AppendEntries, with terms, kinds and stamps") {
  testing::check_property(
      "entries round-trip",
      [] {
        const auto payloads = *rc::gen::arbitrary<std::vector<std::string>>();
        const u64 term = 1 + number(wire::kCountMax - 1);
        const Position before = position(term);
        std::vector<wire::Entry> sent;
        u64 entry_term = std::max<u64>(1, before.term.value);
        for (const std::string& payload : payloads) {
          entry_term += number(term - entry_term);
          const bool no_op = payload.empty() && coin();
          sent.push_back(
              {.info = {.term = Term{entry_term},
                        .size = static_cast<u32>(payload.size()),
                        .kind = no_op ? raft::EntryKind::no_op : raft::EntryKind::command},
               .time_ms = number(),
               .payload = as_bytes(payload)});
        }
        raft::AppendEntries message;
        message.term = Term{term};
        message.prev_log_index = before.index;
        message.prev_log_term = before.term;
        message.leader_commit = LogIndex{count()};
        message.entry_count = static_cast<u32>(sent.size());
        std::vector<std::byte> frame;
        wire::encode({.cluster = ClusterId{7}, .self = NodeId{1}}, message, sent, frame);
        const auto read = wire::decode(ClusterId{7}, frame);
        RC_ASSERT(read.has_value());
        const auto& view = std::get<wire::AppendEntriesView>(read->body);
        RC_ASSERT(trace::to_text(view.message) == trace::to_text(message));
        std::size_t i = 0;
        view.for_each([&](const wire::Entry& entry) {
          RC_ASSERT(entry.info == sent[i].info);
          RC_ASSERT(entry.time_ms == sent[i].time_ms);
          RC_ASSERT(as_text(entry.payload) == payloads[i]);
          i += 1;
        });
        RC_ASSERT(i == sent.size());
      },
      kCases);
}

// ---- Commands and replies ----------------------------------------------------------------------

TEST_CASE("A SET comes back with its words and conditions, and an INCRBY with its operand") {
  testing::check_property(
      "commands round-trip",
      [] {
        const std::string key = text();
        const std::string value = text();
        const std::string old = text();
        std::vector<std::string_view> words{"SET", key, value};
        const u64 condition = number(3);
        if (condition == 1) words.push_back("NX");
        if (condition == 2) words.push_back("XX");
        if (condition == 3) words.insert(words.end(), {"IFEQ", old});
        const bool returns = coin();
        if (returns) words.push_back("GET");
        std::vector<std::byte> payload;
        RC_ASSERT(kv::encode_command(words, payload).has_value());
        const auto command = kv::decode_command(payload);
        RC_ASSERT(command.has_value());
        RC_ASSERT(command->op() == kv::Op::set);
        RC_ASSERT(as_text(command->first().key) == key);
        RC_ASSERT(as_text(command->first().value) == value);
        RC_ASSERT(command->has(kv::kIfAbsent) == (condition == 1));
        RC_ASSERT(command->has(kv::kIfPresent) == (condition == 2));
        RC_ASSERT(command->has(kv::kIfEqual) == (condition == 3));
        RC_ASSERT(command->has(kv::kReturnOld) == returns);
        if (condition == 3) RC_ASSERT(as_text(command->second().value) == old);

        const i64 operand = *rc::gen::arbitrary<i64>();
        const std::string digits = std::to_string(operand);
        payload.clear();
        RC_ASSERT(kv::encode_command(std::vector<std::string_view>{"INCRBY", key, digits}, payload)
                      .has_value());
        RC_ASSERT(kv::decode_command(payload)->operand() == operand);
      },
      kCases);
}

struct Said {
  kv::ReplyKind kind = kv::ReplyKind::nil;
  i64 integer = 0;
  std::string bytes;
  kv::ErrorKind error = kv::ErrorKind::command;
};

Said say() {
  Said said;
  said.kind = std::vector{kv::ReplyKind::nil, kv::ReplyKind::ok, kv::ReplyKind::integer,
                          kv::ReplyKind::bulk, kv::ReplyKind::error}[number(4)];
  said.integer = *rc::gen::arbitrary<i64>();
  said.bytes = text();
  said.error = static_cast<kv::ErrorKind>(1 + number(2));
  if (said.kind == kv::ReplyKind::error) {  // one line
    std::erase_if(said.bytes, [](char c) { return c == '\r' || c == '\n'; });
    said.bytes.insert(0, "ERR ");
  }
  return said;
}
void write(kv::ReplyWriter& writer, const Said& said) {
  switch (said.kind) {
    case kv::ReplyKind::nil: writer.nil(); return;
    case kv::ReplyKind::ok: writer.ok(); return;
    case kv::ReplyKind::integer: writer.integer(said.integer); return;
    case kv::ReplyKind::bulk: writer.bulk(as_bytes(said.bytes)); return;
    case kv::ReplyKind::error: writer.error(said.error, said.bytes); return;
    case kv::ReplyKind::array: return;
  }
}
void check_same(const kv::ReplyValue& read, const Said& said) {
  RC_ASSERT(read.kind == said.kind);
  if (said.kind == kv::ReplyKind::integer) RC_ASSERT(read.integer == said.integer);
  if (said.kind == kv::ReplyKind::error) RC_ASSERT(read.error == said.error);
  const bool has_bytes = said.kind == kv::ReplyKind::bulk || said.kind == kv::ReplyKind::error;
  if (has_bytes) RC_ASSERT(as_text(read.bytes) == said.bytes);
}

TEST_CASE("Any reply comes back: a value of each kind, and arrays of them") {
  testing::check_property(
      "replies round-trip",
      [] {
        std::vector<std::byte> bytes;
        kv::ReplyWriter writer(bytes);
        if (coin()) {
          const Said said = say();
          write(writer, said);
          const auto read = kv::decode_reply(bytes);
          RC_ASSERT(read.has_value());
          check_same(read->head(), said);
          return;
        }
        std::vector<Said> items(number(6));
        writer.array(static_cast<u32>(items.size()));
        for (Said& item : items) write(writer, item = say());
        const auto read = kv::decode_reply(bytes);
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->head().count == items.size());
        std::size_t i = 0;
        read->for_each_item([&](const kv::ReplyValue& item) { check_same(item, items[i++]); });
        RC_ASSERT(i == items.size());
      },
      kCases);
}

// ---- What lies in a directory ------------------------------------------------------------------

bitcask::Identity identity() {
  return {.cluster = ClusterId{number()}, .node = NodeId{static_cast<u32>(1 + number(8))}};
}

TEST_CASE("A batch of any entries comes back, and every flipped bit of it is seen") {
  testing::check_property(
      "batches round-trip",
      [] {
        const auto payloads = *rc::gen::arbitrary<std::vector<std::string>>();
        bitcask::BatchHeader header{.sequence = 2 + number(1ULL << 40)};
        header.durable_upto = number(header.sequence - 1);
        header.term = Term{count()};
        std::vector<bitcask::EntryRow> rows;
        std::vector<std::byte> bodies;
        for (const std::string& payload : payloads) {
          rows.push_back({.term = Term{number(header.term.value)},
                          .time = WallTime{static_cast<i64>(number(INT64_MAX - 1))},
                          .size = static_cast<u32>(payload.size()),
                          .crc = crc32c(as_bytes(payload)),
                          .kind = 2});
          const Bytes bytes = as_bytes(payload);
          bodies.insert(bodies.end(), bytes.begin(), bytes.end());
          bodies.resize((bodies.size() + 7) / 8 * 8);
        }
        header.first_index = rows.empty() ? 0 : 1 + count();
        header.vote = NodeId{static_cast<u32>(number(9))};
        const u32 seed = static_cast<u32>(number(UINT32_MAX));
        std::vector<std::byte> batch;
        bitcask::encode_batch(header,
                              {.entries = rows, .derived = {}, .payloads = bodies, .records = {}},
                              {.segment = 1, .offset = 8192, .seed = seed}, batch);
        const Bytes head = Bytes{batch}.first(bitcask::kUnitBytes);
        RC_ASSERT(bitcask::decode_head(head, seed, 0) == header);
        RC_ASSERT(bitcask::judge_body(header, batch, head, seed) == bitcask::BodyState::intact);
        std::vector<bitcask::EntryRow> entries;
        std::vector<bitcask::DerivedRow> derived;
        RC_ASSERT(bitcask::decode_tables(header, batch, entries, derived));
        RC_ASSERT(entries == rows);
        const Bytes read = Bytes{batch}.subspan(bitcask::payload_offset(header), bodies.size());
        RC_ASSERT(std::ranges::equal(read, bodies));

        std::vector<std::byte> flipped = batch;
        flipped[number(batch.size() - 1)] ^= std::byte{static_cast<u8>(1U << number(7))};
        const bool head_seen =
            !bitcask::decode_head(Bytes{flipped}.first(bitcask::kUnitBytes), seed, 0);
        const bool tail_seen =
            !bitcask::decode_head(Bytes{flipped}.last(bitcask::kUnitBytes), seed, 0);
        const bool body_seen =
            bitcask::judge_body(header, flipped, head, seed) != bitcask::BodyState::intact;
        RC_ASSERT(head_seen || tail_seen || body_seen);
      },
      kCases);
}

TEST_CASE("Headers of segments, metadata and manifests come back") {
  testing::check_property(
      "files of a directory round-trip",
      [] {
        const bitcask::SegmentHeader header{.identity = identity(),
                                            .segment = number(1ULL << 30),
                                            .incarnation = {number(1ULL << 30)},
                                            .bytes = bitcask::kSegmentBytesMin,
                                            .salt = number()};
        std::vector<std::byte> bytes(bitcask::kSegmentHeaderBytes);
        bitcask::encode_segment_header(header, bytes);
        const auto segment = bitcask::decode_segment_header(bytes);
        RC_ASSERT(segment.has_value());
        RC_ASSERT(segment->header == header);
        RC_ASSERT(segment->copies == 2U);

        const bitcask::Meta meta{.generation = 1 + number(1ULL << 40),
                                 .identity = identity(),
                                 .term = Term{count()},
                                 .vote = NodeId{static_cast<u32>(number(9))},
                                 .incarnation = {number(1ULL << 30)},
                                 .manifest = number(1ULL << 40),
                                 .manifest_crc = static_cast<u32>(number(UINT32_MAX))};
        std::vector<std::byte> slot(bitcask::kMetaSlotBytes);
        bitcask::encode_meta(meta, slot);
        const auto read = bitcask::decode_meta(slot, meta.generation % 2);
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == meta);

        bitcask::Manifest manifest{.generation = number(1ULL << 40),
                                   .identity = identity(),
                                   .members = {},
                                   .segments = {}};
        NodeId member;
        for (u64 i = number(7); i > 0; --i) {
          member.value += static_cast<u32>(1 + number(9));
          manifest.members.push_back(member);
        }
        const u64 segments = number(20);
        bitcask::ManifestSegment row{.segment = 0, .incarnation = {1}};
        for (u64 i = 0; i < segments; ++i) {
          row.segment += 1 + number(5);
          row.incarnation.value += number(2);
          row.base_index += number(100);
          row.doomed = coin();
          manifest.segments.push_back(row);
        }
        std::vector<std::byte> written;
        bitcask::encode_manifest(manifest, written);
        const auto back = bitcask::decode_manifest(written);
        RC_ASSERT(back.has_value());
        RC_ASSERT(back->generation == manifest.generation);
        RC_ASSERT(back->identity == manifest.identity);
        RC_ASSERT(back->members == manifest.members);
        RC_ASSERT(back->segments == manifest.segments);
      },
      kCases);
}

}  // namespace
}  // namespace snowflk
