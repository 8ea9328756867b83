// Simulated clients: each thinks, asks one node, waits, and believes no more than it was told.
//
// Owns connections and the history. A connection is a stream: what travels on it keeps its order
// and is not doubled, and when it breaks the outcome of what was asked on it is unknown. A client
// never repeats what it does not know the outcome of: it goes on with another operation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/node/boundary.hpp"
#include "sim/history.hpp"
#include "sim/options.hpp"
#include "sim/record.hpp"
#include "sim/schedule.hpp"
#include "sim/slots.hpp"
#include "sim/workload.hpp"

namespace snowflk::sim {

class Clients {
 public:
  Clients() = default;
  Clients(u64 seed, u32 nodes, const WorkloadOptions& options, const NetworkOptions& network);

  // ---- The workload --------------------------------------------------------------------------

  /// Each client begins after a while of thinking.
  void begin(Schedule& schedule);
  /// From now on at most `operations` more are begun.
  void limit(u32 operations) { left_ = std::min(left_, operations); }
  /// The clients together ask GET for each key once more.
  void begin_final_reads(Schedule& schedule);
  /// From now on nobody asks these nodes, also not who knew one of them alone; but of a cluster of
  /// which nobody is left any may be asked. Bit: id - 1.
  void avoid(u32 nodes) { avoided_ = nodes == (1U << nodes_) - 1 ? 0 : nodes; }
  /// Nothing is left to ask and nobody waits.
  [[nodiscard]] bool done() const;
  /// For scripts: a client of its own asks `node`, and has `patience`. Words that no command has
  /// are answered at once, as a server answers them.
  OperationId ask(NodeId node, std::span<const std::string_view> words, Duration patience,
                  Schedule& schedule, EventId cause);

  // ---- Events at a client; nothing: it came to nothing ----------------------------------------

  std::optional<Invoked> think(u64 client_id, Schedule& schedule, EventId event);   // client_think
  std::optional<Returned> take_reply(u64 slot, Schedule& schedule, EventId event);  // client_reply
  std::optional<Returned> give_up(u64 operation, Schedule& schedule,
                                  EventId event);  // client_patience
  /// client_broken: the client's connection is gone; a pending operation returns with it.
  std::optional<Returned> notice_broken(u64 connection_id, Schedule& schedule, EventId event);

  // ---- Events at a node ------------------------------------------------------------------------

  struct Parcel {
    u64 connection = 0;
    u64 request = 0;
    u32 client = 0;
    OperationId operation;
    std::vector<std::byte> bytes;  // of a command, or of a reply
  };
  /// client_request: false if its connection is gone, and the slot with it. Else release(slot).
  bool arrives(u64 slot);
  [[nodiscard]] const Parcel& parcel(u64 slot) const { return parcels_[slot]; }
  void release(u64 slot) { parcels_.give_back(slot); }
  /// client_request, but nobody runs there. Gives the slot back.
  void refuse(u64 slot, Schedule& schedule, EventId cause);
  /// client_gone: whether the node still had that connection, and whose it was.
  std::optional<ClientLeft> leave(u64 connection_id);

  // ---- What nodes and faults do ----------------------------------------------------------------

  /// Ignored if the connection is gone.
  void answer(const node::Reply& reply, Schedule& schedule, EventId cause);
  /// One end closes it: the node, or else the client. The other end hears of it.
  void disconnect(u64 connection_id, bool by_node, Schedule& schedule, EventId cause);
  /// It breaks; both ends hear of it.
  void reset(u64 connection_id, Schedule& schedule, EventId cause);
  /// All connections of `node` are gone; their clients hear of it, unless it went silently.
  void crash(NodeId node, CrashKind kind, Schedule& schedule, EventId cause);
  /// A drawn connection that stands; 0: none does.
  [[nodiscard]] u64 any_connection(Prng& prng) const;

  /// What is drawn from here on is drawn anew.
  void fork(u64 number);

  [[nodiscard]] NodeId node_of(u64 connection) const { return connections_[connection - 1].node; }
  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] const Workload& workload() const { return workload_; }
  [[nodiscard]] u64 answered() const { return answered_; }
  /// A final read, and whom it asked. Only those on a connection that stood at both ends.
  struct FinalRead {
    OperationId operation;
    NodeId node;
  };
  [[nodiscard]] std::span<const FinalRead> final_reads() const { return final_asked_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Client {
    u64 connection = 0;  // 0: none
    bool waiting = false;
    OperationId operation;  // while waiting
    bool scripted = false;  // asks what it is told to, and then no more
    Duration patience;
    Prng think, choice, commands, values, delay;
  };
  struct Connection {
    u32 client = 0;
    NodeId node;
    bool at_client = true;  // the client takes it to stand
    bool at_node = false;   // the node knows it and takes it to stand
    bool dead = false;      // the node's end is gone, and was
    u64 requests = 0;
    VirtualTime last_to_node;
    VirtualTime last_to_client;
  };

  [[nodiscard]] Client& client_of(u32 id) { return clients_[id - 1]; }
  [[nodiscard]] Connection& connection_of(u64 id) { return connections_[id - 1]; }
  u32 add_client(u64 seed, Duration patience, bool scripted);
  void think_later(u32 client_id, Schedule& schedule, EventId cause);
  [[nodiscard]] bool is_loyal(u32 client) const;
  [[nodiscard]] bool is_avoided(NodeId node) const {
    return (avoided_ >> (node.value - 1) & 1) != 0;
  }
  NodeId choose_node(Client& client, u32 number) const;
  u64 connect(u32 client, NodeId node);
  void send(u32 client_id, std::span<const std::string_view> words, Schedule& schedule,
            EventId event);
  Returned finish(u32 client_id, Outcome outcome, std::string_view reply, Schedule& schedule,
                  EventId event);
  VirtualTime to_node(Connection& connection, VirtualTime now);
  VirtualTime to_client(Connection& connection, VirtualTime now);
  void tell_broken(u64 connection_id, Schedule& schedule, EventId cause);

  u64 seed_ = 0;
  u32 nodes_ = 0;
  WorkloadOptions options_;
  NetworkOptions network_;
  Workload workload_;
  u32 left_ = 0;
  u32 avoided_ = 0;
  bool final_reads_ = false;
  std::size_t final_read_ = 0;  // the next key to be read
  std::vector<FinalRead> final_asked_;
  u64 answered_ = 0;
  std::vector<Client> clients_;          // by id - 1
  std::vector<Connection> connections_;  // by id - 1; never used twice
  Slots<Parcel> parcels_;
  History history_;
  std::vector<std::string> words_;            // reused
  std::vector<std::string_view> word_views_;  // reused
  std::vector<std::byte> resp_;               // reused
};

}  // namespace snowflk::sim
