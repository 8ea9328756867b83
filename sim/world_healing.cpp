// The healing: faults stop and what they broke mends, but for the nodes that are left out of it.
#include <algorithm>

#include "sim/world.hpp"

namespace snowflk::sim {
namespace {

bool cuts_links(LastingFault fault) {
  return fault == LastingFault::isolated || fault == LastingFault::deaf ||
         fault == LastingFault::mute;
}

/// Nothing was done to what lies there.
bool is_sound(const Seat& at) { return at.disk.harms().empty(); }

}  // namespace

bool World::keeps_clients_off(const Seat& at) { return cuts_links(at.lasting); }

// A core that was drawn goes on, and the others' faults last. Whose disk was spoilt may refuse; so
// a majority of others is kept, whoever else is in the core.
std::vector<LeftOut> World::draw_left_out() {
  std::vector<LeftOut> drawn;
  if (options_.faults.left_out_max == 0) return drawn;
  Prng& prng = faults_.healing_stream();
  const u64 wanted = 1 + prng.below(options_.faults.left_out_max);
  std::vector<NodeId> order = nodes();
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[prng.below(left)]);
  }
  // The leader is worth more than its share: the others have to notice that it is gone.
  const auto found = std::ranges::find(order, leader());
  if (prng.chance({1, 2}) && found != order.end()) std::swap(*found, order.front());
  auto sound = static_cast<std::size_t>(std::ranges::count_if(
      seats_, [](const Seat& at) { return is_sound(at) && at.lasting == LastingFault::none; }));
  for (const NodeId id : order) {
    const LastingFault fault{static_cast<u8>(1 + prng.below(kLastingFaultCount))};
    if (drawn.size() == wanted || is_left_out(id)) continue;
    const std::size_t stays = sound - (is_sound(seat(id)) ? 1 : 0);
    if (stays * 2 <= seats_.size()) continue;
    sound = stays;
    drawn.push_back({.node = id, .fault = fault});
  }
  return drawn;
}

void World::leave_out(NodeId id, LastingFault fault) {
  SNOWFLK_ASSERT(fault != LastingFault::none);
  schedule_.push_first(Pending{.at = schedule_.now(),
                               .cause = {},
                               .argument = static_cast<u64>(fault),
                               .node = id.value,
                               .kind = EventKind::leave_out});
}

bool World::on_leave_out(const Pending& pending, StepRecord& record) {
  Seat& at = place(record.node);
  if (at.lasting != LastingFault::none) return false;
  at.lasting = static_cast<LastingFault>(pending.argument);
  record.what = NodeLeftOut{.fault = at.lasting};
  const u32 alone = 1U << (at.id.value - 1);
  const u32 others = ((1U << seats_.size()) - 1) & ~alone;
  switch (at.lasting) {
    case LastingFault::none: break;
    case LastingFault::down:
      record.stopped = at.running;
      if (at.running) end_incarnation(at, CrashKind::process, Unsynced::drawn);
      break;
    case LastingFault::isolated:
      lasting_cuts_.add(Cut{.from = alone, .to = others, .both_ways = true});
      break;
    case LastingFault::deaf: lasting_cuts_.add(Cut{.from = others, .to = alone}); break;
    case LastingFault::mute: lasting_cuts_.add(Cut{.from = alone, .to = others}); break;
    case LastingFault::frozen: at.paused = at.running; break;
    case LastingFault::disk_full: set_disk_full(at, true); break;
    case LastingFault::disk_stalled: stall_disk(at, schedule_.now()); break;
  }
  if (cuts_links(at.lasting)) {
    set_links();
    cut_clients(at, true);
  }
  return true;
}

// What a fault sets, and its end, bows to what lasts.
void World::set_disk_full(Seat& at, bool full) {
  at.disk_full = full || at.lasting == LastingFault::disk_full;
  at.disk.set_full(at.disk_full);
}

void World::stall_disk(Seat& at, VirtualTime until) {
  constexpr Duration kForGood = seconds(1'000'000);
  const bool lasts = at.lasting == LastingFault::disk_stalled;
  at.disk.stall_until(lasts ? schedule_.now() + kForGood : until);
}

// ---- The healing ----------------------------------------------------------------------------

void World::heal() {
  SNOWFLK_ASSERT(!healed_);
  healed_ = true;
  schedule_.end_priorities();
  faults_.stop();
  traps_.disarm();
  cuts_.clear();
  set_links();
  calm_network();
  DiskOptions sound = options_.disk;
  sound.write_error_ppm = sound.sync_error_ppm = sound.read_error_ppm = sound.short_ppm = 0;
  sound.garbage_ppm = sound.lying_sync_ppm = 0;
  sound.capacity_bytes = 0;
  for (Seat& at : seats_) mend_node(at, sound);
  u32 left_out = 0;
  for (const Seat& at : seats_) {
    if (at.lasting != LastingFault::none) left_out |= 1U << (at.id.value - 1);
  }
  clients_.avoid(left_out);
}

void World::calm_network() {
  NetworkOptions calm = options_.network;
  calm.loss_ppm = calm.duplicate_ppm = calm.reorder_ppm = calm.tail_ppm = calm.flip_ppm = 0;
  calm.straggler_ppm = calm.late_answer_ppm = 0;
  calm.delay_min = std::min(calm.delay_min, milliseconds(5));
  calm.delay_mean = std::min(calm.delay_mean, milliseconds(5));
  calm.queue_max = 0;
  calm.bytes_per_second = 0;
  network_.set_options(calm);
}

void World::mend_node(Seat& at, const DiskOptions& sound) {
  at.disk.set_options(sound);
  set_disk_full(at, false);
  at.disk.set_lying(false);
  at.disk.fail_no_more();
  mend_disk(at);
  stall_disk(at, schedule_.now());
  if (at.clients_cut) cut_clients(at, false);
  if (at.paused) resume(at);
  if (!at.running) boot_later(at);
}

}  // namespace snowflk::sim
