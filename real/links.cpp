#include "real/links.hpp"

#include <algorithm>

#include "core/trace/codec.hpp"
#include "real/log.hpp"

namespace snowflk::real {
namespace {

constexpr Duration kPatienceMin = milliseconds(20);
constexpr Duration kPatienceMax = seconds(1);
constexpr std::size_t kStrangersMax = 64;  // accepted, and not yet said who they are
constexpr std::size_t kInputMax = 2 * std::size_t{wire::kFrameBytesMax};

std::string fault_text(wire::FrameFault fault) {
  return "it sent no frame of ours (" + std::string{name_of(fault)} + ")";
}

/// Short, and an election or an answer hangs on it. Not AppendEntries without entries: a follower
/// that lacks what was sent before one refuses it, and has it all sent again.
bool is_urgent(const node::Send& send) {
  using Kind = wire::FrameKind;
  if (send.channel != node::Channel::datagram) return false;
  const auto kind = wire::frame_kind(send.frame);
  return kind && *kind != Kind::append_entries && *kind != Kind::forward &&
         *kind != Kind::forward_reply;
}

}  // namespace

Links::Links(const Config& config, Poller& poller, StepTarget& target)
    : config_(config),
      poller_(poller),
      target_(target),
      self_(config.options.self),
      sender_{.cluster = config.options.cluster, .self = config.options.self} {}

Result<std::unique_ptr<Links>> Links::start(const Config& config, Poller& poller,
                                            StepTarget& target) {
  std::unique_ptr<Links> links{new Links{config, poller, target}};
  for (const auto& member : config.peers) {
    if (member.id == config.options.self) continue;
    auto endpoint = Endpoint::find(member.address);
    if (!endpoint) return std::unexpected{endpoint.error()};
    links->peers_.push_back({.id = member.id, .endpoint = std::move(*endpoint)});
  }
  const auto here = Endpoint::find(config.listen_peers);
  if (!here) return std::unexpected{here.error()};
  auto listener = here->listen();
  if (!listener) return std::unexpected{listener.error()};
  links->listener_ = std::move(*listener);
  const Token token{.source = Source::peer_listener, .number = 0};
  if (auto added = poller.add(links->listener_.get(), token); !added) {
    return std::unexpected{added.error()};
  }
  poller.change(links->listener_.get(), token, false, false);
  return links;
}

void Links::open() {
  open_ = true;
  poller_.change(listener_.get(), {.source = Source::peer_listener, .number = 0}, true, false);
}

const Link* Links::link_to(NodeId id) const {
  const auto peer = std::ranges::find(peers_, id, &Peer::id);
  if (peer == peers_.end()) return nullptr;
  const auto link = links_.find(peer->link);
  if (link == links_.end() || link->second.state != LinkState::up) return nullptr;
  return &link->second;
}

Links::Peer* Links::find_peer(NodeId id) {
  const auto peer = std::ranges::find(peers_, id, &Peer::id);
  return peer == peers_.end() ? nullptr : &*peer;
}

void Links::end(Link& link, std::string_view why) {
  if (link.ending.empty()) link.ending = why;
}

Link* Links::adopt(Fd fd, bool connecting, Instant now) {
  const u64 number = ++last_number_;
  keep_unsent_few(fd.get());
  auto stream =
      Stream::adopt(std::move(fd), poller_, {.source = Source::peer, .number = number}, connecting);
  if (!stream) {
    log(LogLevel::warn, "a peer's connection was dropped: {}", stream.error().text);
    return nullptr;
  }
  return &links_.try_emplace(number, number, std::move(*stream), now).first->second;
}

// ---- Dialling and accepting ------------------------------------------------------------------

void Links::dial_later(Peer& peer, Instant now) {
  peer.patience = std::clamp(peer.patience * 2, kPatienceMin, kPatienceMax);
  peer.dial_at = now + peer.patience;
}

void Links::dial(Peer& peer, Instant now) {
  dial_later(peer, now);
  auto fd = peer.endpoint.dial();
  if (!fd) return;  // Tried again, when its time comes.
  Link* link = adopt(std::move(*fd), true, now);
  if (link == nullptr) return;
  link->state = LinkState::connecting;
  link->dialled = true;
  link->peer = peer.id;
  peer.link = link->number;
}

void Links::on_listener(Instant now) {
  int error = 0;
  while (auto fd = accept_one(listener_.get(), error)) {
    const auto strangers =
        std::ranges::count_if(links_, [](const auto& entry) { return entry.second.peer.nobody(); });
    if (strangers >= static_cast<std::ptrdiff_t>(kStrangersMax)) continue;  // Closed at once.
    adopt(std::move(*fd), false, now);
  }
  if (error != 0) log(LogLevel::warn, "{}", system_failure("accept a peer", error).text);
}

void Links::on_connected(Link& link) {
  if (const int error = link.stream.connect_error(); error != 0) {
    end(link, std::generic_category().message(error));
    return;
  }
  link.state = LinkState::greeting;
  say_hello(link, link.peer);
}

void Links::say_hello(Link& link, NodeId to) {
  const wire::Hello hello{.to = to, .members = wire::members_hash(config_.options.voters)};
  wire::encode(sender_, hello, link.stream.output.back());
}

// ---- Frames in -------------------------------------------------------------------------------

void Links::on_ready(const Ready& ready, Instant now) {
  const auto found = links_.find(ready.token.number);
  if (found == links_.end() || !found->second.ending.empty()) return;
  Link& link = found->second;
  if (link.state == LinkState::connecting) {
    if (ready.writable) on_connected(link);
    return;
  }
  if (!ready.readable) return;  // Room to write: settle() sends what waits.
  const auto health = link.stream.receive(kInputMax);
  read_frames(link, now);
  if (health == Stream::Health::closed) end(link, "it closed the connection");
}

void Links::read_frames(Link& link, Instant now) {
  while (link.ending.empty()) {
    const Bytes unread = link.stream.input.unread();
    const auto length = wire::frame_length(sender_.cluster, unread);
    if (!length) return end(link, fault_text(length.error()));
    if (!*length || unread.size() < **length) return;
    on_frame(link, unread.first(**length), now);
    link.stream.input.consume(**length);
  }
}

void Links::on_frame(Link& link, Bytes frame, Instant now) {
  link.heard = now;
  Bytes rest = frame;
  const auto header = trace::decode<wire::FrameHeader>(rest);
  SNOWFLK_ASSERT(header.has_value());  // frame_length() has seen a whole one
  const auto kind = wire::frame_kind(frame);
  if (kind == wire::FrameKind::hello) return on_hello(link, frame);
  if (link.state != LinkState::up) return end(link, "it sent a frame before its hello");
  if (header->from != link.peer) return end(link, "it sent a frame in another's name");
  if (kind == wire::FrameKind::ping) return on_ping(link, frame);
  target_.step(node::FrameReceived{.from = link.peer, .frame = frame});
}

void Links::on_hello(Link& link, Bytes bytes) {
  const auto frame = wire::decode(sender_.cluster, bytes);
  if (!frame) return end(link, fault_text(frame.error()));
  if (link.state == LinkState::up) return end(link, "it said hello twice");
  Peer* peer = find_peer(frame->from);
  if (peer == nullptr) return end(link, "it is no member of the cluster");
  const auto& hello = std::get<wire::Hello>(frame->body);
  if (hello.to != self_) return end(link, "it means another node");
  if (hello.members != wire::members_hash(config_.options.voters)) {
    return end(link, "its cluster has other members than ours");
  }
  if (link.dialled != dials(*peer)) return end(link, "of us two, the other is to dial");
  if (link.dialled && link.peer != peer->id) return end(link, "another node answers there");
  if (!link.dialled) say_hello(link, peer->id);
  come_up(link, *peer);
}

void Links::come_up(Link& link, Peer& peer) {
  if (const auto older = links_.find(peer.link);
      older != links_.end() && older->second.number != link.number) {
    // The peer began anew, so it no longer has the older one, whatever our kernel thinks. The core
    // hears that it is down before it hears of the new one.
    end(older->second, "the peer has connected anew");
    if (older->second.epoch != 0) {
      target_.step(node::PeerDown{.peer = peer.id, .epoch = older->second.epoch});
      older->second.epoch = 0;
    }
  }
  link.state = LinkState::up;
  link.peer = peer.id;
  link.epoch = ++peer.epochs;
  peer.link = link.number;
  peer.patience = Duration{0};
  peer.failures = 0;
  log(LogLevel::info, "peer {} is up ({})", peer.id.value, remote_name(link.stream.fd()));
  target_.step(node::PeerUp{.peer = peer.id, .epoch = link.epoch});
}

void Links::on_ping(Link& link, Bytes bytes) {
  const auto frame = wire::decode(sender_.cluster, bytes);
  if (!frame) return end(link, fault_text(frame.error()));
  const auto& ping = std::get<wire::Ping>(frame->body);
  if (ping.answer) return;  // That it came is all.
  wire::encode(sender_, wire::Ping{.token = ping.token, .answer = true}, link.stream.output.back());
}

// ---- Frames out ------------------------------------------------------------------------------

void Links::send(const node::Send& send) {
  Link* link = link_to(send.to);
  if (link == nullptr) return;  // A datagram is lost; of the stream, PeerDown told or will tell.
  const u64 waiting = link->waiting() + send.frame.size();
  const u64 room = config_.limits.peer_backlog_bytes_max;
  if (send.channel == node::Channel::datagram) {
    if (waiting > room) {
      link->refused_frames = true;
      return;
    }
  } else {
    if (send.epoch != link->epoch) return;
    // Datagrams fill no more than their room; a stream that cannot be taken for so long is broken.
    if (waiting > 2 * room) return end(*link, "it does not take what it is sent");
  }
  if (is_urgent(send)) {
    link->send_ahead(send.frame);
  } else {
    link->send_in_order(send.frame);
  }
}

// One line a link: of a newer version such frames may come as often as any.
void Links::refuse_frame(NodeId peer, wire::FrameFault fault) {
  if (wire::ends_stream(fault)) {
    return refuse(peer, "it sent a wrong frame (" + std::string{name_of(fault)} + ")");
  }
  frames_passed_over_ += 1;
  Link* link = link_to(peer);
  if (link == nullptr || link->passed_over) return;
  link->passed_over = true;
  log(LogLevel::info, "peer {} is of a newer version: some of its frames are passed over",
      peer.value);
}

void Links::refuse(NodeId peer, std::string_view why) {
  if (Link* link = link_to(peer)) end(*link, why);
}

// ---- Time ------------------------------------------------------------------------------------

void Links::watch_silence(Link& link, Instant now) {
  const Duration silence = now - link.heard;
  if (silence >= config_.limits.peer_timeout) return end(link, "it has been silent for too long");
  const Duration asks_after = config_.limits.peer_timeout / 4;
  if (link.state != LinkState::up || silence < asks_after || now - link.pinged < asks_after) return;
  link.pinged = now;
  wire::encode(sender_, wire::Ping{.token = link.number, .answer = false},
               link.stream.output.back());
}

void Links::on_time(Instant now) {
  for (auto& [number, link] : links_) watch_silence(link, now);
  if (!open_) return;
  for (auto& peer : peers_) {
    if (dials(peer) && peer.link == 0 && peer.dial_at <= now) dial(peer, now);
  }
}

Instant Links::deadline() const {
  Instant first = kNever;
  for (const auto& [number, link] : links_) {
    const Instant asks = std::max(link.heard, link.pinged) + config_.limits.peer_timeout / 4;
    const Instant ends = link.heard + config_.limits.peer_timeout;
    first = std::min({first, ends, link.state == LinkState::up ? asks : ends});
  }
  if (!open_) return first;
  for (const auto& peer : peers_) {
    if (dials(peer) && peer.link == 0) first = std::min(first, peer.dial_at);
  }
  return first;
}

// ---- The end of a turn -----------------------------------------------------------------------

bool Links::settle(Instant now) {
  ending_.clear();
  bool stepped = false;
  for (auto& [number, link] : links_) {
    if (link.state == LinkState::connecting) {
      if (!link.ending.empty()) ending_.push_back(number);
      continue;
    }
    // What was said before the end still leaves: a reason that the other end may log.
    if (link.flush() == Stream::Health::closed) end(link, "it closed the connection");
    if (!link.ending.empty()) {
      ending_.push_back(number);
    } else if (link.refused_frames && link.waiting() <= config_.limits.peer_backlog_bytes_max / 2) {
      link.refused_frames = false;
      target_.step(node::SendRoom{.peer = link.peer});
      stepped = true;
    }
  }
  for (const u64 number : ending_) stepped = close(number, now) || stepped;
  return stepped;
}

/// True if the core was told.
bool Links::close(u64 number, Instant now) {
  const auto found = links_.find(number);
  const Link& link = found->second;
  const std::string from = remote_name(link.stream.fd());
  const std::string why = link.ending;
  const NodeId id = link.peer;
  const u64 epoch = link.epoch;
  const bool was_up = link.state == LinkState::up;
  links_.erase(found);
  Peer* peer = find_peer(id);
  if (peer == nullptr) {
    log(LogLevel::warn, "a connection to the peer port, from {}, is closed: {}", from, why);
    return false;
  }
  if (peer->link == number) {
    peer->link = 0;
    dial_later(*peer, now);
  }
  // A peer that is away is worth one line, not one for each time that it is dialled.
  if (was_up || ++peer->failures == 1) log(LogLevel::warn, "peer {} is down: {}", id.value, why);
  if (epoch == 0) return false;
  target_.step(node::PeerDown{.peer = id, .epoch = epoch});
  return true;
}

}  // namespace snowflk::real
