// What a peer is to get and must be read first.
#include "core/node/pending_sends.hpp"
#include "core/node/limits.hpp"
#include "tests/catch.hpp"
#include "tests/support/store_rig.hpp"

namespace snowflk::node {
namespace {

// Entry 1 has left the memory for recent entries: an append with it waits for the disk.
struct Waits {
  Waits() {
    rig.settle();
    rig.store.set_hard_state(Term{1}, NodeId{1});
    for (int i = 0; i < 6; ++i) rig.append(std::string(2000, 'x'));
    rig.settle();
    REQUIRE_FALSE(rig.store.payload(LogIndex{1}).has_value());
    const raft::AppendEntries message{.term = Term{1},
                                      .prev_log_index = {},
                                      .prev_log_term = {},
                                      .leader_commit = {},
                                      .entry_count = 1};
    const wire::Entry row{.info = {.term = Term{1}, .size = 2000, .kind = raft::EntryKind::command},
                          .time_ms = 1000,
                          .payload = {}};
    sends.add(NodeId{2}, message, std::span{&row, 1}, rig.store, rig.output());
  }

  /// The disk's answer to the one read that is asked for. `turned`: with a wrong bit.
  Fetched answer(bool turned) {
    REQUIRE(rig.requests.reads().size() == 1);
    const bitcask::DiskRead read = rig.requests.reads().front();
    rig.requests.clear();
    const Bytes good = rig.disk.read(read);
    std::vector<std::byte> bytes{good.begin(), good.end()};
    if (turned) bytes[bytes.size() / 2] ^= std::byte{1};
    return offer(read.id, Bytes{bytes});
  }
  Fetched refuse() {
    REQUIRE(rig.requests.reads().size() == 1);
    const bitcask::DiskReadId id = rig.requests.reads().front().id;
    rig.requests.clear();
    return offer(id, std::unexpected{bitcask::DiskError::io});
  }

  testing::StoreRig rig;
  PendingSends sends;
  std::vector<std::string> sent;

 private:
  Fetched offer(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes) {
    return sends.on_read(
        id, bytes, rig.store, rig.output(),
        [&](NodeId, const raft::AppendEntries&, std::span<const wire::Entry> entries) {
          sent.emplace_back(as_text(entries.front().payload));
        });
  }
};

}  // namespace

TEST_CASE("an append waits for its entry and goes out once") {
  Waits waits;
  CHECK(waits.answer(false) == Fetched::taken);
  CHECK(waits.sent == std::vector{std::string(2000, 'x')});
  CHECK(waits.rig.requests.reads().empty());
}

TEST_CASE("a wrong read of an entry to be sent is asked for again, and is rot only then") {
  Waits waits;
  for (u32 attempt = 1; attempt < limits::kReadAttemptsMax; ++attempt) {
    CHECK(waits.answer(true) == Fetched::taken);
    CHECK(waits.sent.empty());
  }
  SECTION("right at last: it is sent") {
    CHECK(waits.answer(false) == Fetched::taken);
    CHECK(waits.sent == std::vector{std::string(2000, 'x')});
  }
  SECTION("wrong to the last: it is rot, and where") {
    CHECK(waits.answer(true) == Fetched::rot);
    CHECK(waits.sent.empty());
    CHECK(waits.sends.rotten() == waits.rig.store.payload_location(LogIndex{1}));
  }
  SECTION("refused at last: nobody has seen what the disk holds") {
    CHECK(waits.refuse() == Fetched::failed);
    CHECK(waits.sent.empty());
  }
}

TEST_CASE("an entry to be sent that was read wrong once, after it was refused, is no rot") {
  Waits waits;
  for (u32 attempt = 1; attempt < limits::kReadAttemptsMax; ++attempt) {
    CHECK(waits.refuse() == Fetched::taken);
  }
  CHECK(waits.answer(true) == Fetched::failed);
  CHECK(waits.sent.empty());
}

}  // namespace snowflk::node
