#include "sim/disk.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "sim/state/state.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
using bitcask::Create;
using bitcask::DiskError;
using bitcask::FileId;
using bitcask::FileKind;
using bitcask::Lane;
using bitcask::Rename;
using bitcask::Sync;
using bitcask::SyncDirectory;
using bitcask::Unlink;
using bitcask::Write;

namespace {

constexpr FileId kSegment{FileKind::segment, 1};
constexpr FileId kOther{FileKind::segment, 2};
constexpr u64 kSize = 8192;

/// One disk and its schedule, driven by hand.
struct Bench {
  explicit Bench(u64 seed = 1, DiskOptions options = {})
      : disk(seed, NodeId{1}, options), schedule(seed) {}

  void issue(const bitcask::DiskAction& action, Lane lane = Lane::log) {
    u64& last = sequence[static_cast<unsigned>(lane)];
    disk.issue(bitcask::DiskOp{.lane = lane, .sequence = ++last, .action = action}, schedule, 1,
               {});
  }
  void write(FileId file, u64 offset, unsigned char with, std::size_t size = 512) {
    const std::vector<std::byte> bytes(size, std::byte{with});
    issue(Write{.file = file, .offset = offset, .bytes = bytes});  // the disk keeps its own copy
  }
  /// Lets `count` operations finish; returns the last.
  DiskOpFinished finish(int count = 1) {
    DiskOpFinished last;
    while (count > 0) {
      const Pending pending = schedule.pop();
      REQUIRE(pending.kind == EventKind::disk_done);
      const auto done = disk.finish(static_cast<Lane>(pending.argument), schedule, 1);
      if (!done) continue;
      last = *done;
      count -= 1;
    }
    return last;
  }
  void finish_all() {
    while (!schedule.empty()) finish();
  }
  /// As the world does it: what was pending of this incarnation is void.
  void crash(CrashKind kind) {
    disk.crash(kind, Unsynced::drawn);
    schedule = Schedule{2};
    sequence[0] = sequence[1] = 0;
  }
  std::vector<FileId> names() const {
    std::vector<bitcask::FoundFile> files;
    disk.list(files);
    std::vector<FileId> out;
    for (const auto& file : files) out.push_back(file.file);
    return out;
  }
  std::expected<std::vector<std::byte>, DiskError> read(FileId file, u64 offset, u32 length) {
    reads += 1;
    disk.issue(bitcask::DiskRead{.id = {reads}, .file = file, .offset = offset, .length = length},
               schedule, 1, {});
    Pending pending = schedule.pop();
    while (pending.kind != EventKind::read_done) pending = schedule.pop();
    const auto done = disk.finish_read(pending.argument);
    if (!done.bytes) return std::unexpected(done.bytes.error());
    return std::vector<std::byte>(done.bytes->begin(), done.bytes->end());
  }
  unsigned char first(FileId file, u64 offset) {
    const auto bytes = read(file, offset, 1);
    REQUIRE(bytes);
    REQUIRE(bytes->size() == 1);
    return std::to_integer<unsigned char>(bytes->front());
  }

  Disk disk;
  Schedule schedule;
  u64 sequence[bitcask::kLaneCount] = {};
  u64 reads = 0;
};

/// A bench on which `kSegment` is durable in name and length.
Bench with_segment(u64 seed = 1, DiskOptions options = {}) {
  Bench bench{seed, options};
  bench.issue(Create{.file = kSegment, .size = kSize});
  bench.issue(Sync{.file = kSegment});
  bench.issue(SyncDirectory{});
  bench.finish_all();
  return bench;
}

}  // namespace

TEST_CASE("A lane is a FIFO: operations are done one by one, in order") {
  Bench bench = with_segment();
  bench.write(kSegment, 0, 1);
  bench.write(kSegment, 0, 2);
  bench.issue(Sync{.file = kSegment});
  REQUIRE(bench.schedule.size() == 1);  // only the first is in execution
  CHECK(bench.finish().sequence == 4);
  CHECK(bench.first(kSegment, 0) == 1);
}

TEST_CASE("The two lanes do not wait for each other") {
  Bench bench;
  bench.issue(Create{.file = kSegment, .size = kSize}, Lane::log);
  bench.issue(Create{.file = kOther, .size = kSize}, Lane::background);
  CHECK(bench.schedule.size() == 2);
  bench.finish_all();
  CHECK(bench.names() == std::vector<FileId>{kSegment, kOther});
}

TEST_CASE("A process crash keeps what was written, synced or not") {
  Bench bench = with_segment();
  bench.write(kSegment, 512, 9);
  bench.finish_all();
  bench.crash(CrashKind::process);
  CHECK(bench.first(kSegment, 512) == 9);
}

TEST_CASE("A machine crash may lose what was written and not synced") {
  std::set<unsigned char> seen;
  for (u64 seed = 1; seed <= 32; ++seed) {
    Bench bench = with_segment(seed);
    bench.write(kSegment, 512, 9);
    bench.finish_all();
    bench.crash(CrashKind::machine);
    seen.insert(bench.first(kSegment, 512));
  }
  CHECK(seen == std::set<unsigned char>{0, 9});
}

TEST_CASE("What was synced in a synced directory outlives a machine crash") {
  for (u64 seed = 1; seed <= 32; ++seed) {
    Bench bench = with_segment(seed);
    bench.write(kSegment, 512, 9);
    bench.issue(Sync{.file = kSegment});
    bench.finish_all();
    bench.crash(CrashKind::machine);
    REQUIRE(bench.first(kSegment, 512) == 9);
  }
}

TEST_CASE("A file whose directory was not synced may be gone, though its data was synced") {
  std::set<std::size_t> seen;
  for (u64 seed = 1; seed <= 32; ++seed) {
    Bench bench{seed};
    bench.issue(Create{.file = kSegment, .size = kSize});
    bench.issue(Sync{.file = kSegment});
    bench.finish_all();
    bench.crash(CrashKind::machine);
    seen.insert(bench.names().size());
  }
  CHECK(seen == std::set<std::size_t>{0, 1});
}

TEST_CASE("Unsynced names are kept or lost each for itself, in no order") {
  std::set<std::vector<FileId>> seen;
  for (u64 seed = 1; seed <= 64; ++seed) {
    Bench bench{seed};
    bench.issue(Create{.file = kSegment, .size = kSize});
    bench.issue(Create{.file = kOther, .size = kSize});
    bench.finish_all();
    bench.crash(CrashKind::machine);
    seen.insert(bench.names());
  }
  CHECK(seen.size() == 4);  // none, the first, the second without the first, both
}

TEST_CASE("A rename that was not synced shows the old name, or the new, never both") {
  const FileId fresh{FileKind::manifest_new, 0};
  const FileId final_name{FileKind::manifest, 1};
  std::set<std::vector<FileId>> seen;
  for (u64 seed = 1; seed <= 32; ++seed) {
    Bench bench{seed};
    bench.issue(Create{.file = fresh, .size = 4096});
    bench.issue(SyncDirectory{});
    bench.issue(Rename{.from = fresh, .to = final_name});
    bench.finish_all();
    bench.crash(CrashKind::machine);
    seen.insert(bench.names());
  }
  CHECK(seen == std::set<std::vector<FileId>>{{fresh}, {final_name}});
}

TEST_CASE("A removal that was not synced may be undone by a machine crash") {
  std::set<std::size_t> seen;
  for (u64 seed = 1; seed <= 32; ++seed) {
    Bench bench = with_segment(seed);
    bench.issue(Unlink{.file = kSegment});
    bench.finish_all();
    REQUIRE(bench.names().empty());
    bench.crash(CrashKind::machine);
    seen.insert(bench.names().size());
  }
  CHECK(seen == std::set<std::size_t>{0, 1});
}

TEST_CASE("A crash forgets what was queued behind the operation in execution") {
  for (u64 seed = 1; seed <= 16; ++seed) {
    Bench bench = with_segment(seed);
    bench.write(kSegment, 0, 1);
    bench.write(kSegment, 512, 2);
    bench.crash(CrashKind::process);
    REQUIRE(bench.first(kSegment, 512) == 0);
  }
}

TEST_CASE("A crash may cut the write in execution short, between two sectors") {
  std::set<int> written;
  for (u64 seed = 1; seed <= 64; ++seed) {
    Bench bench = with_segment(seed);
    bench.write(kSegment, 0, 1, 2048);
    bench.crash(CrashKind::process);
    int sectors = 0;
    while (sectors < 4 && bench.first(kSegment, static_cast<u64>(sectors) * 512) == 1) ++sectors;
    written.insert(sectors);
  }
  CHECK(written.size() >= 4);
}

TEST_CASE("A failed sync is refused, and no later sync makes its data durable") {
  bool lost = false;
  for (u64 seed = 1; seed <= 32; ++seed) {
    Bench bench = with_segment(seed);
    DiskOptions failing = bench.disk.options();
    failing.sync_error_ppm = 1'000'000;
    bench.write(kSegment, 0, 5);
    bench.issue(Sync{.file = kSegment});
    bench.finish();
    bench.disk.set_options(failing);
    const DiskOpFinished refused = bench.finish();
    REQUIRE(refused.refused);
    REQUIRE(refused.error == DiskError::io);
    REQUIRE(bench.first(kSegment, 0) == 5);
    bench.disk.set_options({});
    bench.issue(Sync{.file = kSegment});
    REQUIRE_FALSE(bench.finish().refused);
    bench.crash(CrashKind::machine);
    lost = lost || bench.first(kSegment, 0) == 0;
  }
  CHECK(lost);
}

TEST_CASE("A full disk refuses to make a file, and takes writes to those it has") {
  DiskOptions small;
  small.capacity_bytes = kSize + 100;
  Bench bench = with_segment(1, small);
  bench.issue(Create{.file = kOther, .size = kSize});
  const DiskOpFinished refused = bench.finish();
  REQUIRE(refused.refused);
  CHECK(refused.error == DiskError::no_space);
  CHECK(bench.names() == std::vector<FileId>{kSegment});
  bench.write(kSegment, 0, 1);
  CHECK_FALSE(bench.finish().refused);
}

TEST_CASE("A file that is not there cannot be removed") {
  Bench bench = with_segment();
  bench.issue(Unlink{.file = kOther});
  CHECK(bench.finish().refused);
  CHECK(bench.names() == std::vector<FileId>{kSegment});
}

TEST_CASE("A removed file gives its space back") {
  DiskOptions small;
  small.capacity_bytes = kSize;
  Bench bench = with_segment(1, small);
  bench.issue(Unlink{.file = kSegment});
  bench.issue(Create{.file = kOther, .size = kSize});
  CHECK_FALSE(bench.finish(2).refused);
}

TEST_CASE("A stalled disk finishes nothing before the stall is over") {
  Bench bench = with_segment();
  bench.write(kSegment, 0, 1);
  const VirtualTime over = bench.schedule.now() + seconds(1);
  bench.disk.stall_until(over);
  bench.finish();
  CHECK(bench.schedule.now() >= over);
}

TEST_CASE("A read ends where its file ends, and fails where there is none") {
  Bench bench = with_segment();
  CHECK(bench.read(kSegment, kSize - 10, 100)->size() == 10);
  CHECK(bench.read(kOther, 0, 100).error() == DiskError::io);
}

TEST_CASE("A read error passes: the bytes are there the next time") {
  DiskOptions failing;
  failing.read_error_ppm = 1'000'000;
  Bench bench = with_segment();
  bench.disk.set_options(failing);
  CHECK_FALSE(bench.read(kSegment, 0, 1));
  bench.disk.set_options({});
  CHECK(bench.read(kSegment, 0, 1));
}

TEST_CASE("A held lane does nothing but what it is told to, done or refused") {
  Bench bench = with_segment();
  bench.disk.hold(Lane::log, true, bench.schedule, 1);
  bench.write(kSegment, 0, 1);
  bench.write(kSegment, 512, 2);
  REQUIRE(bench.schedule.empty());
  REQUIRE(bench.disk.tasks(Lane::log).size() == 2);
  bench.disk.finish_held(Lane::log, std::nullopt, bench.schedule, 1);
  CHECK_FALSE(bench.finish().refused);
  bench.disk.finish_held(Lane::log, DiskError::io, bench.schedule, 1);
  CHECK(bench.finish().refused);
  CHECK(bench.first(kSegment, 0) == 1);
  CHECK(bench.first(kSegment, 512) == 0);
}

TEST_CASE("A script may order that all that was not synced is lost, or kept") {
  for (u64 seed = 1; seed <= 8; ++seed) {
    Bench bench = with_segment(seed);
    bench.write(kSegment, 0, 1);
    bench.finish_all();
    Bench copy = bench;
    bench.disk.crash(CrashKind::machine, Unsynced::lost);
    copy.disk.crash(CrashKind::machine, Unsynced::kept);
    REQUIRE(bench.first(kSegment, 0) == 0);
    REQUIRE(copy.first(kSegment, 0) == 1);
  }
}

TEST_CASE("A script may order that the next operation of a kind fails") {
  Bench bench = with_segment();
  bench.disk.fail_next(DiskActionKind::sync);
  bench.write(kSegment, 0, 1);
  CHECK_FALSE(bench.finish().refused);
  bench.issue(Sync{.file = kSegment});
  CHECK(bench.finish().refused);
  bench.issue(Sync{.file = kSegment});
  CHECK_FALSE(bench.finish().refused);
}

TEST_CASE("Rot turns one bit of a durable page, and says where") {
  Bench bench = with_segment();
  Prng prng{1, 1, 1};
  CHECK_FALSE(bench.disk.rot(prng));  // nothing was written: nothing can rot
  bench.write(kSegment, 0, 0, 4096);
  bench.issue(Sync{.file = kSegment});
  bench.finish_all();
  const auto rotted = bench.disk.rot(prng);
  REQUIRE(rotted);
  CHECK(rotted->file == kSegment);
  const unsigned char byte = bench.first(kSegment, rotted->offset);
  CHECK(byte != 0);
  CHECK((byte & (byte - 1)) == 0);
}

TEST_CASE("A copy of a disk goes its own way") {
  Bench bench = with_segment();
  bench.write(kSegment, 0, 1);
  Bench copy = bench;
  bench.finish_all();
  CHECK(bench.first(kSegment, 0) == 1);
  copy.crash(CrashKind::machine);
  CHECK(copy.disk.tasks(Lane::log).empty());
}

TEST_CASE("Equal disks have equal digests, and a turned bit shows") {
  Bench bench = with_segment();
  bench.write(kSegment, 0, 1);
  bench.issue(Sync{.file = kSegment});
  bench.finish_all();
  Bench copy = bench;
  using state::digest_of;
  REQUIRE(digest_of(bench.disk) == digest_of(copy.disk));
  Prng prng{1, 1, 1};
  REQUIRE(copy.disk.rot(prng));
  CHECK_FALSE(digest_of(bench.disk) == digest_of(copy.disk));
}

TEST_CASE("A short write is in the file in parts, of whole sectors, and ends when all of it is") {
  std::set<unsigned> parts;
  for (u64 seed = 1; seed <= 20; ++seed) {
    Bench bench = with_segment(seed, {.short_ppm = 1'000'000});
    bench.write(kSegment, 0, 7, 4096);
    const Pending first = bench.schedule.pop();
    CHECK(!bench.disk.would_finish(Lane::log, bench.schedule.now()));
    CHECK(!bench.disk.finish(static_cast<Lane>(first.argument), bench.schedule, 1));
    std::vector<std::byte> seen(4096);
    REQUIRE(bench.disk.peek(kSegment, 0, seen) == 4096);
    const auto written = static_cast<unsigned>(std::ranges::count(seen, std::byte{7}));
    CHECK(written % 512 == 0);
    CHECK(written > 0);
    CHECK(written < 4096);
    parts.insert(written);
    CHECK(!bench.finish().refused);
    REQUIRE(bench.disk.peek(kSegment, 0, seen) == 4096);
    CHECK(std::ranges::count(seen, std::byte{7}) == 4096);
    CHECK(bench.disk.counters().writes == 1);
    CHECK(bench.disk.counters().bytes_written == 4096);
  }
  CHECK(parts.size() > 2);
}

TEST_CASE(
    "Between the parts of a short write the other lane goes on, and a crash leaves the first") {
  Bench bench = with_segment(1, {.short_ppm = 1'000'000});
  bench.write(kSegment, 0, 7, 1024);
  const Pending first = bench.schedule.pop();
  REQUIRE(!bench.disk.finish(static_cast<Lane>(first.argument), bench.schedule, 1));
  bench.issue(Create{.file = kOther, .size = kSize}, Lane::background);
  bool created = false;
  while (!created) {
    const Pending next = bench.schedule.pop();
    const auto done = bench.disk.finish(static_cast<Lane>(next.argument), bench.schedule, 1);
    created = done && done->action == DiskActionKind::create;
  }
  CHECK(bench.names().size() == 2);

  Bench other = with_segment(1, {.short_ppm = 1'000'000});
  other.write(kSegment, 0, 7, 1024);
  const Pending part = other.schedule.pop();
  REQUIRE(!other.disk.finish(static_cast<Lane>(part.argument), other.schedule, 1));
  other.disk.set_options({});
  other.crash(CrashKind::process);
  CHECK(other.first(kSegment, 0) == 7);
}

TEST_CASE("A short read brings the first of the bytes, and one at least") {
  Bench bench = with_segment();
  bench.write(kSegment, 0, 9, 512);
  bench.finish();
  bench.disk.set_options({.short_ppm = 1'000'000});
  std::set<std::size_t> lengths;
  for (int run = 0; run < 40; ++run) {
    const auto bytes = bench.read(kSegment, 0, 512);
    REQUIRE(bytes);
    REQUIRE(!bytes->empty());
    CHECK(bytes->size() < 512);
    CHECK(bytes->front() == std::byte{9});
    lengths.insert(bytes->size());
  }
  CHECK(lengths.size() > 5);
  CHECK(bench.read(kSegment, 0, 1)->size() == 1);
  CHECK(bench.disk.counters().short_reads == 40);
}

TEST_CASE("A lying sync is done and refused to nobody, and power takes what it said was durable") {
  bool lost = false;
  for (u64 seed = 1; seed <= 20; ++seed) {
    Bench bench = with_segment(seed);
    bench.disk.set_lying(true);
    bench.write(kSegment, 0, 1);
    bench.issue(Sync{.file = kSegment});
    CHECK(!bench.finish(2).refused);
    CHECK(bench.disk.counters().lies == 1);
    bench.crash(CrashKind::machine);
    if (bench.first(kSegment, 0) == 0) lost = true;
  }
  CHECK(lost);
}

namespace {

/// Appends and syncs the pages from `first` to `last`, each filled with its number from 1.
void append_pages(Bench& bench, u64 first, u64 last) {
  for (u64 page = first; page <= last; ++page) {
    bench.write(kSegment, 4096 * page, static_cast<unsigned char>(page + 1), 4096);
    bench.issue(Sync{.file = kSegment});
    bench.finish_all();
  }
}

}  // namespace

TEST_CASE("Blemishes hit settled pages alone, and are gone when they are lifted") {
  for (u64 seed = 1; seed <= 20; ++seed) {
    Bench bench{seed};
    bench.issue(Create{.file = kSegment, .size = 4096 * 6});
    bench.issue(Sync{.file = kSegment});
    bench.issue(SyncDirectory{});
    bench.finish_all();
    Prng prng{seed, 1, 1};
    append_pages(bench, 0, 1);
    CHECK(!bench.disk.blemish(BlemishKind::stale_read, prng));
    append_pages(bench, 2, 4);
    const auto bad = bench.disk.blemish(BlemishKind::bad_sector, prng);
    REQUIRE(bad);
    CHECK(bad->offset < 4096 * 3);
    CHECK(!bench.read(kSegment, bad->offset, 4096));
    CHECK(bench.disk.lift_faults());
    CHECK(!bench.disk.lift_faults());
    for (u64 page = 0; page < 5; ++page) CHECK(bench.first(kSegment, 4096 * page) == page + 1);
  }
}

TEST_CASE("What is told of a blemish makes another disk read alike") {
  constexpr std::array kKinds{BlemishKind::bad_sector, BlemishKind::stale_read,
                              BlemishKind::misdirected_read, BlemishKind::misdirected_write};
  for (const BlemishKind kind : kKinds) {
    for (u64 seed = 1; seed <= 8; ++seed) {
      INFO(name_of(kind) << ", seed " << seed);
      Bench drawn;
      for (const FileId file : {kSegment, kOther}) {
        std::vector<std::byte> bytes(4 * kPageBytes);
        for (std::size_t at = 0; at < bytes.size(); ++at) {
          bytes[at] = static_cast<std::byte>(1 + at / kSectorBytes + 40 * file.number);
        }
        drawn.disk.put(file, bytes);
      }
      Bench told = drawn;
      Prng prng{seed, 1, 1};
      const auto blemished = drawn.disk.blemish(kind, prng);
      if (!blemished) continue;  // both places were the same
      REQUIRE(told.disk.blemish_like(*blemished));
      CHECK(told.disk.harms() == drawn.disk.harms());
      for (int read = 0; read < 2; ++read) {
        for (const FileId file : {kSegment, kOther}) {
          for (u64 at = 0; at < 4 * kPageBytes; at += kSectorBytes) {
            CHECK(told.read(file, at, kSectorBytes) == drawn.read(file, at, kSectorBytes));
          }
        }
      }
      CHECK(told.disk.has_misled());
    }
  }
}

TEST_CASE("A misdirected write lacks here and lies there, and there is one at a time") {
  Bench bench{1};
  bench.issue(Create{.file = kSegment, .size = 4096 * 6});
  bench.finish_all();
  append_pages(bench, 0, 4);
  CHECK(!bench.disk.misdirect(BlemishKind::misdirected_write, kSegment, 0, kOther, 0));
  REQUIRE(bench.disk.misdirect(BlemishKind::misdirected_write, kSegment, 0, kSegment, 4096));
  CHECK(bench.first(kSegment, 0) == 0);
  CHECK(bench.first(kSegment, 4096) == 1);
  CHECK(bench.disk.has_misled());
  Prng prng{1, 1, 1};
  CHECK(!bench.disk.blemish(BlemishKind::misdirected_read, prng));
  bench.write(kSegment, 4096, 9, 4096);  // written over: that place is what was written
  bench.finish_all();
  CHECK(bench.first(kSegment, 4096) == 9);
  CHECK(bench.first(kSegment, 0) == 0);
}

TEST_CASE("A lost file is not in the directory, and is found again with what was in it") {
  Bench bench = with_segment();
  bench.write(kSegment, 0, 7);
  bench.issue(Sync{.file = kSegment});
  bench.finish_all();
  bench.crash(CrashKind::machine);
  CHECK(!bench.disk.lose_file(kOther));
  REQUIRE(bench.disk.lose_file(kSegment));
  CHECK(bench.names().empty());
  CHECK(!bench.read(kSegment, 0, 1));
  bench.crash(CrashKind::machine);
  CHECK(bench.names().empty());
  CHECK(bench.disk.lift_faults());
  CHECK(bench.names() == std::vector<FileId>{kSegment});
  CHECK(bench.first(kSegment, 0) == 7);
}

TEST_CASE("A file that was made anew since it was lost is not replaced by the old one") {
  Bench bench = with_segment();
  bench.crash(CrashKind::machine);
  REQUIRE(bench.disk.lose_file(kSegment));
  bench.issue(Create{.file = kSegment, .size = kSize});
  bench.write(kSegment, 0, 3);
  bench.finish_all();
  CHECK(bench.disk.lift_faults());
  CHECK(bench.first(kSegment, 0) == 3);
}

TEST_CASE("A wiped disk is empty for good") {
  Bench bench = with_segment();
  bench.crash(CrashKind::process);
  CHECK(bench.disk.wipe());
  CHECK(!bench.disk.wipe());
  CHECK(!bench.disk.lift_faults());
  CHECK(bench.names().empty());
  CHECK(bench.disk.used_bytes() == 0);
}

}  // namespace snowflk::sim
