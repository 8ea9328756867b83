// A node's directory in which anything may stand: a good one, and a script of what is done to it.
// Bytes may change under checksums that are right, as only malice or a bug elsewhere would have it.
//
// The node refuses the directory and says why, or it starts, goes on, and starts again with the
// same log. What `snowflk inspect` says of it is made all the same.
#include <algorithm>
#include <map>

#include "core/bitcask/batch.hpp"
#include "core/bitcask/manifest.hpp"
#include "core/bitcask/meta.hpp"
#include "core/bitcask/recovery.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/store_rig.hpp"
#include "tools/inspect_report.hpp"

namespace snowflk::bitcask {
namespace {

using Files = std::map<FileId, FileBytes>;
using testing::CrashDisk;
using testing::StoreRig;

constexpr u64 kFileBytesMax = 2 * testing::kRigSegmentBytes;

/// Two incarnations, a truncation, derived records, a rotation.
const Files& good_directory() {
  static const Files files = [] {
    StoreRig rig;
    rig.settle();
    rig.store.set_hard_state(Term{2}, NodeId{3});
    for (int i = 0; i < 12; ++i) {
      rig.append(std::string(static_cast<std::size_t>(500 * i), 'a'), 2);
      rig.settle();
    }
    rig.store.truncate(LogIndex{9});
    rig.settle();
    rig.reopen();
    rig.settle();
    for (int i = 0; i < 4; ++i) {
      rig.append("after " + std::to_string(i), 2);
      rig.store.add_derived(LogIndex{1}, static_cast<u32>(i), as_bytes("k"), as_bytes("v"));
      rig.settle();
    }
    rig.commit = rig.store.last_index();
    rig.now = rig.now + seconds(1);
    rig.settle();
    return rig.disk.files();
  }();
  return files;
}

/// The input, taken byte by byte; zeros where it has ended.
class Script {
 public:
  explicit Script(Bytes input) : rest_(input) {}
  [[nodiscard]] bool ended() const { return rest_.empty(); }
  u64 number(unsigned bytes) {
    u64 value = 0;
    for (unsigned i = 0; i < bytes && !rest_.empty(); ++i) {
      value |= std::to_integer<u64>(rest_[0]) << (8 * i);
      rest_ = rest_.subspan(1);
    }
    return value;
  }
  /// Small numbers, and those that are one off the largest, in few bytes.
  u64 odd_number() {
    switch (number(1) % 4) {
      case 0: return number(1);
      case 1: return UINT64_MAX - number(1);
      case 2: return (1ULL << 62) - number(1);
      case 3: return number(8);
    }
    return 0;
  }

 private:
  Bytes rest_;
};

FileBytes& some_file(Files& files, Script& script) {
  auto at = files.begin();
  std::advance(at, static_cast<i64>(script.number(1) % files.size()));
  return at->second;
}

// ---- Under checksums that are right ----------------------------------------------------------

struct FoundBatch {
  FileBytes* file = nullptr;
  u64 offset = 0;
  SegmentHeader segment;
  BatchHeader header;
};

/// The batches that can be read, segment by segment.
std::vector<FoundBatch> batches_of(Files& files) {
  std::vector<FoundBatch> places;
  for (auto& [id, bytes] : files) {
    if (id.kind != FileKind::segment || bytes.size() < kSegmentHeaderBytes) continue;
    const auto header = decode_segment_header(bytes);
    if (!header) continue;
    const u32 seed = segment_seed(header->header);
    for (u64 at = kSegmentHeaderBytes; at + kBlockBytes <= bytes.size();) {
      const Bytes unit = Bytes{bytes}.subspan(at, kUnitBytes);
      const auto head = decode_head(unit, seed, header->header.segment);
      if (!head || at + u64{head->blocks} * kBlockBytes > bytes.size()) break;
      places.push_back({.file = &bytes, .offset = at, .segment = header->header, .header = *head});
      at += u64{head->blocks} * kBlockBytes;
    }
  }
  return places;
}

struct OpenBatch {
  BatchHeader header;
  std::vector<EntryRow> entries;
  std::vector<DerivedRow> derived;
};

/// Lets `change` have its way with a batch, and writes it as its writer would have.
template <class Change>
void rewrite(const FoundBatch& place, Change&& change) {
  const u64 size = u64{place.header.blocks} * kBlockBytes;
  const Bytes batch = Bytes{*place.file}.subspan(place.offset, size);
  OpenBatch open{.header = place.header, .entries = {}, .derived = {}};
  if (!decode_tables(place.header, batch, open.entries, open.derived)) return;
  std::vector<std::byte> whole(batch.begin(), batch.end());
  const BatchPlace there{.segment = place.segment.segment,
                         .offset = place.offset,
                         .seed = segment_seed(place.segment)};
  mask_batch(place.header, open.entries, there, whole);
  const Bytes bytes{whole};
  const BatchBody body{
      .entries = open.entries,
      .derived = open.derived,
      .payloads = bytes.subspan(payload_offset(place.header), place.header.payload_bytes),
      .records = bytes.subspan(records_offset(place.header), place.header.derived_bytes)};
  change(open);
  std::vector<std::byte> out;
  encode_batch(open.header, body, there, out);
  if (out.size() == size)
    std::ranges::copy(out, place.file->begin() + static_cast<i64>(place.offset));
}

void change_header(BatchHeader& header, Script& script) {
  const u64 field = script.number(1) % 11;
  const u64 value = script.odd_number();
  switch (field) {
    case 0: header.sequence = value; break;
    case 1: header.durable_upto = value; break;
    case 2: header.first_index = value; break;
    case 3: header.term = Term{value}; break;
    case 4: header.vote = NodeId{static_cast<u32>(value)}; break;
    case 5: header.commit = value; break;
    case 6: header.trunc_from = value; break;
    case 7: header.chain = value; break;
    case 8: header.kept_incarnation = value; break;
    case 9: header.kept_sequence = value; break;
    case 10: header.flags = static_cast<u16>(value); break;
  }
}

void change_batch(Files& files, Script& script) {
  const auto places = batches_of(files);
  if (places.empty()) return;
  rewrite(places[script.number(1) % places.size()], [&](OpenBatch& batch) {
    const u64 which = script.number(1);
    if (which % 3 == 0 && !batch.entries.empty()) {
      EntryRow& row = batch.entries[which / 3 % batch.entries.size()];
      const u64 value = script.odd_number();
      if (value % 3 == 0) row.term = Term{value};
      if (value % 3 == 1) row.kind = static_cast<u8>(value / 3);
      if (value % 3 == 2) row.time = WallTime{static_cast<i64>(value)};
    } else if (which % 3 == 1 && !batch.derived.empty()) {
      DerivedRow& row = batch.derived[which / 3 % batch.derived.size()];
      row.index = script.odd_number();
      row.sub = static_cast<u32>(script.number(1));
    } else {
      change_header(batch.header, script);
    }
  });
}

/// Makes the chain over all batches of each incarnation right again.
void chain_anew(Files& files) {
  u64 incarnation = 0;
  u64 chain = 0;
  for (const FoundBatch& place : batches_of(files)) {
    if (place.segment.incarnation.value != incarnation) {
      incarnation = place.segment.incarnation.value;
      chain = chain_start(segment_seed(place.segment));
    }
    rewrite(place, [&](OpenBatch& batch) { batch.header.chain = chain; });
    chain = chain_after(chain, Bytes{*place.file}.subspan(place.offset, kUnitBytes));
  }
}

void change_meta(Files& files, Script& script) {
  const u64 generation = script.number(1);
  const u64 field = script.number(1) % 7;
  const u64 value = script.odd_number();
  const bool both = script.number(1) % 2 == 0;
  for (auto& [id, bytes] : files) {
    const u64 at = meta_slot_offset(generation);
    if (id.kind != FileKind::meta || bytes.size() < at + kMetaSlotBytes) continue;
    const MutableBytes slot = MutableBytes{bytes}.subspan(at, kMetaSlotBytes);
    auto meta = decode_meta(slot, generation % 2);
    if (!meta) continue;
    switch (field) {
      case 0: meta->generation = value / 2 * 2 + generation % 2; break;
      case 1: meta->term = Term{value}; break;
      case 2: meta->vote = NodeId{static_cast<u32>(value)}; break;
      case 3: meta->incarnation = Incarnation{value}; break;
      case 4: meta->manifest = value; break;
      case 5: meta->identity.node = NodeId{static_cast<u32>(value)}; break;
      case 6: meta->manifest_crc = static_cast<u32>(value); break;
    }
    if (meta->generation > 0) encode_meta(*meta, slot);
    if (!both) return;
  }
}

/// A manifest with something else in it, and the metadata that names it.
void change_manifest(Files& files, Script& script) {
  for (auto& [id, bytes] : files) {
    if (id.kind != FileKind::manifest) continue;
    auto manifest = decode_manifest(bytes);
    if (!manifest || manifest->segments.empty()) continue;
    const u64 which = script.number(1);
    ManifestSegment& segment = manifest->segments[which / 4 % manifest->segments.size()];
    const u64 value = script.odd_number();
    switch (which % 4) {
      case 0: segment.base_index = value; break;
      case 1: manifest->segments.back().incarnation.value += value % 4; break;
      case 2: segment.doomed = !segment.doomed; break;
      case 3: manifest->members = {NodeId{1}, NodeId{2 + static_cast<u32>(value % 4)}}; break;
    }
    encode_manifest(*manifest, bytes);
    for (auto& [meta_id, meta_bytes] : files) {
      for (const u64 parity : {0U, 1U}) {
        const u64 at = meta_slot_offset(parity);
        if (meta_id.kind != FileKind::meta || meta_bytes.size() < at + kMetaSlotBytes) continue;
        const MutableBytes slot = MutableBytes{meta_bytes}.subspan(at, kMetaSlotBytes);
        auto meta = decode_meta(slot, parity);
        if (!meta || meta->manifest != id.number) continue;
        meta->manifest_crc = manifest_crc(bytes);
        encode_meta(*meta, slot);
      }
    }
    return;
  }
}

// ---- Bytes alone -----------------------------------------------------------------------------

void change_bytes(Files& files, Script& script) {
  FileBytes& file = some_file(files, script);
  const u64 at = script.number(3);
  const u64 count = script.number(1) % 16;
  for (u64 i = 0; i < count && at + i < file.size(); ++i) {
    file[at + i] = static_cast<std::byte>(script.number(1));
  }
}

void copy_block(Files& files, Script& script) {
  const FileBytes from = some_file(files, script);
  FileBytes& to = some_file(files, script);
  const u64 source = script.number(1) * kUnitBytes * (1 + script.number(1) % kUnitsPerBlock);
  const u64 target = script.number(1) * kUnitBytes * (1 + script.number(1) % kUnitsPerBlock);
  const u64 count = script.number(1) % 2 == 0 ? kUnitBytes : kBlockBytes;
  if (source + count > from.size() || target + count > to.size()) return;
  std::copy_n(from.begin() + static_cast<i64>(source), count,
              to.begin() + static_cast<i64>(target));
}

void change_files(Files& files, Script& script) {
  const FileBytes bytes = some_file(files, script);
  const FileId id{.kind = static_cast<FileKind>(script.number(1) % 4),
                  .number = script.odd_number()};
  switch (script.number(1) % 3) {
    case 0: files[id] = bytes; break;
    case 1:
      if (files.size() > 1) files.erase(id);
      break;
    case 2: some_file(files, script).resize(script.number(3) % kFileBytesMax); break;
  }
}

Files made_of(Script& script) {
  Files files = good_directory();
  const u64 chained = script.number(1) % 2;
  for (int steps = 0; steps < 32 && !script.ended(); ++steps) {
    switch (script.number(1) % 8) {
      case 0: change_bytes(files, script); break;
      case 1: copy_block(files, script); break;
      case 2: change_files(files, script); break;
      case 3: change_meta(files, script); break;
      case 4: change_manifest(files, script); break;
      default: change_batch(files, script); break;
    }
  }
  if (chained == 1) chain_anew(files);
  return files;
}

// ---- What becomes of it ----------------------------------------------------------------------

void look_into(const Files& files) {
  CrashDisk disk{files};
  DiskRequests requests;
  std::vector<Event> events;
  const Output out{.disk = requests, .events = events};
  Recovery recovery;
  StoreOptions whoever;
  whoever.cluster = {7};
  whoever.node = {1};
  recovery.start(whoever, disk.list(), out);
  while (!requests.reads().empty()) {
    const std::vector<DiskRead> reads = requests.reads();
    requests.clear();
    for (const DiskRead& read : reads) recovery.on_read(disk.read(read), out);
  }
  const bool done = recovery.step() == RecoveryStep::done;
  SNOWFLK_ASSERT(done == recovery.reason().empty());
  const LogJudgement judgement = judge_log(recovery.scans());
  SNOWFLK_ASSERT(tools::inspect_as_json(recovery, judgement).starts_with("{\"verdict\":\""));
  SNOWFLK_ASSERT(tools::inspect_as_text(recovery, judgement).starts_with("node="));
}

void start_on(const Files& files) {
  StoreRig rig{CrashDisk{files}};
  rig.settle();
  if (rig.store.state() != StoreState::ready) {
    SNOWFLK_ASSERT(!rig.store.reason().empty());
    return;
  }
  const Recovered found = rig.store.recovered();
  const u64 term = std::max<u64>(
      {1, found.term.value, found.entries.empty() ? 0 : found.entries.back().term.value});
  const u64 last = rig.store.last_index().value;
  SNOWFLK_ASSERT(last == found.entries.size());
  rig.append("one more", term);
  rig.settle();
  SNOWFLK_ASSERT(rig.store.state() == StoreState::ready);
  rig.reopen();
  rig.settle();
  SNOWFLK_ASSERT(rig.store.state() == StoreState::ready);
  SNOWFLK_ASSERT(rig.store.last_index().value == last + 1);
  SNOWFLK_ASSERT(rig.payload(rig.store.last_index()) == "one more");
  SNOWFLK_ASSERT(rig.store.recovered().term >= found.term);
  const auto& again = rig.store.recovered().entries;
  SNOWFLK_ASSERT(std::equal(found.entries.begin(), found.entries.end(), again.begin()));
}

}  // namespace
}  // namespace snowflk::bitcask

namespace snowflk::fuzz {

void node_directory(Bytes input) {
  bitcask::Script script{input};
  const bitcask::Files files = bitcask::made_of(script);
  bitcask::look_into(files);
  bitcask::start_on(files);
}

}  // namespace snowflk::fuzz
