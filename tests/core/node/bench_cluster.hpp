// A few nodes on one table: disks in memory, a network that delivers at once, a clock by hand.
//
// Small on purpose: faults, seeds and checks belong to sim/. This is for tests of what a node does,
// and shows the least that a driver has to do.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/node/node.hpp"

namespace snowflk::test {

/// A directory in memory. What was written is there at once; Sync is only counted.
class MemoryDisk {
 public:
  void perform(const bitcask::DiskAction& action);
  [[nodiscard]] std::expected<Bytes, bitcask::DiskError> read(const bitcask::DiskRead& read) const;
  [[nodiscard]] std::vector<bitcask::FoundFile> files() const;
  [[nodiscard]] u64 syncs() const { return syncs_; }
  std::map<bitcask::FileId, std::vector<std::byte>>& contents() { return contents_; }

 private:
  std::map<bitcask::FileId, std::vector<std::byte>> contents_;
  u64 syncs_ = 0;
};

/// One node with its disk, and the effects that are not done yet.
struct Seat {
  node::Options options;
  MemoryDisk disk;
  std::optional<node::Node> node;
  node::Effects effects;
  std::vector<bitcask::DiskOp> operations;      // not done yet
  std::vector<std::vector<std::byte>> written;  // the bytes of Writes among them
  std::vector<node::Halt> halts;
  std::vector<node::Event> events;  // all, since the seat was made
  u64 allocations = 0;              // by its node's steps, where they are counted
  std::size_t largest_step = 0;     // bytes of frames and replies that one step has made
  bool disk_stopped = false;        // operations stay undone
  bool cut_off = false;             // frames to and from it are lost
};

/// Calls of operator new so far, zero for ever if the program does not count them.
extern u64 (*count_allocations)();

class BenchCluster {
 public:
  /// Nodes 1 to `count`, bootstrapped and booted.
  explicit BenchCluster(u32 count, u64 segment_bytes = 1ULL << 20);

  Seat& seat(u32 node) { return seats_.at(node - 1); }
  node::Node& node(u32 node) { return *seat(node).node; }

  /// A new incarnation over the same disk; what was undone is lost.
  void boot(u32 node);
  void step(u32 node, const node::Input& input);
  /// Does everything that can be done without time passing.
  void settle();
  /// Lets time pass, a millisecond at a time.
  void run(Duration time);
  /// Runs until some node leads and says so to all that are not cut off. Fails after 10 s.
  u32 elect();

  /// Sends `words` to a node as a client, and returns the reply as text, RESP2 without line ends:
  /// "+OK", ":1", "$value", "$-1", "-ERR …". Empty: none after 10 s.
  std::string ask(u32 node, std::vector<std::string_view> words);
  /// The same, without waiting.
  node::RequestId request(u32 node, std::vector<std::string_view> words);
  [[nodiscard]] std::string reply(node::RequestId request) const;

 private:
  friend struct SeatDriver;
  struct Flying {
    u32 from = 0;
    u32 to = 0;
    std::vector<std::byte> frame;
  };
  bool complete_disk(u32 node);
  bool deliver();

  std::vector<Seat> seats_;
  std::vector<Flying> flying_;
  std::map<u64, std::string> replies_;
  node::Now now_{.monotonic = Instant{1'000'000'000}, .wall = WallTime{1'000}};
  u64 requests_ = 0;
  u64 boots_ = 0;
};

}  // namespace snowflk::test
