// How the table moves: effects are done in a plain order, and time by the millisecond.
#include "tests/core/node/bench_cluster.hpp"

#include <stdexcept>

#include "core/kv/command.hpp"
#include "core/kv/reply.hpp"

namespace snowflk::test {

u64 (*count_allocations)() = +[]() -> u64 { return 0; };

void MemoryDisk::perform(const bitcask::DiskAction& action) {
  std::visit(
      Overloaded{
          [&](const bitcask::Create& op) { contents_[op.file].assign(op.size, std::byte{0}); },
          [&](const bitcask::Write& op) {
            auto& file = contents_[op.file];
            if (file.size() < op.offset + op.bytes.size()) {
              file.resize(op.offset + op.bytes.size());
            }
            std::ranges::copy(op.bytes, file.begin() + static_cast<std::ptrdiff_t>(op.offset));
          },
          [&](const bitcask::Sync&) { syncs_ += 1; },
          [&](const bitcask::SyncDirectory&) { syncs_ += 1; },
          [&](const bitcask::Rename& op) {
            contents_[op.to] = std::move(contents_[op.from]);
            contents_.erase(op.from);
          },
          [&](const bitcask::Unlink& op) { contents_.erase(op.file); },
      },
      action);
}

std::expected<Bytes, bitcask::DiskError> MemoryDisk::read(const bitcask::DiskRead& read) const {
  const auto found = contents_.find(read.file);
  if (found == contents_.end()) return std::unexpected{bitcask::DiskError::io};
  const Bytes file{found->second};
  if (read.offset >= file.size()) return Bytes{};
  return file.subspan(read.offset, std::min<u64>(read.length, file.size() - read.offset));
}

std::vector<bitcask::FoundFile> MemoryDisk::files() const {
  std::vector<bitcask::FoundFile> found;
  for (const auto& [file, bytes] : contents_) {
    found.push_back(bitcask::FoundFile{.file = file, .size = bytes.size()});
  }
  return found;
}

/// What the core asks of any driver; a new kind of effect would not build here.
struct SeatDriver {
  BenchCluster& cluster;
  u32 self;
  std::vector<bitcask::DiskRead>& reads;

  void perform(const node::Send& send) {
    cluster.flying_.push_back(BenchCluster::Flying{
        .from = self, .to = send.to.value, .frame = {send.frame.begin(), send.frame.end()}});
  }
  void perform(const node::Reply& reply) {
    std::vector<std::byte> text;
    if (!kv::write_resp(reply.reply, wire::Protocol::resp2, text)) {
      throw std::runtime_error("a reply that is none");
    }
    std::string line;
    for (const char c : as_text(text)) {
      if (c != '\r' && c != '\n') line += c;
    }
    cluster.replies_[reply.request.value] = line;
  }
  void perform(const node::Disconnect&) {}
  void perform(const bitcask::DiskOp& op) {
    Seat& seat = cluster.seat(self);
    seat.operations.push_back(op);
    seat.written.emplace_back();
    if (auto* write = std::get_if<bitcask::Write>(&seat.operations.back().action)) {
      seat.written.back().assign(write->bytes.begin(), write->bytes.end());
    }
  }
  void perform(const bitcask::DiskRead& read) { reads.push_back(read); }
  void perform(const node::Halt& halt) { cluster.seat(self).halts.push_back(halt); }
  void wake_at(Instant) {}
  void record(std::span<const node::Event> events) {
    Seat& seat = cluster.seat(self);
    seat.events.insert(seat.events.end(), events.begin(), events.end());
  }
};

BenchCluster::BenchCluster(u32 count, u64 segment_bytes) : seats_(count) {
  for (u32 node = 1; node <= count; ++node) {
    node::Options& options = seat(node).options;
    options.cluster = ClusterId{7};
    options.self = NodeId{node};
    for (u32 voter = 1; voter <= count; ++voter) options.voters.push_back(NodeId{voter});
    options.bootstrap = true;
    options.segment_bytes = segment_bytes;
    options.batch_bytes_max = 64ULL << 10;
    options.value_cache_bytes = 1ULL << 20;
    options.check_expensive_invariants = true;
    boot(node);
  }
  for (u32 a = 1; a <= count; ++a) {
    for (u32 b = 1; b <= count; ++b) {
      if (a != b) step(a, node::PeerUp{.peer = NodeId{b}, .epoch = 1});
    }
  }
  settle();
}

void BenchCluster::boot(u32 node) {
  Seat& booting = seat(node);
  booting.operations.clear();
  booting.written.clear();
  booting.halts.clear();
  booting.node.emplace(booting.options);
  boots_ += 1;
  const auto files = booting.disk.files();
  step(node, node::Booted{.entropy = boots_ * 977, .files = files});
}

void BenchCluster::step(u32 node, const node::Input& input) {
  Seat& stepped = seat(node);
  if (stepped.node->phase() == node::Phase::stopped) return;
  std::vector<bitcask::DiskRead> reads;
  const u64 before = count_allocations();
  stepped.node->step(now_, input, stepped.effects);
  stepped.allocations += count_allocations() - before;
  stepped.largest_step = std::max(stepped.largest_step, stepped.effects.arena.size());
  SeatDriver driver{.cluster = *this, .self = node, .reads = reads};
  node::perform(stepped.effects, driver);
  for (const bitcask::DiskRead& read : reads) {
    step(node, node::ReadDone{.id = read.id, .bytes = stepped.disk.read(read)});
  }
}

bool BenchCluster::complete_disk(u32 node) {
  Seat& served = seat(node);
  if (served.disk_stopped || served.operations.empty()) return false;
  std::vector<bitcask::DiskOp> operations;
  std::vector<std::vector<std::byte>> written;
  std::swap(operations, served.operations);
  std::swap(written, served.written);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (auto* write = std::get_if<bitcask::Write>(&operations[i].action)) {
      write->bytes = written[i];
    }
    served.disk.perform(operations[i].action);
  }
  for (const bitcask::DiskOp& op : operations) {
    step(node, node::DiskDone{.lane = op.lane, .up_to = op.sequence});
  }
  return true;
}

bool BenchCluster::deliver() {
  if (flying_.empty()) return false;
  std::vector<Flying> arriving;
  std::swap(arriving, flying_);
  for (const Flying& frame : arriving) {
    if (seat(frame.from).cut_off || seat(frame.to).cut_off) continue;
    step(frame.to, node::FrameReceived{.from = NodeId{frame.from}, .frame = frame.frame});
  }
  return true;
}

void BenchCluster::settle() {
  for (bool moved = true; moved;) {
    moved = deliver();
    for (u32 node = 1; node <= seats_.size(); ++node) moved = complete_disk(node) || moved;
  }
}

void BenchCluster::run(Duration time) {
  for (Duration passed{0}; passed < time; passed = passed + milliseconds(1)) {
    now_.monotonic = now_.monotonic + milliseconds(1);
    now_.wall.value += 1;
    for (u32 node = 1; node <= seats_.size(); ++node) {
      if (seat(node).effects.deadline <= now_.monotonic) step(node, node::DeadlinePassed{});
    }
    settle();
  }
}

u32 BenchCluster::elect() {
  for (u32 tries = 0; tries < 10'000; ++tries) {
    for (u32 leader = 1; leader <= seats_.size(); ++leader) {
      const raft::Raft* raft = node(leader).raft();
      if (seat(leader).cut_off || raft == nullptr || raft->role() != raft::Role::leader) continue;
      bool followed = true;
      for (u32 other = 1; other <= seats_.size(); ++other) {
        const raft::Raft* follower = node(other).raft();
        if (seat(other).cut_off || follower == nullptr) continue;
        followed = followed && follower->leader() == NodeId{leader};
      }
      if (followed) return leader;
    }
    run(milliseconds(1));
  }
  throw std::runtime_error("no leader within 10 s");
}

node::RequestId BenchCluster::request(u32 node, std::vector<std::string_view> words) {
  std::vector<std::byte> command;
  const auto encoded = kv::encode_command(words, command);
  if (!encoded) throw std::runtime_error(encoded.error().text);
  requests_ += 1;
  const node::RequestId id{requests_};
  step(node, node::ClientRequest{.client = node::ClientId{1}, .request = id, .command = command});
  return id;
}

std::string BenchCluster::reply(node::RequestId request) const {
  const auto found = replies_.find(request.value);
  return found == replies_.end() ? std::string{} : found->second;
}

std::string BenchCluster::ask(u32 node, std::vector<std::string_view> words) {
  const node::RequestId id = request(node, std::move(words));
  settle();
  for (u32 waited = 0; reply(id).empty() && waited < 10'000; ++waited) run(milliseconds(1));
  return reply(id);
}

}  // namespace snowflk::test
