// Several Raft values with a wire and a disk each, moved by hand: nothing happens that the test
// does not ask for. No node, no storage, no simulator.
//
// A message lies on the wire until it is delivered or dropped. A change of stored state is a write;
// messages behind Gate::durable wait until all earlier writes are durable. With fast disks (the
// default) a write is durable at once; with slow ones it waits for finish_write().
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/raft/raft.hpp"

namespace snowflk::testing {

/// One message under way. An AppendEntries has its entries with it.
struct Envelope {
  NodeId from;
  NodeId to;
  raft::Message message;
  std::vector<raft::EntryInfo> entries;
};

/// What a server finds after a crash.
struct Stored {
  raft::HardState hard_state;
  std::vector<raft::EntryInfo> entries;
};

/// A log from the terms of its entries, as the paper draws it: {1, 1, 4}.
std::vector<raft::EntryInfo> log_of(const std::vector<u64>& terms);
/// The terms of a log, as the paper draws it.
std::vector<u64> terms_of(const raft::Log& log);

template <class M>
const M* as(const Envelope& envelope) {
  return std::get_if<M>(&envelope.message);
}

class RaftCluster {
 public:
  /// Servers 1 to `count`, all started with nothing stored. Of `options`, self and voters are set.
  explicit RaftCluster(u32 count, const raft::Options& options = {});

  // The servers.
  [[nodiscard]] const std::vector<NodeId>& voters() const { return options_.voters; }
  [[nodiscard]] bool is_up(NodeId id) const { return at(id).raft.has_value(); }
  /// REQUIRES: is_up(id).
  [[nodiscard]] const raft::Raft& server(NodeId id) const { return *at(id).raft; }
  [[nodiscard]] const Stored& stored(NodeId id) const { return at(id).stored; }
  /// The leader of the highest term; nobody if there is none.
  [[nodiscard]] NodeId leader() const;
  /// Makes `id` start anew with these stored: what a test begins from.
  void start(NodeId id, Stored stored, LogIndex commit_index = LogIndex{});

  // Time. One clock, for all.
  [[nodiscard]] Instant now() const { return now_; }
  void advance(Duration span) { now_ = now_ + span; }
  /// Moves the clock to `id`'s deadline if that is later, and tells only `id` of it.
  void time_out(NodeId id);
  /// Lets time pass with everything delivered at once, deadlines as they come.
  void run(Duration span);

  // What is asked of one server.
  void campaign(NodeId id);
  /// Stands for election without a pre-vote, with everything delivered: it must win.
  void elect(NodeId id);
  std::optional<LogIndex> propose(NodeId id, u32 size = 1);
  bool read(NodeId id, raft::ReadId read);
  void step_down(NodeId id);
  void receive(NodeId to, NodeId from, const raft::Message& message,
               const std::vector<raft::EntryInfo>& entries = {});

  // The wire. Positions are in order of sending.
  std::vector<Envelope> wire;
  /// Takes the message from the wire; it is lost if the link is cut or the server is down.
  void deliver(std::size_t position);
  void duplicate(std::size_t position) { wire.push_back(wire[position]); }
  void drop(std::size_t position);
  void drop_all() { wire.clear(); }
  /// Delivers the messages that lie on the wire now, and none of those that they cause.
  void deliver_round();
  /// Finishes writes and delivers until nothing is under way.
  void settle();
  /// The last message on the wire from `from` to `to` of kind M; null if there is none.
  template <class M>
  [[nodiscard]] const M* last(NodeId from, NodeId to) const {
    for (auto it = wire.rbegin(); it != wire.rend(); ++it) {
      if (it->from == from && it->to == to && as<M>(*it) != nullptr) return as<M>(*it);
    }
    return nullptr;
  }
  template <class M>
  [[nodiscard]] std::size_t count(NodeId from, NodeId to) const {
    std::size_t found = 0;
    for (const Envelope& e : wire) found += e.from == from && e.to == to && as<M>(e) != nullptr;
    return found;
  }
  void cut(NodeId from, NodeId to) { cuts_.push_back({from, to}); }
  void isolate(NodeId id);
  void heal() { cuts_.clear(); }

  // The disks.
  bool slow_disks = false;
  [[nodiscard]] std::size_t writes_under_way(NodeId id) const { return at(id).writes.size(); }
  void finish_write(NodeId id);   // the oldest; REQUIRES: there is one
  void finish_writes(NodeId id);  // all
  /// Memory, writes under way and messages that waited for them are gone.
  void crash(NodeId id);
  void restart(NodeId id, LogIndex commit_index = LogIndex{}) {
    start(id, stored(id), commit_index);
  }

  // What the servers said.
  std::vector<raft::Event> events;  // of all, in order
  [[nodiscard]] const std::vector<raft::ReadOutcome>& reads(NodeId id) const {
    return at(id).reads;
  }

 private:
  struct Held {
    u64 after_write = 0;  // leaves when this many writes are durable
    raft::Outgoing outgoing;
  };
  struct Server {
    std::optional<raft::Raft> raft;
    Stored stored;
    std::deque<Stored> writes;
    u64 writes_issued = 0;
    u64 writes_done = 0;
    std::deque<Held> held;
    std::vector<raft::ReadOutcome> reads;
    u64 starts = 0;
  };
  struct Link {
    NodeId from;
    NodeId to;
    friend bool operator==(const Link&, const Link&) = default;
  };

  [[nodiscard]] const Server& at(NodeId id) const { return servers_[id.value - 1]; }
  [[nodiscard]] Server& at(NodeId id) { return servers_[id.value - 1]; }
  void absorb(NodeId id, const raft::Output& out);
  void write_changes(Server& server);
  void release(NodeId id);
  void send(NodeId from, const raft::Outgoing& outgoing);

  raft::Options options_;
  std::vector<Server> servers_;
  std::vector<Link> cuts_;
  Instant now_{1'000'000'000};
};

}  // namespace snowflk::testing
