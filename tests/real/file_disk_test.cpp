// The server's disk, without a node: operations, their order, what refuses them, and reads.
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "real/file_disk.hpp"
#include "tests/catch.hpp"

namespace snowflk::real {
namespace {

using bitcask::DiskAction;
using bitcask::DiskError;
using bitcask::FileId;
using bitcask::FileKind;
using bitcask::Lane;

constexpr FileId kSegment{FileKind::segment, 1};
constexpr FileId kManifest{FileKind::manifest, 1};
constexpr FileId kManifestNew{FileKind::manifest_new, 1};

std::string new_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "snowflk-disk-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  return name;
}

/// A directory of its own, gone at the end.
struct Place {
  std::string path = new_directory();
  Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { std::filesystem::remove_all(path); }
};

struct Harness {
  Place place;
  std::unique_ptr<FileDisk> disk = std::move(*FileDisk::start(*Directory::open(place.path, false)));
  u64 issued[bitcask::kLaneCount] = {};
  u64 read = 0;

  u64 submit(const DiskAction& action, Lane lane = Lane::log) {
    const u64 sequence = ++issued[static_cast<unsigned>(lane)];
    disk->submit(bitcask::DiskOp{.lane = lane, .sequence = sequence, .action = action});
    return sequence;
  }
  void submit_read(FileId file, u64 offset, u32 length) {
    disk->submit(bitcask::DiskRead{
        .id = bitcask::DiskReadId{++read}, .file = file, .offset = offset, .length = length});
  }
  /// Waits until `enough` of all results so far; fails after ten seconds.
  template <class Enough>
  std::vector<DiskResult> collect_until(Enough&& enough) {
    disk->kick();
    std::vector<DiskResult> results;
    while (!enough(results)) {
      pollfd ready{.fd = disk->ready_fd(), .events = POLLIN, .revents = 0};
      REQUIRE(::poll(&ready, 1, 10'000) == 1);
      disk->collect(results);
    }
    return results;
  }
  std::vector<DiskResult> collect_done(u64 up_to, Lane lane = Lane::log) {
    return collect_until([&](const std::vector<DiskResult>& results) {
      for (const auto& result : results) {
        const auto* done = std::get_if<node::DiskDone>(&result);
        if (done != nullptr && done->lane == lane && done->up_to == up_to) return true;
        const auto* refused = std::get_if<node::DiskRefused>(&result);
        if (refused != nullptr && refused->sequence == up_to) return true;
      }
      return false;
    });
  }
  ReadResult collect_read() {
    auto results = collect_until([](const auto& got) { return !got.empty(); });
    REQUIRE(results.size() == 1);
    return std::get<ReadResult>(std::move(results[0]));
  }
};

}  // namespace

TEST_CASE("what is written, synced and read back is the same") {
  Harness disk;
  const std::string text = "snowflk";
  disk.submit(bitcask::Create{.file = kSegment, .size = 65536});
  disk.submit(bitcask::Write{.file = kSegment, .offset = 4096, .bytes = as_bytes(text)});
  disk.submit(bitcask::Sync{.file = kSegment});
  const auto results = disk.collect_done(disk.submit(bitcask::SyncDirectory{}));
  for (const auto& result : results) CHECK(std::holds_alternative<node::DiskDone>(result));

  disk.submit_read(kSegment, 4096, 7);
  const auto read = disk.collect_read();
  CHECK(read.id == bitcask::DiskReadId{1});
  REQUIRE(read.bytes);
  CHECK(as_text(*read.bytes) == text);
  CHECK(disk.disk->directory().files()->size() == 1);
  CHECK(disk.disk->directory().files()->front().size == 65536);
}

TEST_CASE("a new file reads as zeros, whatever stood under its name") {
  Harness disk;
  const std::string text(100, 'x');
  disk.submit(bitcask::Create{.file = kSegment, .size = 4096});
  disk.submit(bitcask::Write{.file = kSegment, .offset = 0, .bytes = as_bytes(text)});
  disk.collect_done(disk.submit(bitcask::Create{.file = kSegment, .size = 8192}));
  disk.submit_read(kSegment, 0, 8192);
  const auto read = disk.collect_read();
  REQUIRE(read.bytes);
  CHECK(*read.bytes == std::vector<std::byte>(8192));
}

TEST_CASE("a read past the end of a file gives the bytes there are") {
  Harness disk;
  disk.collect_done(disk.submit(bitcask::Create{.file = kSegment, .size = 4096}));
  disk.submit_read(kSegment, 4000, 500);
  const auto read = disk.collect_read();
  REQUIRE(read.bytes);
  CHECK(read.bytes->size() == 96);
}

TEST_CASE("a read of a file that is not there is an error, not an end") {
  Harness disk;
  disk.submit_read(kSegment, 0, 10);
  CHECK(disk.collect_read().bytes.error() == DiskError::io);
}

TEST_CASE("after a rename, reads see the file that has the name now") {
  Harness disk;
  const std::string old_text = "old";
  const std::string new_text = "new";
  disk.submit(bitcask::Create{.file = kManifest, .size = 0});
  disk.collect_done(
      disk.submit(bitcask::Write{.file = kManifest, .offset = 0, .bytes = as_bytes(old_text)}));
  disk.submit_read(kManifest, 0, 3);
  CHECK(as_text(*disk.collect_read().bytes) == "old");
  disk.submit(bitcask::Create{.file = kManifestNew, .size = 0});
  disk.submit(bitcask::Write{.file = kManifestNew, .offset = 0, .bytes = as_bytes(new_text)});
  disk.collect_done(disk.submit(bitcask::Rename{.from = kManifestNew, .to = kManifest}));
  disk.submit_read(kManifest, 0, 3);
  CHECK(as_text(*disk.collect_read().bytes) == "new");
  disk.collect_done(disk.submit(bitcask::Unlink{.file = kManifest}));
  CHECK(disk.disk->directory().files()->empty());
}

TEST_CASE("the operations of both lanes are done, each lane in its order") {
  Harness disk;
  const std::string text = "abc";
  disk.submit(bitcask::Create{.file = kSegment, .size = 4096});
  disk.submit(bitcask::Create{.file = kManifest, .size = 0}, Lane::background);
  for (u64 i = 0; i < 100; ++i) {
    disk.submit(bitcask::Write{.file = kSegment, .offset = i * 3, .bytes = as_bytes(text)});
    disk.submit(bitcask::Write{.file = kManifest, .offset = i * 3, .bytes = as_bytes(text)},
                Lane::background);
  }
  u64 last[bitcask::kLaneCount] = {};
  disk.collect_until([&](std::vector<DiskResult>& results) {
    for (const auto& result : results) {
      const auto& done = std::get<node::DiskDone>(result);
      CHECK(done.up_to > last[static_cast<unsigned>(done.lane)]);
      last[static_cast<unsigned>(done.lane)] = done.up_to;
    }
    results.clear();
    return last[0] == 101 && last[1] == 101;
  });
}

TEST_CASE("a write without room is refused with no_space, and the operations after it go on") {
  Harness disk;
  // /dev/full is a disk without room; a name that leads there is enough.
  const std::string name = disk.place.path + "/" + bitcask::file_name(kManifest);
  REQUIRE(::symlink("/dev/full", name.c_str()) == 0);
  const std::string text = "abc";
  const u64 refused_at =
      disk.submit(bitcask::Write{.file = kManifest, .offset = 0, .bytes = as_bytes(text)});
  const auto results = disk.collect_done(disk.submit(bitcask::SyncDirectory{}));
  bool seen = false;
  for (const auto& result : results) {
    const auto* refused = std::get_if<node::DiskRefused>(&result);
    if (refused == nullptr) continue;
    seen = true;
    CHECK(refused->sequence == refused_at);
    CHECK(refused->error == DiskError::no_space);
  }
  CHECK(seen);
}

TEST_CASE("a file that cannot be made whole leaves nothing behind") {
  Harness disk;
  const u64 too_large = 1ULL << 60;
  const auto results =
      disk.collect_done(disk.submit(bitcask::Create{.file = kSegment, .size = too_large}));
  REQUIRE(results.size() == 1);
  CHECK(std::holds_alternative<node::DiskRefused>(results[0]));
  CHECK(disk.disk->last_refused() ==
        "make " + bitcask::file_name(kSegment) + " of 1152921504606846976 bytes");
  CHECK(disk.disk->directory().files()->empty());
}

TEST_CASE("a sync of a file that is gone is refused as an I/O error") {
  Harness disk;
  const auto results = disk.collect_done(disk.submit(bitcask::Sync{.file = kSegment}));
  REQUIRE(results.size() == 1);
  CHECK(std::get<node::DiskRefused>(results[0]).error == DiskError::io);
}

TEST_CASE("two servers never share a directory") {
  Place place;
  const auto first = Directory::open(place.path, false);
  REQUIRE(first);
  const auto second = Directory::open(place.path, false);
  REQUIRE(!second);
  CHECK(second.error().text == "another server uses the directory " + place.path);
}

TEST_CASE("a directory is made only when asked for") {
  Place place;
  const std::string below = place.path + "/n1";
  CHECK(!Directory::open(below, false));
  CHECK(Directory::open(below, true));
  CHECK(Directory::open(below, false));
  CHECK(!Directory::open(place.path + "/a/b", true));
}

TEST_CASE("a node is not made among files of others, but starts among them") {
  Place place;
  std::ofstream{place.path + "/notes.txt"} << "mine";
  const auto refused = Directory::open(place.path, true);
  REQUIRE(!refused);
  CHECK(refused.error().text == "the directory " + place.path +
                                    " holds 'notes.txt', which no node made: give a new or an "
                                    "empty directory to bootstrap in");
  CHECK(!std::filesystem::exists(place.path + "/LOCK"));
  std::ofstream{place.path + "/" + bitcask::file_name({bitcask::FileKind::meta, 0})} << "";
  CHECK(Directory::open(place.path, true));
}

TEST_CASE("files that are not ours are not listed") {
  Place place;
  std::ofstream{place.path + "/notes.txt"} << "mine";
  const auto directory = Directory::open(place.path, false);
  REQUIRE(directory);
  CHECK(directory->files()->empty());
}

}  // namespace snowflk::real
