// All clients: who may connect, whose request is next, what goes to the core, who is cut off.
//
// Bounded in every direction: connections, bytes received and not understood, requests that wait
// for the core and the answers they may have, bytes of answers not taken; of each client, and of
// all together. A client at a bound is not read from until it is below again; one that takes no
// answers is cut off, the sooner the less room there is, so that it costs the others nothing.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/kv/command_table.hpp"
#include "real/client.hpp"
#include "real/config.hpp"
#include "real/poller.hpp"
#include "real/server_view.hpp"
#include "real/socket.hpp"
#include "real/step_target.hpp"

namespace snowflk::real {

/// Who can say how the node is.
class StatusSource {
 public:
  [[nodiscard]] virtual NodeStatus status() const = 0;

 protected:
  StatusSource() = default;
  StatusSource(const StatusSource&) = default;
  StatusSource& operator=(const StatusSource&) = default;
  ~StatusSource() = default;
};

class Clients {
 public:
  /// Listens. All that is given outlives the value.
  static Result<std::unique_ptr<Clients>> start(const Config& config, Poller& poller,
                                                StepTarget& target, const StatusSource& status,
                                                node::Now now);

  // ---- What the poller says -----------------------------------------------------------------
  void on_listener(Instant now);
  void on_ready(const Ready& ready, Instant now);
  /// Cuts off who is slow or idle.
  void on_time(Instant now);
  [[nodiscard]] Instant deadline() const { return look_at_; }

  // ---- What the core wants ------------------------------------------------------------------
  void reply(const node::Reply& reply);
  void disconnect(node::ClientId id);

  // ---- The end of a turn --------------------------------------------------------------------
  /// Goes on with everybody who has something to do: understands requests, steps the core, sends.
  /// True if another call has something to do.
  bool settle(node::Now now);

  [[nodiscard]] std::string listening_at() const { return local_name(listener_.get()); }

 private:
  Clients(const Config& config, Poller& poller, StepTarget& target, const StatusSource& status,
          node::Now now);
  void turn_away(Fd fd);
  void adopt(Fd fd, Instant now);
  void touch(Client& client);

  /// Understands and carries out what `client` has sent, as far as its bounds allow.
  void go_on(Client& client, node::Now now);
  bool next_request(Client& client);
  void carry_out_next(Client& client, const kv::CommandSpec& spec, std::span<const Bytes> args,
                      node::Now now);
  void carry_out_here(Client& client, const kv::CommandSpec& spec, std::span<const Bytes> args,
                      node::Now now);
  void ask_core(Client& client, RequestKind kind, std::span<const Bytes> args);
  void fail(Client& client, std::string_view error);
  [[nodiscard]] bool has_room(const Client& client) const;
  [[nodiscard]] bool must_wait(Client& client, const kv::CommandSpec& spec);
  [[nodiscard]] static bool is_through(const Client& client);

  // ---- What all take up together (clients_room.cpp) ----------------------------------------
  void measure_rate(Instant now);
  void count(Client& client);
  void count_out(const Client& client);
  [[nodiscard]] bool is_crowded() const;
  void let_in_crowded_out();
  void make_room(Instant now);
  void end_largest(Instant now, Duration patience, u64 (*bytes_of)(const Client&), u64 goal);

  void send(Client& client, Instant now);
  void watch(Client& client);
  void close(u64 id);

  const Config& config_;
  Poller& poller_;
  StepTarget& target_;
  const StatusSource& status_;
  Instant started_;
  std::string run_id_;
  Fd listener_;
  u64 last_id_ = 0;
  Sessions sessions_;
  std::map<u64, Client> clients_;
  Counters counters_;
  Instant measured_at_{0};
  u64 measured_commands_ = 0;
  u64 input_bytes_ = 0;     // of all clients: received and not understood
  u64 unsent_bytes_ = 0;    // of all clients: answers not taken
  u64 promised_bytes_ = 0;  // of all clients: set aside for answers to come
  std::vector<u64> crowded_out_;
  Instant make_room_at_{0};
  Instant look_at_ = kNever;
  std::vector<u64> touched_;
  std::vector<u64> turn_;           // scratch of settle()
  std::vector<std::byte> command_;  // scratch: borrowed by the core for one step
  std::vector<std::byte> resp_;     // scratch
};

}  // namespace snowflk::real
