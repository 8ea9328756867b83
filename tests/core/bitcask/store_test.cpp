// The store from outside: what it promises of a directory, from bootstrap to reopen.
#include "core/bitcask/store.hpp"

#include "core/bitcask/image.hpp"
#include "tests/catch.hpp"
#include "tests/support/store_rig.hpp"

namespace snowflk::bitcask {
namespace {

using testing::CrashDisk;
using testing::rig_options;
using testing::StoreRig;

StoreRig ready_rig() {
  StoreRig rig;
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  rig.store.set_hard_state(Term{1}, NodeId{1});
  rig.settle();
  return rig;
}

TEST_CASE("an empty directory becomes a node only when told to bootstrap") {
  StoreOptions options = rig_options();
  options.bootstrap = false;
  StoreRig rig(CrashDisk{}, options);
  CHECK(rig.store.state() == StoreState::failed);
  CHECK(rig.store.reason() == "the directory is empty, and the node was not told to bootstrap");
  CHECK_FALSE(rig.store.disk_failed());
}

TEST_CASE("a directory that was made for other members is refused") {
  StoreOptions options = rig_options();
  options.members = {{1}, {2}, {3}};
  StoreRig rig(CrashDisk{}, options);
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  rig.options.members = {{1}, {2}};
  rig.reopen();
  CHECK(rig.store.state() == StoreState::failed);
  CHECK(rig.store.reason() ==
        "the directory was made in a cluster of the members 1 2 3, but this one has the members "
        "1 2: their majorities need not overlap, and what was acknowledged could be lost");
  rig.options.members = {{1}, {2}, {3}};
  rig.reopen();
  rig.settle();
  CHECK(rig.store.state() == StoreState::ready);
}

TEST_CASE("a bootstrapped directory opens again, with nothing in it") {
  StoreRig rig = ready_rig();
  CHECK(rig.store.recovered().incarnation == Incarnation{1});
  rig.reopen();
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  CHECK(rig.store.recovered().incarnation == Incarnation{2});
  CHECK(rig.store.recovered().term == Term{1});
  CHECK(rig.store.recovered().vote == NodeId{1});
  CHECK(rig.store.recovered().entries.empty());
}

TEST_CASE("entries survive, in order, with their terms, kinds and bytes") {
  StoreRig rig = ready_rig();
  for (int i = 0; i < 40; ++i) {
    rig.append("payload number " + std::to_string(i));
    if (i % 3 == 0) rig.settle();
  }
  rig.settle();
  CHECK(rig.store.durable_index() == LogIndex{40});
  for (int times = 0; times < 3; ++times) {
    rig.reopen();
    rig.settle();
    REQUIRE(rig.store.state() == StoreState::ready);
    REQUIRE(rig.store.recovered().entries.size() == 40);
    for (u64 i = 0; i < 40; ++i) {
      CHECK(rig.store.recovered().entries[i].kind == 2);
      CHECK(rig.payload(LogIndex{i + 1}) == "payload number " + std::to_string(i));
    }
  }
}

TEST_CASE("an entry that is larger than a segment gets a segment that holds it") {
  StoreRig rig = ready_rig();
  const std::string large(3 * testing::kRigSegmentBytes, 'x');
  rig.append("before");
  rig.settle();
  REQUIRE(rig.store.can_append(large.size()));
  rig.append(large);
  rig.append("after");
  rig.settle();
  CHECK(rig.store.durable_index() == LogIndex{3});
  CHECK(rig.payload(LogIndex{2}) == large);
  rig.reopen();
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  CHECK(rig.store.recovered().entries.size() == 3);
  CHECK(rig.payload(LogIndex{2}) == large);
  CHECK(rig.payload(LogIndex{3}) == "after");
}

TEST_CASE("an entry that is larger than a batch waits for nothing but space") {
  StoreRig rig = ready_rig();
  const u64 large = 3 * testing::kRigSegmentBytes;
  rig.append("waits");
  CHECK_FALSE(rig.store.can_append(large));
  rig.settle();
  CHECK(rig.store.can_append(large));
}

TEST_CASE("a computed value that is larger than a batch goes along with the next entry") {
  StoreRig rig = ready_rig();
  rig.append("x");
  rig.settle();
  const std::string large(testing::kRigSegmentBytes, 'v');
  rig.store.add_derived(LogIndex{1}, 0, as_bytes(std::string_view{"key"}), as_bytes(large));
  rig.append("y");
  rig.flush();
  REQUIRE(rig.store.durable_index() == LogIndex{1});
  std::size_t durable = 0;
  while (rig.step(Lane::log) || rig.step(Lane::background)) {
    durable += rig.store.derived_durable().size();
  }
  CHECK(rig.store.durable_index() == LogIndex{2});
  CHECK(durable == 1);
}

TEST_CASE("a change is durable when its ticket is, not before") {
  StoreRig rig = ready_rig();
  const u64 ticket = rig.append("x");
  rig.flush();
  CHECK(rig.store.durable_ticket() == ticket - 1);
  REQUIRE(rig.step(Lane::log));  // the write
  CHECK(rig.store.durable_ticket() == ticket - 1);
  REQUIRE(rig.step(Lane::log));  // the sync
  CHECK(rig.store.durable_ticket() == ticket);
  CHECK(rig.store.durable_index() == LogIndex{1});
}

TEST_CASE("changes gather while a batch is in flight, and go together in the next") {
  StoreRig rig = ready_rig();
  rig.append("first");
  rig.flush();
  rig.append("second");
  rig.append("third");
  rig.flush();
  rig.events.clear();
  rig.settle();
  u64 written = 0;
  for (const Event& event : rig.events) {
    if (const auto* batch = std::get_if<BatchWritten>(&event)) {
      written += 1;
      CHECK(batch->first == LogIndex{2});
      CHECK(batch->count == 2);
    }
  }
  CHECK(written == 1);
}

// ABA: the old write's completion does not speak for what has replaced it.
TEST_CASE("an old batch's completion does not make a newer entry at its index durable") {
  StoreRig rig = ready_rig();
  rig.append("old");
  rig.flush();
  rig.store.truncate(LogIndex{1});
  const u64 ticket = rig.append("new");
  rig.flush();
  REQUIRE(rig.step(Lane::log));
  REQUIRE(rig.step(Lane::log));
  CHECK(rig.store.durable_index() == LogIndex{0});
  CHECK(rig.store.durable_ticket() < ticket);
  rig.settle();
  CHECK(rig.store.durable_index() == LogIndex{1});
  rig.reopen();
  rig.settle();
  CHECK(rig.payload(LogIndex{1}) == "new");
}

// W32: a truncation is a record; what it cut off never comes back.
TEST_CASE("what a truncation cut off does not come back after a restart") {
  StoreRig rig = ready_rig();
  for (int i = 0; i < 5; ++i) rig.append("old " + std::to_string(i));
  rig.settle();
  rig.store.set_hard_state(Term{2}, NodeId{2});
  rig.store.truncate(LogIndex{3});
  rig.settle();
  rig.reopen();
  rig.settle();
  REQUIRE(rig.store.recovered().entries.size() == 2);
  rig.append("new 2", 2);
  rig.settle();
  rig.reopen();
  rig.settle();
  REQUIRE(rig.store.recovered().entries.size() == 3);
  CHECK(rig.payload(LogIndex{3}) == "new 2");
  CHECK(rig.store.recovered().entries[2].term == Term{2});
}

TEST_CASE("gathered entries that are cut off before they are written cost no batch") {
  StoreRig rig = ready_rig();
  rig.append("kept");
  rig.settle();
  rig.append("never written");
  const u64 ticket = rig.store.truncate(LogIndex{2});
  rig.events.clear();
  rig.settle();
  CHECK(rig.events.empty());
  CHECK(rig.store.durable_ticket() == ticket);
}

TEST_CASE("a log of many segments opens, and every entry is read back") {
  StoreRig rig = ready_rig();
  const std::string filler(3000, 'f');
  for (int i = 0; i < 100; ++i) {
    rig.append(filler + std::to_string(i));
    rig.settle();
  }
  CHECK(rig.store.durable_index() == LogIndex{100});
  rig.reopen();
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  REQUIRE(rig.store.recovered().entries.size() == 100);
  for (u64 i = 0; i < 100; ++i) {
    CHECK(rig.payload(LogIndex{i + 1}) == filler + std::to_string(i));
  }
}

TEST_CASE("a store that is opened again and again does not fill its directory") {
  StoreRig rig = ready_rig();
  rig.append("one");
  rig.settle();
  for (int times = 0; times < 20; ++times) {
    rig.reopen();
    rig.settle();
    REQUIRE(rig.store.state() == StoreState::ready);
    CHECK(rig.payload(LogIndex{1}) == "one");
  }
  CHECK(rig.disk.list().size() < 10);
}

TEST_CASE("a copy of a store goes on by itself") {
  StoreRig rig = ready_rig();
  rig.append("common");
  rig.flush();
  StoreRig copy = rig;
  copy.append("copy only");
  copy.settle();
  rig.settle();
  CHECK(rig.store.last_index() == LogIndex{1});
  CHECK(copy.store.durable_index() == LogIndex{2});
  copy.reopen();
  copy.settle();
  CHECK(copy.payload(LogIndex{2}) == "copy only");
}

TEST_CASE("an image opens as the log and the hard state that it was made of") {
  const std::vector<ImageEntry> entries{
      {.term = {1}, .kind = 1, .time = {}, .payload = {}},
      {.term = {1}, .kind = 2, .time = {5}, .payload = as_bytes("a")},
      {.term = {3}, .kind = 2, .time = {6}, .payload = as_bytes("b")}};
  const auto files =
      make_image(rig_options(), {.term = {4}, .vote = {3}, .commit = {2}, .entries = entries});
  std::map<FileId, FileBytes> directory;
  for (const ImageFile& file : files) directory[file.file] = file.bytes;
  StoreOptions options = rig_options();
  options.bootstrap = false;
  StoreRig rig(CrashDisk{directory}, options);
  rig.settle();
  REQUIRE(rig.store.state() == StoreState::ready);
  const Recovered& recovered = rig.store.recovered();
  CHECK(recovered.term == Term{4});
  CHECK(recovered.vote == NodeId{3});
  CHECK(recovered.commit == LogIndex{2});
  REQUIRE(recovered.entries.size() == 3);
  CHECK(recovered.entries[2] == RecoveredEntry{.term = {3}, .size = 1, .kind = 2});
  CHECK(rig.payload(LogIndex{3}) == "b");
}

}  // namespace
}  // namespace snowflk::bitcask
