#include "sim/network.hpp"

#include <algorithm>

#include "core/wire/frame.hpp"

namespace snowflk::sim {

namespace {
constexpr u32 kCopiesMax = 3;
constexpr i64 kTailFactor = 100;
constexpr Duration kBacklogMax = milliseconds(500);

/// It answers a question: who asked may have forgotten by the time, and ask another.
bool is_answer(Bytes frame) {
  const auto kind = wire::frame_kind(frame);
  return kind && name_of(*kind).ends_with("_reply");
}

}  // namespace

Network::Network(u64 seed, u32 nodes, const NetworkOptions& options)
    : options_(options), nodes_(nodes), links_(u64{nodes} * nodes) {
  for (u64 pair = 0; pair < links_.size(); ++pair) {
    // Keyed by the ids, not by the place: a larger cluster has the same links between the same two.
    const u64 who = (pair / nodes + 1) * 64 + (pair % nodes + 1);
    Link& link = links_[pair];
    link.loss = stream_of(seed, who, Stream::loss);
    link.duplicate = stream_of(seed, who, Stream::duplicate);
    link.reorder = stream_of(seed, who, Stream::reorder);
    link.delay = stream_of(seed, who, Stream::delay);
    link.queue = stream_of(seed, who, Stream::queue);
    link.flip = stream_of(seed, who, Stream::flip);
    link.shuffle = stream_of(seed, who, Stream::shuffle);
    link.straggler = stream_of(seed, who, Stream::straggler);
    link.late_answer = stream_of(seed, who, Stream::late_answer);
  }
}

Network::Link& Network::at(NodeId from, NodeId to) {
  SNOWFLK_ASSERT(from != to);
  SNOWFLK_ASSERT(from.value >= 1 && from.value <= nodes_);
  SNOWFLK_ASSERT(to.value >= 1 && to.value <= nodes_);
  return links_[u64{from.value - 1} * nodes_ + (to.value - 1)];
}

const Network::Link& Network::at(NodeId from, NodeId to) const {
  return const_cast<Network*>(this)->at(from, to);
}

// ---- Sending --------------------------------------------------------------------------------

SendNote Network::send(NodeId from, NodeId to, Bytes frame, Schedule& schedule, EventId cause) {
  Link& link = at(from, to);
  counters_.sent += 1;
  const auto sending = transmission(link, schedule.now(), frame.size());
  if (!sending) {
    counters_.bandwidth_drops += 1;
    return SendNote{.fate = Fate::queue_full, .copies = 0};
  }
  const VirtualTime departure = schedule.now() + *sending;
  if (happens(link.loss, options_.loss_ppm)) {
    counters_.lost += 1;
    return SendNote{.fate = Fate::lost, .copies = 0};
  }
  u32 copies = 1;
  while (copies < kCopiesMax && happens(link.duplicate, options_.duplicate_ppm)) copies += 1;
  counters_.duplicated += copies - 1;

  SendNote note{.fate = Fate::sent, .copies = 0};
  for (u32 copy = 0; copy < copies; ++copy) {
    if (!make_room(link)) {
      note.fate = Fate::queue_full;
      continue;
    }
    const u64 slot = store(from, to, frame, cause);
    damage(link, messages_[slot]);
    put_under_way(link, slot, arrival(link, departure), schedule);
    note.copies += 1;
  }
  if (happens(link.straggler, options_.straggler_ppm)) {
    counters_.stragglers += 1;
    const Duration delay = geometric(link.straggler, options_.straggler_delay);
    send_late(store(from, to, frame, cause), departure, delay, schedule);
  }
  if (options_.late_answer_ppm != 0 && is_answer(frame) &&
      happens(link.late_answer, options_.late_answer_ppm)) {
    counters_.late_answers += 1;
    const Duration delay = geometric(link.late_answer, options_.late_answer_delay);
    send_late(store(from, to, frame, cause), departure, delay, schedule);
  }
  return note;
}

// A copy that went another way: it is in nobody's queue, and comes when elections are over and
// nodes have been started again.
void Network::send_late(u64 slot, VirtualTime departure, Duration delay, Schedule& schedule) {
  schedule.push(Pending{.at = departure + options_.delay_min + delay,
                        .cause = messages_[slot].cause,
                        .argument = slot,
                        .node = messages_[slot].to.value,
                        .peer = static_cast<u8>(messages_[slot].from.value),
                        .kind = EventKind::datagram});
}

void Network::send_exactly(NodeId from, NodeId to, Bytes frame, Schedule& schedule, EventId cause,
                           std::optional<u64> flipped) {
  counters_.sent += 1;
  const u64 slot = store(from, to, frame, cause);
  if (flipped && !frame.empty()) flip(messages_[slot], *flipped % (frame.size() * 8));
  schedule.push_first(Pending{.at = schedule.now(),
                              .cause = cause,
                              .argument = slot,
                              .node = to.value,
                              .peer = static_cast<u8>(from.value),
                              .kind = EventKind::datagram});
}

// False: the queue was full, and the new datagram is what was drawn to go.
bool Network::make_room(Link& link) {
  if (options_.queue_max == 0) return true;
  if (link.under_way.size() < options_.queue_max) return true;
  counters_.queue_drops += 1;
  u64 victim = 0;
  if (!options_.drop_oldest) victim = link.queue.below(link.under_way.size() + 1);
  if (victim == link.under_way.size()) return false;
  messages_[link.under_way[victim]].lost = true;  // its event comes, and finds it lost
  link.under_way.erase(link.under_way.begin() + static_cast<std::ptrdiff_t>(victim));
  return true;
}

// How long until the last byte is on the wire, behind those before it. Nothing: those before it
// would take too long, and the link drops what comes.
std::optional<Duration> Network::transmission(Link& link, VirtualTime now, u64 bytes) const {
  if (options_.bytes_per_second == 0) return Duration{0};
  if (link.busy_until - now > kBacklogMax) return std::nullopt;
  const u64 nanoseconds_needed = bytes * 1'000'000'000 / options_.bytes_per_second;
  link.busy_until = std::max(link.busy_until, now) + Duration{static_cast<i64>(nanoseconds_needed)};
  return link.busy_until - now;
}

VirtualTime Network::arrival(Link& link, VirtualTime departure) {
  const Duration delay = geometric(link.delay, options_.delay_mean);
  const VirtualTime earliest = departure + options_.delay_min;
  // One that is very late holds up nobody behind it.
  if (happens(link.delay, options_.tail_ppm)) {
    counters_.late += 1;
    return earliest + delay * kTailFactor;
  }
  if (happens(link.reorder, options_.reorder_ppm)) {
    counters_.free_to_pass += 1;
    return earliest + delay;
  }
  link.last_arrival = std::max(earliest + delay, link.last_arrival + Duration{1});
  return link.last_arrival;
}

void Network::damage(Link& link, Message& message) {
  if (!happens(link.flip, options_.flip_ppm)) return;
  if (message.bytes.empty()) return;
  flip(message, link.flip.below(message.bytes.size() * 8));
}

void Network::flip(Message& message, u64 bit) {
  message.bytes[bit / 8] ^= std::byte{static_cast<unsigned char>(1U << (bit % 8))};
  message.damaged = true;
  counters_.damaged += 1;
}

u64 Network::store(NodeId from, NodeId to, Bytes frame, EventId cause) {
  const u64 slot = messages_.take();
  Message& message = messages_[slot];
  message.from = from;
  message.to = to;
  message.channel = node::Channel::datagram;
  message.epoch = 0;
  message.cause = cause;
  message.lost = false;
  message.damaged = false;
  message.bytes.assign(frame.begin(), frame.end());
  return slot;
}

void Network::put_under_way(Link& link, u64 slot, VirtualTime when, Schedule& schedule) {
  if (options_.queue_max != 0) link.under_way.push_back(slot);
  schedule.push(Pending{.at = when,
                        .cause = messages_[slot].cause,
                        .argument = slot,
                        .node = messages_[slot].to.value,
                        .peer = static_cast<u8>(messages_[slot].from.value),
                        .kind = EventKind::datagram});
}

// ---- Arriving -------------------------------------------------------------------------------

Message* Network::arrive(u64 slot) {
  Message& message = messages_[slot];
  Link& link = at(message.from, message.to);
  std::erase(link.under_way, slot);
  if (message.lost) {
    release(slot);
    return nullptr;
  }
  switch (link.state) {
    case LinkState::open: counters_.delivered += 1; return &message;
    case LinkState::drop:
      counters_.cut += 1;
      release(slot);
      return nullptr;
    case LinkState::jam:
      counters_.jammed += 1;
      link.held.push_back(slot);
      return nullptr;
  }
  return nullptr;
}

void Network::put_in_order(Link& link, ReleaseOrder order) {
  if (order == ReleaseOrder::reversed) std::ranges::reverse(link.held);
  if (order != ReleaseOrder::drawn) return;
  if (link.held.empty() || !link.shuffle.chance({1, 2})) return;
  for (u64 left = link.held.size(); left > 1; --left) {
    std::swap(link.held[left - 1], link.held[link.shuffle.below(left)]);
  }
}

void Network::set_link(NodeId from, NodeId to, LinkState state, Schedule& schedule,
                       ReleaseOrder order) {
  Link& link = at(from, to);
  link.state = state;
  if (state == LinkState::jam) return;
  if (state == LinkState::drop) {
    for (const u64 slot : link.held) release(slot);
    counters_.cut += link.held.size();
    link.held.clear();
    return;
  }
  put_in_order(link, order);
  for (const u64 slot : link.held) {
    schedule.push_first(Pending{.at = schedule.now(),
                                .cause = messages_[slot].cause,
                                .argument = slot,
                                .node = to.value,
                                .peer = static_cast<u8>(from.value),
                                .kind = EventKind::datagram});
  }
  link.held.clear();
}

void Network::fork(u64 number) {
  for (Link& link : links_) {
    for (Prng* random : {&link.loss, &link.duplicate, &link.reorder, &link.delay, &link.queue,
                         &link.flip, &link.shuffle, &link.straggler, &link.late_answer}) {
      random->fork(number);
    }
  }
}

bool Network::all_open() const {
  return std::ranges::all_of(links_,
                             [](const Link& link) { return link.state == LinkState::open; });
}

}  // namespace snowflk::sim
