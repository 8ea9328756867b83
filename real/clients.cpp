#include "real/clients.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/base/assert.hpp"
#include "core/kv/command.hpp"
#include "core/kv/reply.hpp"
#include "real/clock.hpp"
#include "real/connection_commands.hpp"
#include "real/log.hpp"

namespace snowflk::real {
namespace {

constexpr u32 kWaitingMax = 256;                    // requests of one client, for the core
constexpr u64 kWaitingBytesMax = 4 << 20;           // of those; one more may be begun below it
constexpr std::size_t kReadAheadBytes = 256 << 10;  // of one client whose requests wait
constexpr u64 kReplyRoomBytes = 1 << 20;            // of answers of one client, waiting or expected
constexpr Duration kLookInterval = milliseconds(100);
constexpr Duration kBacklogPatience = seconds(1);

/// A line of HTTP: a browser that was led here. What stands in the lines after it is the choice of
/// whoever led it, and must not be carried out.
bool is_of_http(Bytes word) { return kv::is_word(word, "post") || kv::is_word(word, "host:"); }

/// 40 digits of hexadecimal.
std::string random_id() {
  std::array<char, 49> text{};
  std::snprintf(
      text.data(), text.size(), "%016llx%016llx%016llx", static_cast<unsigned long long>(entropy()),
      static_cast<unsigned long long>(entropy()), static_cast<unsigned long long>(entropy()));
  return std::string{text.data()}.substr(0, 40);
}

bool takes_reply(Session& session) {
  if (session.replies == ReplyMode::skip_next) {
    session.replies = ReplyMode::on;
    return false;
  }
  return session.replies == ReplyMode::on;
}

}  // namespace

Clients::Clients(const Config& config, Poller& poller, StepTarget& target,
                 const StatusSource& status, node::Now now)
    : config_(config),
      poller_(poller),
      target_(target),
      status_(status),
      started_(now.monotonic),
      run_id_(random_id()) {
  if (config.limits.client_idle_timeout > Duration{0}) look_at_ = started_ + kLookInterval;
}

Result<std::unique_ptr<Clients>> Clients::start(const Config& config, Poller& poller,
                                                StepTarget& target, const StatusSource& status,
                                                node::Now now) {
  const auto here = Endpoint::find(config.listen_clients);
  if (!here) return std::unexpected{here.error()};
  auto listener = here->listen();
  if (!listener) return std::unexpected{listener.error()};
  const Token token{.source = Source::client_listener, .number = 0};
  if (auto added = poller.add(listener->get(), token); !added) {
    return std::unexpected{added.error()};
  }
  std::unique_ptr<Clients> clients{new Clients{config, poller, target, status, now}};
  clients->listener_ = std::move(*listener);
  return clients;
}

// ---- Coming and going ------------------------------------------------------------------------

void Clients::on_listener(Instant now) {
  int error = 0;
  while (auto fd = accept_one(listener_.get(), error)) {
    if (clients_.size() >= config_.limits.connections_max) {
      turn_away(std::move(*fd));
    } else {
      adopt(std::move(*fd), now);
    }
  }
  if (error != 0) log(LogLevel::warn, "{}", system_failure("accept a client", error).text);
}

void Clients::turn_away(Fd fd) {
  counters_.connections_rejected += 1;
  constexpr std::string_view kFull = "-ERR max number of clients reached\r\n";
  // A new connection has room for a line. If not, it is closed without one.
  [[maybe_unused]] const auto sent = ::send(fd.get(), kFull.data(), kFull.size(), MSG_NOSIGNAL);
}

void Clients::adopt(Fd fd, Instant now) {
  const u64 id = ++last_id_;
  const int number = fd.get();
  auto stream =
      Stream::adopt(std::move(fd), poller_, {.source = Source::client, .number = id}, false);
  if (!stream) {
    log(LogLevel::warn, "a client was turned away: {}", stream.error().text);
    return;
  }
  counters_.connections += 1;
  Session& session = sessions_[id];
  session.id = id;
  session.address = remote_name(number);
  session.local_address = local_name(number);
  session.fd = number;
  session.since = now;
  session.asked = now;
  clients_.try_emplace(id, session, std::move(*stream), now);
}

void Clients::close(u64 id) {
  const auto found = clients_.find(id);
  Client& client = found->second;
  const bool known_to_core = client.waiting > 0;
  if (!client.ending.empty()) {
    counters_.connections_cut += 1;
    log(LogLevel::info, "client {} ({}) is cut off: {}", id, client.session.address, client.ending);
  }
  count_out(client);
  clients_.erase(found);
  sessions_.erase(id);
  if (known_to_core) target_.step(node::ClientGone{.client = node::ClientId{id}});
}

void Clients::touch(Client& client) {
  if (client.touched) return;
  client.touched = true;
  touched_.push_back(client.session.id);
}

// ---- Bytes in --------------------------------------------------------------------------------

void Clients::on_ready(const Ready& ready, Instant now) {
  const auto found = clients_.find(ready.token.number);
  if (found == clients_.end()) return;
  Client& client = found->second;
  touch(client);
  if (ready.broken) {
    client.leaving = true;
    client.input_ended = true;
    client.stream.input.consume(client.stream.input.size());
    client.stream.output.consume(client.stream.output.size());
    client.broken = true;
    return;
  }
  if (!ready.readable || client.leaving || client.input_ended) return;
  const u64 before = client.stream.received();
  const std::size_t most = has_room(client) ? config_.limits.query_bytes_max : kReadAheadBytes;
  if (client.stream.receive(most) == Stream::Health::closed) client.input_ended = true;
  counters_.input_bytes += client.stream.received() - before;
  client.session.asked = now;
  count(client);
}

/// Whether another request of `client` may be begun.
bool Clients::has_room(const Client& client) const {
  const Weight waiting = client.waiting_weight();
  return client.waiting < kWaitingMax && waiting.request_bytes < kWaitingBytesMax &&
         client.unsent() + waiting.reply_bytes < kReplyRoomBytes;
}

/// Whether what `client` asks next has to wait for what was asked before it.
bool Clients::must_wait(Client& client, const kv::CommandSpec& spec) {
  const u16 kind = spec.flags & (kv::kConnection | kv::kReadOnly | kv::kWrite);
  // What concerns the connection (its protocol, whether it is answered) concerns what comes after
  // it alone, and a write is never asked for beside a read: the line goes in order.
  if (client.waiting > 0) {
    const u16 waiting = client.waiting_kind == RequestKind::read ? kv::kReadOnly : kv::kWrite;
    if (kind != waiting) return true;
  }
  if ((kind & kv::kConnection) != 0 || !is_crowded()) return false;
  if (!client.crowded_out) crowded_out_.push_back(client.session.id);
  client.crowded_out = true;
  return true;
}

void Clients::go_on(Client& client, node::Now now) {
  client.starved = false;
  while (!client.leaving && client.ending.empty()) {
    client.starved = !has_room(client);
    if (client.starved) return;
    if (!client.held && !next_request(client)) return;
    const auto args = client.parser.args(client.stream.input.unread());
    if (is_of_http(args[0])) {
      client.end("it speaks HTTP: a page in a browser may have sent it (cross-protocol scripting)");
      return;
    }
    const auto spec = kv::check_call(args);
    client.held = spec && must_wait(client, **spec);
    if (client.held) return;
    client.moved = now.monotonic;
    counters_.commands += 1;
    if (!spec) {
      fail(client, spec.error().text);
    } else {
      carry_out_next(client, **spec, args, now);
    }
    if (!client.leaving) client.stream.input.consume(client.parser.consumed());
  }
}

/// Parses one. False: there is none yet, or never will be.
bool Clients::next_request(Client& client) {
  using Status = wire::RequestParser::Status;
  auto& input = client.stream.input;
  switch (client.parser.parse(input.unread())) {
    case Status::request: return true;
    case Status::fault:
      fail(client, client.parser.fault());
      client.leaving = true;
      return false;
    case Status::need_more: break;
  }
  input.consume(client.parser.consumed());
  if (input.size() >= config_.limits.query_bytes_max) {
    fail(client, "ERR Protocol error: the request is larger than query_buffer_max");
    client.leaving = true;
  }
  return false;
}

// ---- Requests --------------------------------------------------------------------------------

void Clients::carry_out_next(Client& client, const kv::CommandSpec& spec,
                             std::span<const Bytes> args, node::Now now) {
  client.session.last = spec.name;
  if ((spec.flags & kv::kConnection) != 0) return carry_out_here(client, spec, args, now);
  const bool reads = (spec.flags & kv::kReadOnly) != 0;
  ask_core(client, reads ? RequestKind::read : RequestKind::write, args);
}

void Clients::carry_out_here(Client& client, const kv::CommandSpec& spec,
                             std::span<const Bytes> args, node::Now now) {
  const NodeStatus status = status_.status();
  const ServerView view{.config = config_,
                        .node = status,
                        .sessions = sessions_,
                        .counters = counters_,
                        .now = now,
                        .started = started_,
                        .run_id = run_id_};
  resp_.clear();
  const ReplyMode before = client.session.replies;
  Call call{.args = args, .session = client.session, .server = view, .out = resp_, .ended = {}};
  carry_out(spec, call);
  // CLIENT REPLY decides about its own answer by what it has just set.
  const bool muted = before == ReplyMode::skip_next || client.session.replies != ReplyMode::on;
  if (before == ReplyMode::skip_next && client.session.replies == ReplyMode::skip_next) {
    client.session.replies = ReplyMode::on;
  }
  client.answer_in_turn(resp_, muted);
  client.leaving = client.leaving || call.closes;
  for (const u64 id : call.ended) {
    Client& other = clients_.find(id)->second;  // There is one for each session.
    other.end("a client asked for it (CLIENT KILL)");
    touch(other);
  }
}

void Clients::ask_core(Client& client, RequestKind kind, std::span<const Bytes> args) {
  command_.clear();
  const auto encoded = kv::encode_command(args, command_);
  if (!encoded) return fail(client, encoded.error().text);
  client.waiting += 1;
  client.waiting_kind = kind;
  const auto request = client.enter_line(
      !takes_reply(client.session),
      {.request_bytes = command_.size(), .reply_bytes = client.expected_reply_bytes(kind)});
  const u64 promised = client.expected_reply_bytes(kind);
  promised_bytes_ += promised;
  client.promised_counted += promised;
  target_.step(node::ClientRequest{
      .client = node::ClientId{client.session.id}, .request = request, .command = command_});
}

void Clients::fail(Client& client, std::string_view error) {
  counters_.errors += 1;
  resp_.clear();
  wire::append_error(resp_, error);
  client.answer_in_turn(resp_, !takes_reply(client.session));
}

// ---- Answers ---------------------------------------------------------------------------------

void Clients::reply(const node::Reply& reply) {
  const auto found = clients_.find(reply.client.value);
  if (found == clients_.end() || !found->second.awaits(reply.request)) return;
  Client& client = found->second;
  resp_.clear();
  const bool written = kv::write_resp(reply.reply, client.session.protocol, resp_);
  SNOWFLK_ASSERT(written);  // the core judged it, wherever it came from
  const char first = resp_.empty() ? '-' : static_cast<char>(resp_[0]);
  if (first == '-') counters_.errors += 1;
  if (client.waiting_kind == RequestKind::read && (first == '$' || first == '_')) {
    const bool none = first == '_' || static_cast<char>(resp_[1]) == '-';
    (none ? counters_.keyspace_misses : counters_.keyspace_hits) += 1;
  }
  client.waiting -= 1;
  client.answer(reply.request, resp_);
  touch(client);
}

void Clients::disconnect(node::ClientId id) {
  const auto found = clients_.find(id.value);
  if (found == clients_.end()) return;
  found->second.end("the outcome of what it asked cannot be known");
  touch(found->second);
}

void Clients::send(Client& client, Instant now) {
  if (client.broken) return;
  const u64 before = client.stream.sent();
  if (client.stream.flush() == Stream::Health::closed) client.broken = true;
  counters_.output_bytes += client.stream.sent() - before;
  if (client.stream.sent() != before) client.moved = now;
  if (client.stream.output.empty()) {
    client.stalled = kNever;
  } else if (client.stalled == kNever || client.stream.sent() != before) {
    client.stalled = now;
    look_at_ = std::min(look_at_, now + kLookInterval);
  }
}

/// Reads on only where there is room for what comes.
void Clients::watch(Client& client) {
  const bool full = client.stream.input.size() >= kReadAheadBytes;
  const bool stuck = full && (client.held || !has_room(client));
  client.stream.want_input(!client.leaving && !client.input_ended && !stuck);
}

/// Whether it was answered all that it will ever ask.
bool Clients::is_through(const Client& client) {
  const bool asks_no_more = client.input_ended && !client.held && !client.starved;
  if (!client.leaving && !asks_no_more) return false;
  return client.unanswered() == 0 && client.stream.output.empty();
}

bool Clients::settle(node::Now now) {
  let_in_crowded_out();
  turn_.swap(touched_);
  touched_.clear();
  for (const u64 id : turn_) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) continue;
    Client& client = found->second;
    client.touched = false;
    go_on(client, now);
    send(client, now.monotonic);
    client.stream.input.shrink_if_empty();
    count(client);
    if (client.broken || !client.ending.empty() || is_through(client)) {
      close(id);
      continue;
    }
    watch(client);
    if (client.starved && has_room(client)) touch(client);  // What it waited for was sent just now.
  }
  measure_rate(now.monotonic);
  make_room(now.monotonic);
  return !touched_.empty();
}

void Clients::measure_rate(Instant now) {
  constexpr i64 kSecond = 1'000'000'000;
  const i64 passed = (now - measured_at_).value;
  if (passed < kSecond) return;
  // They may have been set back (CONFIG RESETSTAT).
  const u64 done = counters_.commands - std::min(counters_.commands, measured_commands_);
  counters_.commands_per_second = done * 1000 / static_cast<u64>(passed / 1'000'000);
  measured_at_ = now;
  measured_commands_ = counters_.commands;
}

void Clients::on_time(Instant now) {
  if (now < look_at_) return;
  const Duration idle_max = config_.limits.client_idle_timeout;
  look_at_ = idle_max > Duration{0} ? now + kLookInterval : kNever;
  for (auto& [id, client] : clients_) {
    if (client.stalled != kNever) {
      look_at_ = now + kLookInterval;
      // One that reads may be behind by much for a moment: it is cut off for taking nothing.
      if (client.unsent() > config_.limits.backlog_bytes_max &&
          now - client.moved >= kBacklogPatience) {
        client.end("it takes its answers too slowly (reply_backlog_max)");
      }
      if (now - client.stalled >= config_.limits.slow_client_timeout) {
        client.end("it takes no answers (slow_client_timeout)");
      }
    }
    const bool idle = client.unanswered() == 0 && now - client.session.asked >= idle_max;
    if (idle_max > Duration{0} && idle) client.end("it asks nothing (client_idle_timeout)");
    if (!client.ending.empty()) touch(client);
  }
}

}  // namespace snowflk::real
