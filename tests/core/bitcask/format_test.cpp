// The formats: what is written is read back, and any bytes at all are judged without harm.
#include "core/base/crc32c.hpp"
#include "core/base/prng.hpp"
#include "core/bitcask/batch.hpp"
#include "core/bitcask/judge.hpp"
#include "core/bitcask/manifest.hpp"
#include "core/bitcask/memory_disk.hpp"
#include "core/bitcask/meta.hpp"
#include "core/bitcask/record.hpp"
#include "core/bitcask/scan.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::bitcask {
namespace {

FileBytes noise(Prng& prng, u64 size) {
  FileBytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(prng.below(256));
  return bytes;
}

TEST_CASE("names of files are read back, and no other spelling is ours") {
  for (const FileId file :
       {FileId{FileKind::meta, 0}, FileId{FileKind::meta, 1}, FileId{FileKind::manifest, 17},
        FileId{FileKind::manifest_new, 18}, FileId{FileKind::segment, 0xab}}) {
    CHECK(parse_file_name(file_name(file)) == file);
  }
  CHECK(file_name({FileKind::segment, 0xab}) == "seg-00000000000000ab.log");
  for (const char* name :
       {"", "meta.", "meta.2", "meta.01", "MANIFEST.", "MANIFEST.new", "seg-.log", "seg-ab.log",
        "seg-00000000000000AB.log", "seg-00000000000000ab.log~", "MANIFEST.99999999999999999999999",
        "seg-.lo"}) {
    INFO(name);
    CHECK_FALSE(parse_file_name(name).has_value());
  }
}

TEST_CASE(
    "a location packs into 63 bits, and reads at least the record, at most a sixteenth more") {
  testing::check_property("pack and unpack", [](u64 seed) {
    Prng prng(seed, 0, 0);
    const u64 segment = prng.below(1ULL << kSegmentBits);
    const u64 offset = prng.below(kSegmentBytesMax / 8) * 8;
    const u32 bytes = static_cast<u32>(1 + prng.below(RecordLocation::kLengthMax));
    const auto location = RecordLocation::of(segment, offset, bytes);
    RC_ASSERT(RecordLocation::unpack(location.pack()) == location);
    RC_ASSERT((location.pack() >> 63) == 0);
    RC_ASSERT(location.length >= bytes);
    RC_ASSERT(location.length <= std::max<u64>(128, align_up(bytes, 8) + bytes / 16 + 8));
  });
}

// B20: an empty value is a value.
TEST_CASE("a record is read back, also an empty one, also with bytes after it") {
  std::vector<std::byte> bytes;
  encode_record(as_bytes("key"), as_bytes(""), bytes);
  encode_record(as_bytes(""), as_bytes("value"), bytes);
  const auto first = decode_record(bytes);
  REQUIRE(first.has_value());
  CHECK(as_text(first->key) == "key");
  CHECK(first->value.empty());
  const auto second = decode_record(Bytes{bytes}.subspan(first->bytes));
  REQUIRE(second.has_value());
  CHECK(as_text(second->value) == "value");
}

TEST_CASE("a record counts at its place alone") {
  std::vector<std::byte> bytes(kPayloadPrefixBytes);
  encode_record(as_bytes("key"), as_bytes("one"), bytes);
  const u64 second = bytes.size();
  encode_record(as_bytes("key"), as_bytes("two"), bytes);
  const std::vector<std::byte> plain = bytes;
  mask_payload(bytes, 3, 8192);
  const Bytes records{bytes};
  const auto at = [&](u64 from, u64 segment, u64 offset) {
    return decode_record(records.subspan(from), place_mask(segment, offset));
  };
  CHECK(as_text(at(second, 3, 8192 + second)->value) == "two");
  // The older value of the same key, which the disk has shown for the newer.
  CHECK(at(kPayloadPrefixBytes, 3, 8192 + second).error() == RecordFault::checksum);
  CHECK(at(second, 4, 8192 + second).error() == RecordFault::checksum);
  CHECK(decode_record(records.subspan(second)).error() == RecordFault::checksum);
  mask_payload(bytes, 3, 8192);
  CHECK(bytes == plain);
}

TEST_CASE("masking undoes itself on any bytes") {
  rc::check([](const std::vector<u8>& noise, bool records) {
    std::vector<std::byte> bytes;
    for (const u8 byte : noise) bytes.push_back(std::byte{byte});
    bytes.resize(bytes.size() / 8 * 8);
    if (records) encode_record(as_bytes("key"), as_bytes("value"), bytes);
    const std::vector<std::byte> plain = bytes;
    mask_records(bytes, 1, 4096);
    mask_records(bytes, 1, 4096);
    RC_ASSERT(bytes == plain);
  });
}

// B14: sizes around every boundary of units and blocks, none is special.
TEST_CASE("batches of every size around the boundaries are read back") {
  std::vector<u64> sizes;
  for (u64 at = 0; at <= 5000; at += at < 1200 ? 1 : 37) sizes.push_back(at);
  for (const u64 edge : {kChecksumsPerUnit * kUnitBytes, 2 * kChecksumsPerUnit * kUnitBytes}) {
    for (u64 at = edge - 1100; at <= edge + 1100; at += 61) sizes.push_back(at);
  }
  for (const u64 size : sizes) {
    const FileBytes payload(align_up(size, kPayloadAlign), std::byte{7});
    const EntryRow row{.term = {1},
                       .time = {5},
                       .size = static_cast<u32>(size),
                       .crc = crc32c(Bytes{payload}.first(size)),
                       .kind = 2};
    BatchHeader header{.sequence = 1, .first_index = 9, .term = {1}, .flags = kBatchRehome};
    std::vector<std::byte> bytes;
    encode_batch(header, {.entries = {&row, 1}, .derived = {}, .payloads = payload, .records = {}},
                 {.segment = 0, .offset = 0, .seed = 77}, bytes);
    INFO("payload of " << size);
    REQUIRE(bytes.size() == header.blocks * kBlockBytes);
    const Bytes head = Bytes{bytes}.first(kUnitBytes);
    REQUIRE(decode_head(head, 77, 0) == header);
    CHECK_FALSE(decode_head(head, 78, 0).has_value());
    CHECK(judge_body(header, bytes, head, 77) == BodyState::intact);
    std::vector<EntryRow> entries;
    std::vector<DerivedRow> derived;
    REQUIRE(decode_tables(header, bytes, entries, derived));
    CHECK(entries.front() == row);
    CHECK(crc32c(Bytes{bytes}.subspan(payload_offset(header), size)) == row.crc);
  }
}

TEST_CASE("the newest generation of metadata wins, from whichever file it is read") {
  MetaSlots slots;
  for (auto& file : slots.slots) file.fill(std::unexpected(HeaderFault::blank));
  CHECK(choose_meta(slots).kind == MetaChoice::Kind::blank);
  FileBytes slot(kMetaSlotBytes);
  Meta meta{.generation = 6,
            .identity = {{7}, {1}},
            .term = {4},
            .vote = {2},
            .incarnation = {1},
            .manifest = 3,
            .manifest_crc = 5};
  encode_meta(meta, slot);
  REQUIRE(decode_meta(slot, 0) == meta);
  CHECK_FALSE(decode_meta(slot, 1).has_value());
  slots.slots[1][0] = meta;
  CHECK_FALSE(choose_meta(slots).proven);
  Meta older = meta;
  older.generation = 5;
  slots.slots[1][1] = older;
  CHECK(choose_meta(slots).meta == meta);
  CHECK(choose_meta(slots).proven);
}

TEST_CASE("a manifest comes back as it was written, with the members it was made for") {
  const Manifest manifest{
      .generation = 3,
      .identity = {{7}, {1}},
      .members = {{1}, {4}, {9}},
      .segments = {{.segment = 2, .incarnation = {1}, .base_index = 0, .doomed = true},
                   {.segment = 5, .incarnation = {2}, .base_index = 40, .doomed = false}}};
  FileBytes bytes;
  encode_manifest(manifest, bytes);
  const auto back = decode_manifest(bytes);
  REQUIRE(back.has_value());
  CHECK(back->generation == 3);
  CHECK(back->members == manifest.members);
  CHECK(back->segments == manifest.segments);
}

// Found by fuzzing: the generation after the last there is would have been 0.
TEST_CASE("a number that is no count of anything is refused, under whatever checksum") {
  FileBytes slot(kMetaSlotBytes);
  const auto good = [&](const Meta& meta) {
    encode_meta(meta, slot);
    return decode_meta(slot, meta.generation % 2).has_value();
  };
  CHECK(good({.generation = kCountMax}));
  CHECK_FALSE(good({.generation = kCountMax + 1}));
  CHECK_FALSE(good({.generation = UINT64_MAX}));
  CHECK_FALSE(good({.generation = 1, .term = {kCountMax + 1}}));
  CHECK_FALSE(good({.generation = 1, .incarnation = {kCountMax + 1}}));
  CHECK_FALSE(good({.generation = 1, .manifest = kCountMax + 1}));

  FileBytes bytes;
  Manifest manifest;
  manifest.segments = {{.segment = 1, .incarnation = {1}, .base_index = kCountMax}};
  encode_manifest(manifest, bytes);
  CHECK(decode_manifest(bytes).has_value());
  manifest.segments[0].base_index += 1;
  encode_manifest(manifest, bytes);
  CHECK_FALSE(decode_manifest(bytes).has_value());

  std::vector<std::byte> batch;
  const auto head_of = [&](BatchHeader header) {
    encode_batch(header, {}, {.segment = 0, .offset = 0, .seed = 9}, batch);
    return decode_head(Bytes{batch}.first(kUnitBytes), 9, 0).has_value();
  };
  const BatchHeader header{.sequence = 2, .term = {1}};
  CHECK(head_of(header));
  for (u64 BatchHeader::* count : {&BatchHeader::sequence, &BatchHeader::commit,
                                   &BatchHeader::trunc_from, &BatchHeader::kept_sequence}) {
    BatchHeader large = header;
    large.*count = kCountMax + 1;
    CHECK_FALSE(head_of(large));
  }
}

TEST_CASE("a file of a newer version is known as newer") {
  FileBytes slot(kMetaSlotBytes);
  encode_meta({.generation = 2, .identity = {}, .term = {}, .vote = {}, .incarnation = {}}, slot);
  store_le<u16>(slot.data() + 8, kFormatVersion + 1);
  const u32 length = load_le<u32>(slot.data() + 12);
  store_le<u32>(slot.data() + 4, crc32c(Bytes{slot}.subspan(8, length - 8)));
  CHECK(decode_meta(slot, 0).error() == HeaderFault::newer);
}

TEST_CASE("no bytes make the gates stumble") {
  testing::check_property(
      "noise is judged",
      [](u64 seed) {
        Prng prng(seed, 0, 0);
        const FileBytes bytes = noise(prng, prng.below(3 * kBlockBytes));
        static_cast<void>(decode_record(bytes));
        static_cast<void>(decode_manifest(bytes));
        static_cast<void>(decode_segment_header(bytes));
        MetaSlots slots;
        read_meta_file(bytes, 0, slots);
        read_meta_file(bytes, 1, slots);
        static_cast<void>(choose_meta(slots));
      },
      200);
}

// Valid checksums around absurd numbers: what only somebody who means harm would write.
TEST_CASE(
    "batches that contradict themselves, under valid checksums, are judged and nothing more") {
  testing::check_property(
      "absurd batches are judged",
      [](u64 seed) {
        Prng prng(seed, 0, 0);
        const SegmentHeader segment{
            .identity = {{7}, {1}}, .segment = 1, .incarnation = {1}, .bytes = kSegmentBytesMin};
        const u32 checksum_seed = segment_seed(segment);
        FileBytes file = noise(prng, kSegmentBytesMin);
        if (prng.chance({1, 2})) std::fill(file.begin(), file.end(), std::byte{0});
        for (int i = 0; i < 6; ++i) {
          BatchHeader header{.sequence = 1 + prng.below(4), .durable_upto = 0, .term = {2}};
          header.segment_low = 1;
          const FileBytes records = noise(prng, prng.below(80) * 8);
          std::vector<std::byte> batch;
          const u64 rows = prng.below(4);
          std::vector<EntryRow> entries(rows);
          for (EntryRow& row : entries) {
            row = {.term = {prng.below(4)}, .size = static_cast<u32>(prng.next()), .kind = 2};
          }
          encode_batch(header,
                       {.entries = entries, .derived = {}, .payloads = records, .records = {}},
                       {.segment = 1, .offset = 0, .seed = checksum_seed}, batch);
          // A field of the head, anew, and its checksum with it.
          const u64 field = 8 + 4 * prng.below(26);
          store_le<u32>(batch.data() + field,
                        static_cast<u32>(prng.chance({1, 2}) ? prng.below(4) : prng.next()));
          store_le<u32>(batch.data() + 4,
                        crc32c(Bytes{batch}.subspan(8, kUnitBytes - 8), checksum_seed));
          const u64 block = 2 + prng.below(14 - batch.size() / kBlockBytes + 1);
          std::copy(batch.begin(), batch.end(),
                    file.begin() + static_cast<std::ptrdiff_t>(block * kBlockBytes));
        }
        SegmentScan scan{
            .header = segment, .header_copies = 2, .pieces = {}, .entries = {}, .derived = {}};
        SegmentScanner scanner(segment);
        const Bytes log = Bytes{file}.subspan(kSegmentHeaderBytes);
        const u64 cut = prng.below(log.size());
        scanner.feed(log.first(cut), scan);
        scanner.feed(log.subspan(cut), scan);
        scanner.finish(scan);
        u64 at = kSegmentHeaderBytes;
        for (const Piece& piece : scan.pieces) {
          RC_ASSERT(piece.offset == at);
          at += piece.bytes;
        }
        RC_ASSERT(at == segment.bytes);
        const LogJudgement judgement = judge_log({&scan, 1});
        BuiltLog built;
        if (!judgement.rot) static_cast<void>(build_log({&scan, 1}, judgement, built));
      },
      400);
}

}  // namespace
}  // namespace snowflk::bitcask
