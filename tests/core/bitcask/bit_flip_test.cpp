// A bit flips somewhere in a directory: it is noticed, or it was in bytes that do not count. Never
// does a store open with another log, another vote or other bytes.
#include "core/bitcask/store.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"
#include "tests/support/store_rig.hpp"

namespace snowflk::bitcask {
namespace {

using testing::CrashDisk;
using testing::StoreRig;
using Files = std::map<FileId, FileBytes>;

struct Expected {
  Files files;
  std::vector<std::string> payloads;
};

// Two incarnations, a truncation, derived records, a rotation, and a witness for all of it.
Expected full_directory() {
  StoreRig rig;
  rig.settle();
  rig.store.set_hard_state(Term{2}, NodeId{3});
  for (int i = 0; i < 12; ++i) {
    rig.append(std::string(static_cast<std::size_t>(500 * i), static_cast<char>('a' + i)), 2);
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
  Expected expected{.files = rig.disk.files(), .payloads = {}};
  for (u64 i = 1; i <= rig.store.last_index().value; ++i) {
    expected.payloads.push_back(rig.payload(LogIndex{i}).value());
  }
  return expected;
}

// True: noticed, or without effect.
bool harmless(const Expected& expected, const Files& files) {
  StoreRig rig{CrashDisk{files}};
  rig.settle();
  if (rig.store.state() != StoreState::ready) return !rig.store.reason().empty();
  const Recovered& found = rig.store.recovered();
  if (found.term != Term{2} || found.vote != NodeId{3}) return false;
  if (found.entries.size() != expected.payloads.size()) return false;
  for (u64 i = 0; i < expected.payloads.size(); ++i) {
    if (rig.payload(LogIndex{i + 1}) != expected.payloads[i]) return false;
  }
  return true;
}

TEST_CASE("a flipped bit is noticed, or was in bytes that do not count") {
  const Expected expected = full_directory();
  REQUIRE(expected.payloads.size() == 12);
  REQUIRE(harmless(expected, expected.files));
  u64 flips = 0;
  Prng prng(5, 0, 0);
  for (const auto& [file, bytes] : expected.files) {
    for (u64 unit = 0; unit < bytes.size(); unit += kUnitBytes) {
      const u64 length = std::min<u64>(kUnitBytes, bytes.size() - unit);
      const bool written = !all_zero(Bytes{bytes}.subspan(unit, length));
      for (u64 times = 0; times < (written ? 4 : 1); ++times) {
        Files files = expected.files;
        const u64 at = unit + prng.below(length);
        files[file][at] ^= static_cast<std::byte>(1U << prng.below(8));
        INFO(file_name(file) << " offset " << at);
        CHECK(harmless(expected, files));
        flips += 1;
      }
    }
  }
  CHECK(flips > 500);
}

// Every bit of what the tables and heads say: the places where a wrong number would do most.
TEST_CASE("no bit of a batch's head or tables may flip unnoticed") {
  const Expected expected = full_directory();
  const FileId first{FileKind::segment, 1};
  for (u64 at = kSegmentHeaderBytes + kBlockBytes; at < kSegmentHeaderBytes + 2 * kBlockBytes;
       at += 5) {
    Files files = expected.files;
    files[first][at] ^= static_cast<std::byte>(1U << (at % 8));
    INFO("offset " << at);
    CHECK(harmless(expected, files));
  }
}

TEST_CASE("every value that is read back is checked") {
  StoreRig rig;
  rig.settle();
  rig.store.set_hard_state(Term{1}, NodeId{1});
  std::vector<std::byte> bytes(kPayloadPrefixBytes);
  encode_record(as_bytes("key"), as_bytes("the value that is read back"), bytes);
  const std::string value{as_text(bytes)};
  rig.append(value);
  rig.settle();
  const DiskReadId id = rig.store.read_payload(LogIndex{1}, rig.output());
  const DiskRead read = rig.requests.reads().front();
  CHECK(read.id == id);
  rig.requests.clear();
  const Bytes good = rig.disk.read(read);
  std::vector<std::byte> payload(value.size());
  REQUIRE(rig.store.check_payload(LogIndex{1}, good, payload));
  CHECK(as_text(payload) == value);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    FileBytes bad{good.begin(), good.end()};
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    CHECK(rig.store.check_payload(LogIndex{1}, bad, payload).error() == ReadFault::checksum);
  }
  const auto cut = rig.store.check_payload(LogIndex{1}, good.first(3), payload);
  CHECK(cut.error() == ReadFault::too_short);
}

}  // namespace
}  // namespace snowflk::bitcask
