// Faults as they begin and end in a world.
#include <algorithm>

#include "sim/world.hpp"

namespace snowflk::sim {
namespace {

BlemishKind blemish_of(FaultClass kind) {
  if (kind == FaultClass::stale_read) return BlemishKind::stale_read;
  if (kind == FaultClass::misdirected_read) return BlemishKind::misdirected_read;
  if (kind == FaultClass::misdirected_write) return BlemishKind::misdirected_write;
  SNOWFLK_ASSERT(kind == FaultClass::bad_sector);
  return BlemishKind::bad_sector;
}

}  // namespace

bool World::begin_fault(const Pending& pending, StepRecord& record) {
  const auto drawn = faults_.draw(pending.argument, leader(), schedule_);
  if (!drawn) return false;
  const Fault& fault = *drawn;
  record.node = {};
  switch (fault.kind) {
    case FaultClass::process_crash:
    case FaultClass::machine_crash: {
      Seat& at = place(fault.node);
      if (!at.running) return false;
      const CrashKind kind =
          fault.kind == FaultClass::process_crash ? CrashKind::process : CrashKind::machine;
      record.node = at.id;
      record.what = NodeCrashed{.kind = kind};
      record.stopped = true;
      end_incarnation(at, kind, Unsynced::drawn);
      boot_later(at);
      return true;
    }
    case FaultClass::power_cut:
      record.what = PowerCut{};
      for (const Seat& at : seats_) {
        schedule_.push_first(Pending{.at = schedule_.now(),
                                     .cause = current(),
                                     .argument = static_cast<u64>(CrashKind::machine),
                                     .node = at.id.value,
                                     .kind = EventKind::crash});
      }
      return true;
    case FaultClass::partition:
    case FaultClass::one_way:
    case FaultClass::jam: return begin_cut(fault, record);
    case FaultClass::reset: return reset_streams(fault, record);
    case FaultClass::client_cut:
    case FaultClass::pause:
    case FaultClass::clock_jump:
    case FaultClass::drift_change:
    case FaultClass::stall:
    case FaultClass::disk_full: return begin_at_node(fault, record);
    case FaultClass::rot:
    case FaultClass::bad_sector:
    case FaultClass::stale_read:
    case FaultClass::misdirected_read:
    case FaultClass::misdirected_write:
    case FaultClass::lost_file:
    case FaultClass::wipe: return begin_at_disk(fault, record);
    case FaultClass::shape: return begin_shape(fault, record);
    case FaultClass::swizzle: begin_swizzle(fault); return false;  // its parts are events
    case FaultClass::effect_crash: lay_drawn_trap(fault); return false;
    case FaultClass::coup: return begin_coup(fault);
    case FaultClass::relapse: return relapse(fault, record);
    case FaultClass::lost_vote: lay_vote_trap(fault); return false;
    case FaultClass::upgrade: return begin_upgrade(fault, record);
  }
  return false;
}

bool World::begin_cut(const Fault& fault, StepRecord& record) {
  const u32 all = (1U << seats_.size()) - 1;
  const auto set_of = [&](NodeId node) { return node.nobody() ? all : 1U << (node.value - 1); };
  Cut cut;
  if (fault.kind == FaultClass::partition) {
    if (fault.side == 0 || fault.side == all) return false;  // that splits nothing
    cut = Cut{.from = fault.side, .to = all & ~fault.side, .both_ways = true};
    record.what = ClusterSplit{.side = fault.side};
  } else {
    const bool jams = fault.kind == FaultClass::jam;
    cut = Cut{.from = set_of(fault.node),
              .to = set_of(fault.other),
              .both_ways = false,
              .state = jams ? LinkState::jam : LinkState::drop};
    record.what = LinksChanged{.from = fault.node, .to = fault.other, .jammed = jams};
  }
  end_later(fault, cuts_.add(cut));
  set_links();
  return true;
}

bool World::begin_at_node(const Fault& fault, StepRecord& record) {
  Seat& at = place(fault.node);
  record.node = at.id;
  switch (fault.kind) {
    case FaultClass::pause:
      if (!at.running || at.paused) return false;
      at.paused = true;
      record.what = NodePaused{};
      schedule_.push(Pending{.at = schedule_.now() + fault.length,
                             .cause = current(),
                             .node = at.id.value,
                             .incarnation = at.starts,
                             .kind = EventKind::resume});
      return true;
    case FaultClass::drift_change:
      set_drift(at, fault.ppm);
      record.what = DriftChanged{.ppm = fault.ppm};
      return true;
    case FaultClass::clock_jump:
      at.clock.jump_wall(fault.by);
      record.what = ClockJumped{.by = fault.by};
      return true;
    case FaultClass::client_cut:
      if (at.clients_cut) return false;
      cut_clients(at, true);
      record.what = ClientsCut{};
      break;
    case FaultClass::stall:
      stall_disk(at, schedule_.now() + fault.length);
      record.what = DiskStalled{};
      break;
    case FaultClass::disk_full:
      if (at.disk_full) return false;
      set_disk_full(at, true);
      record.what = DiskFilled{};
      break;
    case FaultClass::process_crash:
    case FaultClass::machine_crash:
    case FaultClass::power_cut:
    case FaultClass::partition:
    case FaultClass::one_way:
    case FaultClass::jam:
    case FaultClass::reset:
    case FaultClass::rot:
    case FaultClass::shape:
    case FaultClass::swizzle:
    case FaultClass::effect_crash:
    case FaultClass::bad_sector:
    case FaultClass::stale_read:
    case FaultClass::misdirected_read:
    case FaultClass::misdirected_write:
    case FaultClass::lost_file:
    case FaultClass::wipe:
    case FaultClass::coup:
    case FaultClass::relapse:
    case FaultClass::lost_vote:
    case FaultClass::upgrade:
      SNOWFLK_ASSERT(false);  // Those are not faults of a process or a clock.
      return false;
  }
  end_later(fault, 0);
  return true;
}

// One node of a rolling upgrade, or downgrade: whatever version it has, it comes back in another.
bool World::begin_upgrade(const Fault& fault, StepRecord& record) {
  Seat& at = place(fault.node);
  record.node = at.id;
  if (!at.running) return false;
  const i64 versions = i64{faults_.options().upgrade_ahead_max} + 1;
  // A scenario may have put it beyond those: then all of them are others.
  const bool among_them = at.version >= 0 && at.version < versions;
  at.next_version = among_them ? (at.version + fault.nth) % versions : fault.nth - 1;
  record.what = NodeUpgraded{.version = at.next_version};
  record.stopped = true;
  end_incarnation(at, CrashKind::process, Unsynced::drawn);
  boot_later(at);
  return true;
}

// ---- Disks ----------------------------------------------------------------------------------

bool World::begin_at_disk(const Fault& fault, StepRecord& record) {
  Seat& at = place(fault.node);
  record.node = at.id;
  Prng& prng = faults_.place_stream(fault.kind);
  if (fault.kind == FaultClass::lost_file) return begin_loss(at, prng, record);
  if (fault.kind == FaultClass::wipe) {
    if (!at.has_started || at.disk.used_bytes() == 0) return false;
    record.stopped = at.running;
    wipe(at);
    record.what = NodeWiped{};
    return true;
  }
  if (fault.kind == FaultClass::rot) {
    const auto rotted = at.disk.rot(faults_.rot_stream());
    if (rotted) record.what = *rotted;
    return rotted.has_value();
  }
  const bool in_meta =
      fault.kind == FaultClass::bad_sector && happens(prng, faults_.options().bad_sector_meta_ppm);
  const auto blemished =
      in_meta ? at.disk.bad_meta_sector(prng) : at.disk.blemish(blemish_of(fault.kind), prng);
  if (blemished) record.what = *blemished;
  return blemished.has_value();
}

// A file goes while nobody has it open: with the power.
bool World::begin_loss(Seat& at, Prng& prng, StepRecord& record) {
  if (at.disk.used_bytes() == 0) return false;
  if (at.running) {
    record.what = NodeCrashed{.kind = CrashKind::machine};
    record.stopped = true;
    end_incarnation(at, CrashKind::machine, Unsynced::drawn);
    boot_later(at);
  }
  const auto lost = at.disk.lose_file(prng);
  if (lost) record.what = *lost;
  return lost || record.stopped;
}

// The supervisor starts it again, and it finds an empty directory where it had run before.
void World::wipe(Seat& at) {
  const bool ran = at.running;
  if (ran) end_incarnation(at, CrashKind::process, Unsynced::drawn);
  static_cast<void>(at.disk.wipe());
  if (ran) boot_later(at);
}

// ---- Crashes at an effect -------------------------------------------------------------------

void World::lay_drawn_trap(const Fault& fault) {
  traps_.lay(Trap{.node = fault.node,
                  .effect = std::string{effect_name(fault.effect)},
                  .nth = fault.nth,
                  .before = fault.before,
                  .crash = fault.crash,
                  .unsynced = Unsynced::drawn,
                  .comes_back = true,
                  .until = schedule_.now() + fault.length});
}

// Between two peers; or, where both draws named the same node, of a client.
bool World::reset_streams(const Fault& fault, StepRecord& record) {
  if (fault.node != fault.other) {
    if (!streams_.stands(fault.node, fault.other)) return false;
    streams_.break_pair(fault.node, fault.other, BreakKind::reset, schedule_, current());
    record.what = StreamReset{.first = fault.node, .second = fault.other};
    return true;
  }
  const u64 connection = clients_.any_connection(faults_.place_stream(FaultClass::reset));
  if (connection == 0) return false;
  record.what = StreamReset{.first = clients_.node_of(connection), .second = {}};
  clients_.reset(connection, schedule_, current());
  return true;
}

void World::end_later(const Fault& fault, u64 cut) {
  endings_.push_back(Ending{.fault = fault, .cut = cut});
  schedule_.push(Pending{.at = schedule_.now() + fault.length,
                         .cause = current(),
                         .argument = endings_.size() - 1,
                         .kind = EventKind::fault_ends});
}

bool World::end_fault(const Pending& pending, StepRecord& record) {
  if (healed_) return false;  // that ended it
  const Ending ending = endings_[pending.argument];
  const Fault& fault = ending.fault;
  record.node = {};
  if (ending.begins) {
    return begin_part(pending.argument, record);
  }
  if (ending.cut != 0) {
    cuts_.remove(ending.cut);
    set_links();
    if (fault.kind == FaultClass::shape || fault.kind == FaultClass::swizzle) {
      record.what = end_of_shape(fault);
      return true;
    }
    record.what = LinksChanged{.from = fault.node,
                               .to = fault.other,
                               .open = true,
                               .jammed = fault.kind == FaultClass::jam,
                               .both_ways = fault.kind == FaultClass::partition};
    return true;
  }
  Seat& at = place(fault.node);
  record.node = at.id;
  if (fault.kind == FaultClass::client_cut) {
    cut_clients(at, false);
    record.what = ClientsCut{.over = true};
  } else if (fault.kind == FaultClass::disk_full) {
    set_disk_full(at, false);
    record.what = DiskFilled{.over = true};
  } else {
    SNOWFLK_ASSERT(fault.kind == FaultClass::stall);
    record.what = DiskStalled{.over = true};
  }
  return true;
}

LinkState World::link_under_cuts(NodeId from, NodeId to) const {
  const LinkState lasting = lasting_cuts_.state(from, to);
  return lasting == LinkState::open ? cuts_.state(from, to) : lasting;
}

// Each link becomes what all cuts together make of it.
void World::set_links(ReleaseOrder order) {
  for (const Seat& from : seats_) {
    for (const Seat& to : seats_) {
      if (from.id == to.id) continue;
      const LinkState before = network_.link(from.id, to.id);
      const LinkState after = link_under_cuts(from.id, to.id);
      if (before == after) continue;
      network_.set_link(from.id, to.id, after, schedule_, order);
      if (before == LinkState::open) streams_.watch_cut(from.id, to.id, schedule_, current());
      if (after != LinkState::open) continue;
      streams_.reopen(from.id, to.id, schedule_);
      streams_.poke(to.id, schedule_, current());
    }
  }
}

// Who refuses its disk, or may yet do so after what it has read of it, starts anew; if rot or a
// wipe is left, it refuses again.
void World::mend_disk(Seat& at) {
  const bool misled = at.disk.has_misled() || at.node.phase() != node::Phase::running;
  if (!at.disk.lift_faults()) return;
  at.given_up = false;
  at.mended = misled || !at.running;
  if (at.running && misled) crash(at.id, CrashKind::process, Unsynced::drawn, true);
}

// Its deadline comes at another time now.
void World::set_drift(Seat& at, i64 ppm) {
  at.clock.set_drift(schedule_.now(), ppm);
  if (!at.running || at.timers_held) return;
  at.wake_at = kEndOfTime;
  set_deadline(at, at.deadline);
}

void World::cut_clients(Seat& at, bool cut) {
  at.clients_cut = cut || keeps_clients_off(at);
  if (at.clients_cut) return;
  for (Pending& pending : at.client_backlog) {
    pending.at = schedule_.now();
    schedule_.push_first(pending);
  }
  at.client_backlog.clear();
}

void World::resume(Seat& at) {
  if (at.lasting == LastingFault::frozen) return;
  at.paused = false;
  for (Pending& pending : at.backlog) {
    pending.at = schedule_.now();
    schedule_.push_first(pending);
  }
  at.backlog.clear();
}

}  // namespace snowflk::sim
