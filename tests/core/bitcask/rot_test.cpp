// Torn, rotten, missing: what a start makes of a directory that is not as it was left.
//
// Names such as W7 are those of known bugs of other logs: the damage each of them got wrong.
#include <utility>

#include "core/bitcask/store.hpp"
#include "tests/catch.hpp"
#include "tests/support/store_rig.hpp"

namespace snowflk::bitcask {
namespace {

using Catch::Matchers::Contains;
using testing::CrashDisk;
using testing::rig_options;
using testing::StoreRig;
using Files = std::map<FileId, FileBytes>;

constexpr FileId kFirst{FileKind::segment, 1};
constexpr FileId kMeta0{FileKind::meta, 0};
constexpr FileId kMeta1{FileKind::meta, 1};

// Segment 1: REHOME in block 2, then batches of one block each with entries 1, 2, 3.
StoreRig three_batches() {
  StoreRig rig;
  rig.settle();
  rig.store.set_hard_state(Term{3}, NodeId{2});
  for (int i = 1; i <= 3; ++i) {
    rig.append("entry " + std::to_string(i), 3);
    rig.settle();
  }
  return rig;
}
constexpr u64 batch_at(u64 nth) { return (2 + nth) * kBlockBytes; }

StoreRig open(const Files& files) {
  StoreRig rig{CrashDisk{files}};
  rig.settle();
  return rig;
}
void zero(FileBytes& bytes, u64 from, u64 count) {
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), count, std::byte{0});
}
void garble(FileBytes& bytes, u64 from, u64 count) {
  for (u64 at = from; at < from + count; ++at) bytes[at] ^= std::byte{0x5a};
}

TEST_CASE("rig: the batches lie where these tests say") {
  StoreRig rig = open(three_batches().disk.files());
  REQUIRE(rig.store.state() == StoreState::ready);
  CHECK(rig.store.recovered().entries.size() == 3);
}

// W7, W23: zeros in the middle of a log are no end of it.
TEST_CASE("a witnessed batch that reads as zero is rot, not the end of the log") {
  Files files = three_batches().disk.files();
  zero(files[kFirst], batch_at(2), kBlockBytes);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::refusing);
  CHECK_THAT(rig.store.reason(), Contains("witnessed-but-lost") && Contains("offset 16384"));
}

TEST_CASE("a witnessed batch whose payload reads as zero is rot") {
  Files files = three_batches().disk.files();
  zero(files[kFirst], batch_at(1) + kUnitBytes, 6 * kUnitBytes);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::refusing);
  CHECK_THAT(rig.store.reason(), Contains("witnessed-but-blank"));
}

TEST_CASE("a refusing store wants nothing of the disk") {
  Files files = three_batches().disk.files();
  garble(files[kFirst], batch_at(1) + kUnitBytes, 1);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::refusing);
  CHECK(rig.disk.files() == files);
}

// W5, W33: whatever units of the last write are there, the node starts, with the log before it.
TEST_CASE("a last batch of which any units are missing is torn, and dropped") {
  const Files whole = three_batches().disk.files();
  for (unsigned present = 0; present < 256; ++present) {
    Files files = whole;
    for (u64 unit = 0; unit < kUnitsPerBlock; ++unit) {
      if ((present >> unit & 1U) == 0) {
        zero(files[kFirst], batch_at(3) + unit * kUnitBytes, kUnitBytes);
      }
    }
    StoreRig rig = open(files);
    INFO("units present " << present);
    REQUIRE(rig.store.state() == StoreState::ready);
    const std::size_t entries = rig.store.recovered().entries.size();
    CHECK((entries == 2 || entries == 3));
    if (entries == 3) CHECK(rig.payload(LogIndex{3}) == "entry 3");
  }
}

TEST_CASE("a last batch with a unit that is neither old nor new is not dropped") {
  Files files = three_batches().disk.files();
  garble(files[kFirst], batch_at(3) + 2 * kUnitBytes, 3);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::refusing);
  CHECK_THAT(rig.store.reason(), Contains("neither-old-nor-new"));
}

TEST_CASE("either head unit of a batch is enough") {
  for (const u64 unit : {u64{0}, kUnitsPerBlock - 1}) {
    Files files = three_batches().disk.files();
    garble(files[kFirst], batch_at(2) + unit * kUnitBytes, kUnitBytes);
    StoreRig rig = open(files);
    REQUIRE(rig.store.state() == StoreState::ready);
    CHECK(rig.payload(LogIndex{2}) == "entry 2");
  }
}

TEST_CASE("an entry that was committed here is never dropped as torn") {
  StoreRig before = three_batches();
  before.commit = LogIndex{3};
  before.now = before.now + milliseconds(60);
  before.settle();  // the witness carries the commit index
  Files files = before.disk.files();
  zero(files[kFirst], batch_at(3) + kUnitBytes, 6 * kUnitBytes);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::refusing);
}

// The idle witness closes the window in which zeroing rot looks like a torn write.
TEST_CASE("after a quiet the last batch is witnessed") {
  StoreRig before = three_batches();
  CHECK(before.store.deadline() == before.now + Store::kWitnessAfter);
  before.now = before.store.deadline();
  before.settle();
  CHECK(before.store.deadline() == kNever);
  Files files = before.disk.files();
  zero(files[kFirst], batch_at(3), kBlockBytes);
  CHECK(open(files).store.state() == StoreState::refusing);
}

// W21: a file that is missing does not make the rest of the log look whole.
TEST_CASE("a listed segment that is missing is rot") {
  Files files = three_batches().disk.files();
  files.erase(kFirst);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::refusing);
  CHECK_THAT(rig.store.reason(),
             Contains("seg-0000000000000001.log") && Contains("listed-segment-missing"));
}

TEST_CASE("a segment that is shorter than it was made is rot") {
  Files files = three_batches().disk.files();
  files[kFirst].resize(files[kFirst].size() - kBlockBytes);
  CHECK_THAT(open(files).store.reason(), Contains("segment-has-another-size"));
}

TEST_CASE("one copy of a segment's header is enough, none is rot") {
  Files files = three_batches().disk.files();
  garble(files[kFirst], 0, 64);
  CHECK(open(files).store.state() == StoreState::ready);
  garble(files[kFirst], kBlockBytes, 64);
  CHECK_THAT(open(files).store.reason(), Contains("segment-header-lost"));
}

// W20: a batch of another segment, whole and in place, is no batch of this one.
TEST_CASE("a batch that was written to another segment does not read as one of this") {
  StoreRig first = three_batches();
  first.reopen();
  first.settle();
  Files files = first.disk.files();
  const FileId second{FileKind::segment, 2};
  REQUIRE(files.contains(second));
  std::copy_n(files[kFirst].begin() + static_cast<std::ptrdiff_t>(batch_at(1)), kBlockBytes,
              files[second].begin() + static_cast<std::ptrdiff_t>(batch_at(1)));
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::refusing);
  CHECK_THAT(rig.store.reason(), Contains("head-neither-old-nor-new"));
}

TEST_CASE("a segment that no manifest lists must be empty") {
  Files files = three_batches().disk.files();
  files[{FileKind::segment, 9}] = FileBytes(testing::kRigSegmentBytes);
  StoreRig empty = open(files);
  REQUIRE(empty.store.state() == StoreState::ready);
  CHECK_FALSE(empty.disk.files().contains({FileKind::segment, 9}));
  files[{FileKind::segment, 9}][batch_at(5)] = std::byte{1};
  CHECK_THAT(open(files).store.reason(), Contains("unlisted-segment-holds-bytes"));
}

// W14: a vote is not forgotten because one slot of one copy rots.
TEST_CASE("one metadata file may rot, whole or in part") {
  for (const FileId file : {kMeta0, kMeta1}) {
    for (u64 slot = 0; slot < 3; ++slot) {
      Files files = three_batches().disk.files();
      const u64 from = slot == 2 ? 0 : slot * kMetaSlotBytes;
      garble(files[file], from, slot == 2 ? kMetaBytes : kMetaSlotBytes);
      StoreRig rig = open(files);
      REQUIRE(rig.store.state() == StoreState::ready);
      CHECK(rig.store.recovered().term == Term{3});
      CHECK(rig.store.recovered().vote == NodeId{2});
    }
  }
}

// W14: what the generation before says is old; whoever went by it could vote twice in a term.
TEST_CASE("when the newest metadata is lost in both files, the one before it is not taken for it") {
  StoreRig before = three_batches();
  before.store.set_hard_state(Term{4}, NodeId{3});
  before.settle();
  before.store.set_hard_state(Term{5}, NodeId{3});
  before.settle();
  Files files = before.disk.files();
  MetaSlots slots;
  read_meta_file(files[kMeta0], 0, slots);
  read_meta_file(files[kMeta1], 1, slots);
  const u64 newest = choose_meta(slots).meta.generation;
  garble(files[kMeta0], meta_slot_offset(newest), 64);
  garble(files[kMeta1], meta_slot_offset(newest), 64);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::failed);
  CHECK_FALSE(rig.store.disk_failed());
  CHECK_THAT(rig.store.reason(), Contains("the newest metadata may be lost in both files"));
}

TEST_CASE("a directory whose metadata is lost is not started under its old identity") {
  Files files = three_batches().disk.files();
  garble(files[kMeta0], 0, kMetaBytes);
  garble(files[kMeta1], 0, kMetaBytes);
  CHECK(open(files).store.state() == StoreState::failed);
  files.erase(kMeta0);
  files.erase(kMeta1);
  StoreRig rig = open(files);
  CHECK(rig.store.state() == StoreState::failed);
  CHECK_THAT(rig.store.reason(), Contains("a log but no metadata"));
}

TEST_CASE("the directory of another node, or of another cluster, is refused in a sentence") {
  const Files files = three_batches().disk.files();
  StoreOptions other = rig_options();
  other.node = NodeId{2};
  StoreRig rig(CrashDisk{files}, other);
  CHECK(rig.store.state() == StoreState::failed);
  CHECK(rig.store.reason() ==
        "the directory belongs to node 1 of cluster 7, but this is node 2 of cluster 7");
}

// W11: after a sync that failed, a later one that succeeds says nothing.
TEST_CASE("a failed sync ends the incarnation") {
  StoreRig rig = three_batches();
  const u64 ticket = rig.append("never acknowledged", 3);
  rig.flush();
  REQUIRE(rig.step(Lane::log));
  rig.store.on_refused(Lane::log, rig.disk.fail_sync(Lane::log), DiskError::io, rig.output());
  CHECK(rig.store.state() == StoreState::failed);
  CHECK(rig.store.disk_failed());
  CHECK(rig.store.durable_ticket() < ticket);
  rig.flush();
  CHECK(rig.requests.operations().empty());
}

// W11 after a restart: what a failed sync left in the cache is written anew, to another file.
TEST_CASE("what a failed sync left readable is durable after a restart, or gone") {
  StoreRig rig = three_batches();
  rig.append("in the cache alone", 3);
  rig.flush();
  REQUIRE(rig.step(Lane::log));
  rig.store.on_refused(Lane::log, rig.disk.fail_sync(Lane::log), DiskError::io, rig.output());
  rig.reopen();
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  REQUIRE(rig.store.recovered().entries.size() == 4);
  Prng prng(1, 0, 0);
  rig.disk.power_cut(prng);
  rig.reopen();
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  CHECK(rig.payload(LogIndex{4}) == "in the cache alone");
}

// W3: a new incarnation never writes to a file of an earlier one.
TEST_CASE("segments of earlier incarnations are never written again") {
  StoreRig rig = three_batches();
  const FileBytes before = rig.disk.files().at(kFirst);
  rig.reopen();
  rig.settle();
  for (int i = 0; i < 5; ++i) {
    rig.append("more", 3);
    rig.settle();
  }
  CHECK(rig.disk.files().at(kFirst) == before);
}

StoreRig open_failing(const Files& files, StoreRig::Fails fails) {
  StoreRig rig{CrashDisk{files}, rig_options(), std::move(fails)};
  rig.settle();
  return rig;
}

TEST_CASE("a read that fails is tried again, and then stops the node: it is no end of the log") {
  const StoreRig tried = open_failing(three_batches().disk.files(), [](const DiskRead& read) {
    return read.file.kind == FileKind::segment;
  });
  CHECK(tried.failed == Recovery::kReadTriesMax);
  CHECK(tried.store.state() == StoreState::failed);
  CHECK(tried.store.disk_failed());
}

TEST_CASE("a slot of the metadata that cannot be read counts as one that rotted") {
  StoreRig before = three_batches();
  before.store.set_hard_state(Term{4}, NodeId{3});
  before.settle();
  before.store.set_hard_state(Term{5}, NodeId{3});
  before.settle();
  const Files files = before.disk.files();
  MetaSlots slots;
  read_meta_file(files.at(kMeta0), 0, slots);
  const u64 newest = meta_slot_offset(choose_meta(slots).meta.generation);
  const auto in_slot = [](u64 slot, bool in_both) {
    return [=](const DiskRead& read) {
      const bool metadata = in_both ? read.file.kind == FileKind::meta : read.file == kMeta0;
      return metadata && read.offset < slot + kMetaSlotBytes && slot < read.offset + read.length;
    };
  };
  for (const u64 slot : {u64{0}, kMetaSlotBytes}) {
    const StoreRig one = open_failing(files, in_slot(slot, false));
    CHECK(one.failed == 2 * Recovery::kReadTriesMax);
    REQUIRE(one.store.state() == StoreState::ready);
    CHECK(one.store.recovered().term == Term{5});
    CHECK(one.store.recovered().vote == NodeId{3});
  }
  const StoreRig lost = open_failing(files, in_slot(newest, true));
  CHECK(lost.store.state() == StoreState::failed);
  CHECK(lost.store.disk_failed());
  const StoreRig all =
      open_failing(files, [](const DiskRead& read) { return read.file.kind == FileKind::meta; });
  CHECK(all.store.state() == StoreState::failed);
  CHECK(all.store.disk_failed());
  CHECK_THAT(all.store.reason(), Contains("neither copy of the metadata can be read"));
}

TEST_CASE("without space the store says so, loses nothing, and goes on when there is some") {
  StoreRig rig = three_batches();
  const std::string filler(3000, 'f');
  bool refused = false;
  while (rig.store.can_append(filler.size())) {
    rig.append(filler, 3);
    rig.flush();
    while (!rig.disk.idle(Lane::log)) rig.step(Lane::log);
    if (!rig.disk.idle(Lane::background) && !refused) {
      rig.store.on_refused(Lane::background, rig.disk.refuse(Lane::background), DiskError::no_space,
                           rig.output());
      refused = true;
    }
  }
  REQUIRE(refused);
  CHECK(rig.store.state() == StoreState::ready);
  const LogIndex full = rig.store.last_index();
  CHECK(rig.store.durable_index() == full);
  rig.append(filler, 3);  // the node may: it waits in memory
  rig.settle();
  CHECK(rig.store.durable_index() == full);
  rig.now = rig.now + seconds(1);  // there is space again
  rig.settle();
  CHECK(rig.store.durable_index() == full.next());
  CHECK(rig.store.can_append(filler.size()));
}

}  // namespace
}  // namespace snowflk::bitcask
