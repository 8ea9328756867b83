#include "sim/clients.hpp"

#include <algorithm>

#include "core/kv/command.hpp"
#include "core/kv/reply.hpp"

namespace snowflk::sim {
namespace {

// History keeps virtual time as an Instant of the world's own clock.
Instant world_instant(VirtualTime at) { return Instant{at.value}; }

Outcome outcome_of(const kv::ReplyView& reply) {
  if (reply.head().kind != kv::ReplyKind::error) return Outcome::ok;
  switch (reply.head().error) {
    case kv::ErrorKind::command: return Outcome::ok;
    case kv::ErrorKind::refused: return Outcome::failed;
    case kv::ErrorKind::unknown: return Outcome::unknown;
  }
  return Outcome::unknown;
}

}  // namespace

Clients::Clients(u64 seed, u32 nodes, const WorkloadOptions& options, const NetworkOptions& network)
    : seed_(seed),
      nodes_(nodes),
      options_(options),
      network_(network),
      workload_(options),
      left_(options.operations) {
  for (u32 i = 0; i < options.clients; ++i) add_client(seed, options.patience, false);
}

u32 Clients::add_client(u64 seed, Duration patience, bool scripted) {
  const u32 id = static_cast<u32>(clients_.size()) + 1;
  Client client;
  client.patience = patience;
  client.scripted = scripted;
  client.think = stream_of(seed, id, Stream::client_think);
  client.choice = stream_of(seed, id, Stream::client_node);
  client.commands = stream_of(seed, id, Stream::client_command);
  client.values = stream_of(seed, id, Stream::client_value);
  client.delay = stream_of(seed, id, Stream::client_delay);
  clients_.push_back(client);
  return id;
}

// ---- The workload ---------------------------------------------------------------------------

void Clients::begin(Schedule& schedule) {
  for (u32 id = 1; id <= clients_.size(); ++id) think_later(id, schedule, {});
}

void Clients::think_later(u32 client_id, Schedule& schedule, EventId cause) {
  Client& client = client_of(client_id);
  if (client.scripted) return;
  schedule.push(Pending{.at = schedule.now() + geometric(client.think, options_.think_mean),
                        .cause = cause,
                        .argument = client_id,
                        .kind = EventKind::client_think});
}

void Clients::begin_final_reads(Schedule& schedule) {
  final_reads_ = true;
  final_read_ = 0;
  for (u32 id = 1; id <= clients_.size(); ++id) think_later(id, schedule, {});
}

bool Clients::done() const {
  if (left_ > 0 && options_.clients > 0) return false;
  if (final_reads_ && final_read_ < workload_.keys().size() && options_.clients > 0) return false;
  return std::ranges::none_of(clients_, [](const Client& client) { return client.waiting; });
}

std::optional<Invoked> Clients::think(u64 client_id, Schedule& schedule, EventId event) {
  const u32 number = static_cast<u32>(client_id);
  Client& client = client_of(number);
  if (client.waiting) return std::nullopt;
  const bool is_final = left_ == 0;
  if (left_ > 0) {
    left_ -= 1;
    workload_.draw(number, client.commands, client.values, words_);
  } else if (final_reads_ && final_read_ < workload_.keys().size()) {
    words_ = {"GET", workload_.keys()[final_read_]};
    final_read_ += 1;
  } else {
    return std::nullopt;
  }
  // Most stay with their node; a few go round, so that all nodes are asked.
  const bool drawn = client.choice.chance({1, 20}) && !is_loyal(number);
  const bool avoids = client.connection != 0 && is_avoided(connection_of(client.connection).node);
  const bool moves = drawn || avoids;
  if (client.connection == 0 || moves) {
    if (client.connection != 0) disconnect(client.connection, false, schedule, event);
    client.connection = connect(number, choose_node(client, number));
  }
  word_views_.assign(words_.begin(), words_.end());
  send(number, word_views_, schedule, event);
  const Connection& connection = connection_of(client.connection);
  if (is_final && !connection.dead) {
    final_asked_.push_back({.operation = client.operation, .node = connection.node});
  }
  return Invoked{.client = number, .operation = client.operation};
}

// Those who are loyal come back to a node while it starts, before it knows what it has missed.
bool Clients::is_loyal(u32 client) const {
  return u64{client} * kMillion <= u64{options_.clients} * options_.loyal_ppm;
}

NodeId Clients::choose_node(Client& client, u32 number) const {
  NodeId node{static_cast<u32>(1 + client.choice.below(nodes_))};
  if (is_loyal(number)) node = NodeId{1 + (number - 1) % nodes_};
  while (is_avoided(node)) node = NodeId{1 + node.value % nodes_};
  return node;
}

OperationId Clients::ask(NodeId node, std::span<const std::string_view> words, Duration patience,
                         Schedule& schedule, EventId cause) {
  SNOWFLK_ASSERT(node.value >= 1);
  SNOWFLK_ASSERT(node.value <= nodes_);
  const u32 id = add_client(seed_, patience, true);
  client_of(id).connection = connect(id, node);
  send(id, words, schedule, cause);
  return OperationId{static_cast<u32>(history_.operations().size() - 1)};
}

u64 Clients::connect(u32 client, NodeId node) {
  Connection connection;
  connection.client = client;
  connection.node = node;
  connections_.push_back(connection);
  return connections_.size();
}

void Clients::send(u32 client_id, std::span<const std::string_view> words, Schedule& schedule,
                   EventId event) {
  Client& client = client_of(client_id);
  SNOWFLK_ASSERT(!client.waiting);
  client.operation = history_.invoke(client_id, world_instant(schedule.now()), words);
  const u64 slot = parcels_.take();
  Parcel& parcel = parcels_[slot];
  parcel.bytes.clear();
  const auto encoded = kv::encode_command(words, parcel.bytes);
  if (!encoded) {
    release(slot);
    const std::string answer = "-" + encoded.error().text + "\r\n";
    history_.complete(client.operation, world_instant(schedule.now()), Outcome::ok, answer);
    return;
  }
  Connection& connection = connection_of(client.connection);
  connection.requests += 1;
  parcel.connection = client.connection;
  parcel.request = connection.requests;
  parcel.client = client_id;
  parcel.operation = client.operation;
  client.waiting = true;
  schedule.push(Pending{.at = to_node(connection, schedule.now()),
                        .cause = event,
                        .argument = slot,
                        .node = connection.node.value,
                        .kind = EventKind::client_request});
  schedule.push(Pending{.at = schedule.now() + client.patience,
                        .cause = event,
                        .argument = client.operation.value,
                        .kind = EventKind::client_patience});
}

// ---- At a client ----------------------------------------------------------------------------

Returned Clients::finish(u32 client_id, Outcome outcome, std::string_view reply, Schedule& schedule,
                         EventId event) {
  Client& client = client_of(client_id);
  SNOWFLK_ASSERT(client.waiting);
  client.waiting = false;
  history_.complete(client.operation, world_instant(schedule.now()), outcome, reply);
  if (outcome == Outcome::ok) answered_ += 1;
  think_later(client_id, schedule, event);
  return Returned{.client = client_id, .operation = client.operation, .outcome = outcome};
}

std::optional<Returned> Clients::take_reply(u64 slot, Schedule& schedule, EventId event) {
  const Parcel& parcel = parcels_[slot];
  const Connection& connection = connection_of(parcel.connection);
  const Client& client = client_of(connection.client);
  const bool expected = connection.at_client && client.waiting &&
                        client.connection == parcel.connection &&
                        parcel.request == connection.requests;
  if (!expected) {
    release(slot);
    return std::nullopt;
  }
  const auto reply = kv::decode_reply(parcel.bytes);
  SNOWFLK_ASSERT(reply.has_value());
  const Outcome outcome = outcome_of(*reply);
  resp_.clear();
  if (outcome == Outcome::ok) {
    const bool written = kv::write_resp(parcel.bytes, wire::Protocol::resp2, resp_);
    SNOWFLK_ASSERT(written);
  }
  release(slot);
  return finish(connection.client, outcome, as_text(resp_), schedule, event);
}

std::optional<Returned> Clients::give_up(u64 operation, Schedule& schedule, EventId event) {
  const Operation& asked = history_.operations()[operation];
  if (asked.outcome != Outcome::pending) return std::nullopt;
  const u32 id = static_cast<u32>(asked.process);
  Client& client = client_of(id);
  SNOWFLK_ASSERT(client.operation.value == operation);
  disconnect(client.connection, false, schedule, event);
  client.connection = 0;
  return finish(id, Outcome::unknown, {}, schedule, event);
}

std::optional<Returned> Clients::notice_broken(u64 connection_id, Schedule& schedule,
                                               EventId event) {
  Connection& connection = connection_of(connection_id);
  if (!connection.at_client) return std::nullopt;
  connection.at_client = false;
  Client& client = client_of(connection.client);
  if (client.connection != connection_id) return std::nullopt;
  client.connection = 0;
  if (!client.waiting) return std::nullopt;
  // Nobody took the connection: then nobody took its first request either.
  const bool never_stood = !connection.at_node && connection.dead && connection.requests == 1;
  const Outcome outcome = never_stood ? Outcome::failed : Outcome::unknown;
  return finish(connection.client, outcome, {}, schedule, event);
}

// ---- At a node ------------------------------------------------------------------------------

bool Clients::arrives(u64 slot) {
  Connection& connection = connection_of(parcels_[slot].connection);
  if (connection.dead) {
    release(slot);
    return false;
  }
  connection.at_node = true;
  return true;
}

void Clients::refuse(u64 slot, Schedule& schedule, EventId cause) {
  const u64 id = parcels_[slot].connection;
  release(slot);
  Connection& connection = connection_of(id);
  if (connection.dead) return;
  connection.dead = true;
  tell_broken(id, schedule, cause);
}

std::optional<ClientLeft> Clients::leave(u64 connection_id) {
  Connection& connection = connection_of(connection_id);
  if (!connection.at_node || connection.dead) return std::nullopt;
  connection.dead = true;
  return ClientLeft{.client = connection.client};
}

void Clients::answer(const node::Reply& reply, Schedule& schedule, EventId cause) {
  SNOWFLK_ASSERT(reply.client.value >= 1);
  SNOWFLK_ASSERT(reply.client.value <= connections_.size());
  Connection& connection = connection_of(reply.client.value);
  if (connection.dead) return;
  const u64 slot = parcels_.take();
  Parcel& parcel = parcels_[slot];
  parcel.connection = reply.client.value;
  parcel.request = reply.request.value;
  parcel.client = connection.client;
  parcel.bytes.assign(reply.reply.begin(), reply.reply.end());
  schedule.push(Pending{.at = to_client(connection, schedule.now()),
                        .cause = cause,
                        .argument = slot,
                        .node = connection.node.value,
                        .kind = EventKind::client_reply});
}

void Clients::disconnect(u64 connection_id, bool by_node, Schedule& schedule, EventId cause) {
  Connection& connection = connection_of(connection_id);
  if (by_node) {
    if (connection.dead) return;
    connection.dead = true;
    tell_broken(connection_id, schedule, cause);
    return;
  }
  // The client leaves: its end is closed at once, and the node hears of it in its turn.
  connection.at_client = false;
  schedule.push(Pending{.at = to_node(connection, schedule.now()),
                        .cause = cause,
                        .argument = connection_id,
                        .node = connection.node.value,
                        .kind = EventKind::client_gone});
}

void Clients::reset(u64 connection_id, Schedule& schedule, EventId cause) {
  Connection& connection = connection_of(connection_id);
  if (connection.dead) return;
  tell_broken(connection_id, schedule, cause);
  schedule.push(Pending{.at = to_node(connection, schedule.now()),
                        .cause = cause,
                        .argument = connection_id,
                        .node = connection.node.value,
                        .kind = EventKind::client_gone});
}

void Clients::crash(NodeId node, CrashKind kind, Schedule& schedule, EventId cause) {
  for (u64 id = 1; id <= connections_.size(); ++id) {
    Connection& connection = connection_of(id);
    if (connection.node != node) continue;
    if (!connection.at_node || connection.dead) continue;
    connection.dead = true;
    // A machine without power closes nothing: its clients run out of patience.
    if (kind == CrashKind::process) tell_broken(id, schedule, cause);
  }
}

void Clients::tell_broken(u64 connection_id, Schedule& schedule, EventId cause) {
  Connection& connection = connection_of(connection_id);
  schedule.push(Pending{.at = to_client(connection, schedule.now()),
                        .cause = cause,
                        .argument = connection_id,
                        .node = connection.node.value,
                        .kind = EventKind::client_broken});
}

u64 Clients::any_connection(Prng& prng) const {
  std::vector<u64> standing;
  for (u64 id = 1; id <= connections_.size(); ++id) {
    const Connection& connection = connections_[id - 1];
    if (connection.at_client && connection.at_node && !connection.dead) standing.push_back(id);
  }
  return standing.empty() ? 0 : standing[prng.below(standing.size())];
}

VirtualTime Clients::to_node(Connection& connection, VirtualTime now) {
  Prng& delay = client_of(connection.client).delay;
  const VirtualTime when = now + network_.delay_min + geometric(delay, network_.delay_mean);
  connection.last_to_node = std::max(when, connection.last_to_node + Duration{1});
  return connection.last_to_node;
}

VirtualTime Clients::to_client(Connection& connection, VirtualTime now) {
  Prng& delay = client_of(connection.client).delay;
  const VirtualTime when = now + network_.delay_min + geometric(delay, network_.delay_mean);
  connection.last_to_client = std::max(when, connection.last_to_client + Duration{1});
  return connection.last_to_client;
}

void Clients::fork(u64 number) {
  for (Client& client : clients_) {
    for (Prng* random : {&client.think, &client.choice, &client.commands, &client.delay}) {
      random->fork(number);
    }
  }
}

}  // namespace snowflk::sim
