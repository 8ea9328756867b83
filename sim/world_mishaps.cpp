// Faults that come in a row, each making the next one worse: leaders deposed one after another,
// nodes that crash again and again, a vote that is lost with the power.
#include <algorithm>

#include "sim/world.hpp"

namespace snowflk::sim {

// ---- Coups ----------------------------------------------------------------------------------

namespace {

// What the leader had replicated to its friend alone is overwritten behind the friend's back; what
// the friend had to say of it comes when that leader leads again.
enum CoupPart : std::uint8_t {
  waits,    // for a write that is not committed yet
  deposed,  // the leader and a minority, the friend among it, are cut off; until another leads
  back,     // but for the friend all are joined again; until the logs of both leaders end alike
  again,    // the others see nobody but the first leader, and it not the next; until it leads
};

constexpr i64 kLooksPerTimeout = 128;

constexpr u32 looks_of(CoupPart part) {
  constexpr u32 kTimeouts[] = {1, 6, 3, 5};
  return kTimeouts[part] * static_cast<u32>(kLooksPerTimeout);
}

constexpr u32 only(NodeId node) { return 1U << (node.value - 1); }

}  // namespace

bool World::begin_coup(const Fault& fault) {
  if (fault.node.nobody() || size() < 3) return false;
  endings_.emplace_back();
  look_again(
      {.fault = fault, .part = waits, .looks = looks_of(waits), .place = endings_.size() - 1});
  return false;  // It counts when it comes to something.
}

void World::look_again(Coup coup) {
  Fault fault = coup.fault;
  fault.part = coup.part;
  fault.nth = coup.looks;
  endings_[coup.place] = Ending{.fault = fault, .cut = coup.cut, .begins = Duration{0}};
  const Duration wait = options_.node.election_timeout_max / kLooksPerTimeout;
  schedule_.push(Pending{.at = schedule_.now() + wait,
                         .cause = current(),
                         .argument = coup.place,
                         .kind = EventKind::fault_ends});
}

/// What the part waits for has come.
bool World::is_over(const Coup& coup) const {
  const NodeId first = coup.fault.node;
  const raft::Raft* raft = seat(first).running ? seat(first).node.raft() : nullptr;
  if (raft == nullptr) return false;
  const NodeId leads = leader();
  switch (static_cast<CoupPart>(coup.part)) {
    case waits: return leads == first && raft->log().last_index() > raft->commit_index();
    case deposed: return !leads.nobody() && leads != first;
    case back:
      return !leads.nobody() && leads != first &&
             raft->log().last_term() == seat(leads).node.raft()->log().last_term();
    case again: return leads == first;
  }
  return false;
}

std::vector<Cut> World::coup_cuts(const Coup& coup) const {
  const u32 all = (1U << seats_.size()) - 1;
  const u32 first = only(coup.fault.node);
  const u32 friendly = seats_.size() < 5 ? 0 : 1U << (coup.fault.order.ids[1] - 1);
  std::vector<Cut> cuts{Cut{.from = friendly, .to = first, .state = LinkState::jam}};
  if (coup.part == deposed) {
    u32 side = 0;
    for (const u8 id : coup.fault.order.all().first((size() - 1) / 2)) side |= 1U << (id - 1);
    cuts.push_back({.from = side, .to = all & ~side, .both_ways = true});
    return cuts;
  }
  cuts.push_back({.from = friendly, .to = all & ~first & ~friendly, .both_ways = true});
  cuts.push_back({.from = first, .to = friendly});
  if (coup.part == back) return cuts;
  cuts.push_back({.from = all & ~first, .to = all & ~first});
  cuts.push_back({.from = only(leader()), .to = first, .both_ways = true});
  return cuts;
}

bool World::go_on_with_coup(Coup coup, StepRecord& record) {
  const bool over = is_over(coup);
  if (!over && coup.looks > 1) {
    coup.looks -= 1;
    look_again(coup);
    return false;
  }
  cuts_.remove(coup.cut);
  if (!over || coup.part == again) {
    if (coup.cut == 0) return false;
    set_links();
    record.what = LinksChanged{.from = coup.fault.node, .to = {}, .open = true, .both_ways = true};
    return true;
  }
  if (coup.part == waits) faults_.count(FaultClass::coup);
  coup.part += 1;
  coup.looks = looks_of(static_cast<CoupPart>(coup.part));
  const std::vector<Cut> cuts = coup_cuts(coup);
  coup.cut = cuts_.add(cuts);
  set_links();
  record.what = ClusterSplit{.side = only(coup.part == again ? leader() : coup.fault.node)};
  look_again(coup);
  return true;
}

// ---- Relapses -------------------------------------------------------------------------------

// It is back almost at once: what was sent to the incarnation before reaches the next one.
bool World::relapse(const Fault& fault, StepRecord& record) {
  Seat& at = place(fault.node);
  Prng& prng = faults_.place_stream(FaultClass::relapse);
  const Duration down = milliseconds(1) + geometric(prng, milliseconds(8));
  if (fault.nth > 1) {
    Fault next = fault;
    next.nth -= 1;
    begin_later(next, down + milliseconds(5) + geometric(prng, fault.length), Duration{0});
  }
  record.node = at.id;
  if (!at.running) return false;
  record.what = NodeCrashed{.kind = fault.crash};
  record.stopped = true;
  end_incarnation(at, fault.crash, Unsynced::drawn);
  if (!at.given_up && restarts_) boot_after(at, down);
  return true;
}

// ---- Lost votes -----------------------------------------------------------------------------

void World::lay_vote_trap(const Fault& fault) {
  constexpr Duration kWait = seconds(4);
  traps_.lay(Trap{.node = fault.node,
                  .effect = std::string{name_of(wire::FrameKind::request_vote_reply)},
                  .crash = CrashKind::machine,
                  .comes_back = true,
                  .until = schedule_.now() + kWait,
                  .loses_vote = true});
}

void World::begin_lost_vote(NodeId node) {
  faults_.count(FaultClass::lost_vote);
  const u32 unreadable_ppm = faults_.options().lost_vote_unreadable_ppm;
  const bool unreadable = happens(faults_.place_stream(FaultClass::lost_vote), unreadable_ppm);
  for (u32 copy = 0; copy < bitcask::kMetaFiles; ++copy) {
    Fault part;
    part.kind = FaultClass::lost_vote;
    part.node = node;
    part.part = copy;
    part.nth = unreadable ? 1 : 0;
    begin_later(part, Duration{0}, Duration{0});
  }
}

bool World::lose_vote(const Fault& part, StepRecord& record) {
  Seat& at = place(part.node);
  record.node = at.id;
  const auto slot = at.disk.vote_slot();
  if (!slot) return false;
  const u64 byte = *slot + faults_.place_stream(FaultClass::lost_vote).below(64);
  const bitcask::FileId file{bitcask::FileKind::meta, part.part};
  if (part.nth != 0) {
    const auto blemished = at.disk.blemish_at(BlemishKind::bad_sector, file, *slot, 1, false);
    if (blemished) record.what = *blemished;
    return blemished.has_value();
  }
  if (!at.disk.rot_at(file, byte)) return false;
  record.what = DiskRotted{.file = file, .offset = byte};
  return true;
}

}  // namespace snowflk::sim
