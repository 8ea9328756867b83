// What a script may do to a world by hand.
#include <algorithm>

#include "sim/world.hpp"

namespace snowflk::sim {

bool World::idle() const {
  return !schedule_.any([](EventKind kind) {
    switch (kind) {
      case EventKind::boot:
      case EventKind::datagram:
      case EventKind::stream_message:
      case EventKind::stream_up:
      case EventKind::stream_down:
      case EventKind::disk_done:
      case EventKind::read_done:
      case EventKind::client_request:
      case EventKind::client_reply:
      case EventKind::crash:
      case EventKind::campaign: return true;
      case EventKind::wake:
      case EventKind::stream_connect:
      case EventKind::stream_cut:
      case EventKind::client_think:
      case EventKind::client_gone:
      case EventKind::client_broken:
      case EventKind::client_patience:
      case EventKind::fault:
      case EventKind::fault_ends:
      case EventKind::resume:
      case EventKind::leave_out: return false;
    }
    return false;
  });
}

void World::crash(NodeId id, CrashKind kind, Unsynced unsynced, bool comes_back, u8 under_way) {
  if (!seat(id).running) return;
  const OrderedCrash order{
      .kind = kind, .unsynced = unsynced, .comes_back = comes_back, .under_way = under_way};
  schedule_.push_first(Pending{.at = schedule_.now(),
                               .cause = {},
                               .argument = order.packed(),
                               .node = id.value,
                               .incarnation = seat(id).starts,
                               .kind = EventKind::crash});
}

void World::power_cut(NodeId id, std::string_view kept) {
  place(id).disk.choose(kept);
  crash(id, CrashKind::machine, Unsynced::chosen);
}

void World::power_cut(Unsynced unsynced, bool comes_back) {
  for (const Seat& at : seats_) crash(at.id, CrashKind::machine, unsynced, comes_back);
}

void World::restart(NodeId id) {
  const Seat& at = seat(id);
  if (at.running) return;
  schedule_.push_first(Pending{.at = schedule_.now(),
                               .cause = {},
                               .node = id.value,
                               .incarnation = at.starts,
                               .kind = EventKind::boot});
}

void World::upgrade(NodeId id, i64 version, u8 under_way) {
  const OrderedCrash order{.comes_back = false, .under_way = under_way, .version = version};
  schedule_.push_first(Pending{.at = schedule_.now(),
                               .cause = {},
                               .argument = order.packed(),
                               .node = id.value,
                               .kind = EventKind::crash});
}

void World::pause(NodeId id) {
  if (seat(id).running) place(id).paused = true;
}

void World::resume(NodeId id) {
  if (seat(id).paused) resume(place(id));
}

// ---- Links ----------------------------------------------------------------------------------

void World::cut(NodeId from, NodeId to, LinkState state) {
  const u32 from_set = 1U << (from.value - 1);
  const u32 to_set = 1U << (to.value - 1);
  static_cast<void>(
      cuts_.add(Cut{.from = from_set, .to = to_set, .both_ways = false, .state = state}));
  set_links();
}

void World::mend(NodeId from, NodeId to, ReleaseOrder order) {
  cuts_.open(from, to);
  set_links(order);
}

void World::isolate(NodeId id) {
  const u32 alone = 1U << (id.value - 1);
  const u32 all = (1U << seats_.size()) - 1;
  static_cast<void>(cuts_.add(Cut{.from = alone, .to = all & ~alone, .both_ways = true}));
  set_links();
  cut_clients(place(id), true);
}

void World::rejoin(NodeId id, ReleaseOrder order) {
  for (const Seat& other : seats_) {
    if (other.id == id) continue;
    cuts_.open(id, other.id);
    cuts_.open(other.id, id);
  }
  set_links(order);
  if (seat(id).clients_cut) cut_clients(place(id), false);
}

void World::split(u32 side) {
  const u32 all = (1U << seats_.size()) - 1;
  static_cast<void>(cuts_.add(Cut{.from = side & all, .to = all & ~side, .both_ways = true}));
  set_links();
}

bool World::shape(Shape shape, const NodeOrder& order) {
  const std::vector<Cut> cuts = cuts_of(shape, order);
  if (cuts.empty()) return false;
  static_cast<void>(cuts_.add(cuts));
  set_links();
  return true;
}

void World::mend_all(ReleaseOrder order) {
  cuts_.clear();
  set_links(order);
  for (Seat& at : seats_) {
    if (at.clients_cut) cut_clients(at, false);
  }
}

// ---- Messages -------------------------------------------------------------------------------

void World::deliver(u64 held, bool keep_copy, std::optional<u64> flipped) {
  HeldMessage message = holds_.take(held);
  if (message.channel == node::Channel::datagram) {
    network_.send_exactly(message.from, message.to, message.bytes, schedule_, message.cause,
                          flipped);
  } else {
    streams_.send_exactly(message.from, message.to, message.epoch, message.bytes, schedule_,
                          message.cause);
  }
  if (keep_copy) holds_.keep_again(std::move(message));
}

bool World::hear_stream(NodeId id, NodeId peer, bool up) {
  if (!seat(id).running) return false;
  const bool both = can_connect(id, peer);
  return streams_.hear(id, peer, up, both, schedule_, {});
}

// ---- Disks ----------------------------------------------------------------------------------

void World::hold_disk(NodeId id, bitcask::Lane lane, bool held) {
  Seat& at = place(id);
  at.disk.hold(lane, held, schedule_, at.starts);
}

void World::finish_disk(NodeId id, bitcask::Lane lane, std::optional<bitcask::DiskError> error) {
  Seat& at = place(id);
  at.disk.finish_held(lane, error, schedule_, at.starts);
}

namespace {

/// Where that byte of the payload lies; nothing: there is no such byte, durable.
std::optional<bitcask::RecordLocation> place_of(const node::Node& node, LogIndex index, u64 byte) {
  const bitcask::Store& store = node.store();
  const raft::Raft* raft = node.raft();
  if (raft == nullptr || index.value == 0 || index > store.durable_index()) return std::nullopt;
  if (byte >= raft->log().entry(index).size) return std::nullopt;
  bitcask::RecordLocation place = store.record_location(index, 0, 1);
  place.offset += byte;
  return place;
}

bitcask::FileId file_of(const bitcask::RecordLocation& place) {
  return {bitcask::FileKind::segment, place.segment};
}

}  // namespace

bool World::rot_entry(NodeId id, LogIndex index, u64 byte) {
  Seat& at = place(id);
  const auto here = place_of(at.node, index, byte);
  return here && at.disk.rot_at(file_of(*here), here->offset);
}

bool World::blemish_entry(NodeId id, BlemishKind kind, LogIndex index, LogIndex other, bool once) {
  Seat& at = place(id);
  const auto here = place_of(at.node, index, 0);
  if (!here) return false;
  if (kind == BlemishKind::misdirected_read || kind == BlemishKind::misdirected_write) {
    const auto there = place_of(at.node, other, 0);
    return there &&
           at.disk.misdirect(kind, file_of(*here), here->offset, file_of(*there), there->offset);
  }
  constexpr u8 kWholePage = 0xff;
  return at.disk.blemish_at(kind, file_of(*here), here->offset, kWholePage, once).has_value();
}

bool World::lose_file(NodeId id, bitcask::FileId file) {
  Seat& at = place(id);
  SNOWFLK_ASSERT(!at.running);
  return at.disk.lose_file(file);
}

void World::wipe(NodeId id) {
  SNOWFLK_ASSERT(!seat(id).running);
  wipe(place(id));
}

void World::lift_faults(NodeId id) { mend_disk(place(id)); }

// ---- Nodes ----------------------------------------------------------------------------------

void World::hold_timers(NodeId id, bool held) {
  Seat& at = place(id);
  at.timers_held = held;
  at.wake_at = kEndOfTime;
  if (!held && at.running) set_deadline(at, at.deadline);
}

bool World::is_due(NodeId id) const {
  const Seat& at = seat(id);
  SNOWFLK_ASSERT(at.running);
  return at.deadline != kNever && at.clock.monotonic(schedule_.now()) >= at.deadline;
}

void World::campaign(NodeId id) {
  Seat& at = place(id);
  if (!at.running || at.deadline == kNever) return;
  const Instant shows = at.clock.monotonic(schedule_.now());
  if (shows < at.deadline) at.clock.advance(schedule_.now(), at.deadline - shows);
  schedule_.push_first(Pending{.at = schedule_.now(),
                               .cause = {},
                               .node = id.value,
                               .incarnation = at.starts,
                               .kind = EventKind::campaign});
}

void World::fill_disk(NodeId id, bool full) {
  if (seat(id).lasting != LastingFault::disk_full) place(id).disk.set_full(full);
}

OperationId World::propose(NodeId id, std::span<const std::string_view> words, Duration patience) {
  return clients_.ask(id, words, patience, schedule_, {});
}

bool World::give_up(OperationId operation) {
  if (history().operation(operation).outcome != Outcome::pending) return false;
  schedule_.push_first(Pending{.at = schedule_.now(),
                               .cause = {},
                               .argument = operation.value,
                               .kind = EventKind::client_patience});
  return true;
}

}  // namespace snowflk::sim
