#include "sim/world.hpp"

#include <algorithm>

#include "core/trace/digest.hpp"

namespace snowflk::sim {

World::World(const WorldOptions& options)
    : options_(options),
      schedule_(options.seed),
      network_(options.seed, options.nodes, options.network),
      streams_(options.seed, options.nodes, options.network),
      clients_(options.seed, options.nodes, options.workload, options.network),
      faults_(options.seed, options.nodes, options.faults) {
  SNOWFLK_ASSERT(!invalid(options));
  for (u32 id = 1; id <= options.nodes; ++id) {
    Prng random = stream_of(options.seed, id, Stream::clock);
    const i64 drift_max = options.clock.drift_ppm_max;
    const i64 drift = random.between(Duration{-drift_max}, Duration{drift_max}).value;
    const Instant origin{static_cast<i64>(random.below(1'000'000'000'000))};
    const Duration wall = random.between(Duration{-options.clock.wall_offset_max.value},
                                         options.clock.wall_offset_max);
    seats_.push_back(Seat{.id = NodeId{id},
                          .node = node::Node{node_options(options, NodeId{id})},
                          .clock = Clock{origin, drift, wall},
                          .disk = Disk{options.seed, NodeId{id}, options.disk},
                          .entropy = stream_of(options.seed, id, Stream::entropy),
                          .deadline_cause = {},
                          .backlog = {},
                          .client_backlog = {}});
    if (id <= options.versions.size()) seats_.back().next_version = options.versions[id - 1];
    if (id <= options.start.size()) put_starting_log(seats_.back(), options.start[id - 1]);
    schedule_.push(Pending{
        .at = schedule_.now(), .cause = {}, .node = id, .incarnation = 0, .kind = EventKind::boot});
  }
  clients_.begin(schedule_);
  faults_.begin(schedule_);
}

const Seat& World::seat(NodeId id) const {
  SNOWFLK_ASSERT(id.value >= 1);
  SNOWFLK_ASSERT(id.value <= seats_.size());
  return seats_[id.value - 1];
}
Seat& World::place(NodeId id) { return const_cast<Seat&>(std::as_const(*this).seat(id)); }

std::vector<NodeId> World::nodes() const {
  std::vector<NodeId> ids;
  for (const Seat& seat : seats_) ids.push_back(seat.id);
  return ids;
}

NodeId World::leader() const {
  NodeId found;
  Term latest;
  for (const Seat& seat : seats_) {
    const raft::Raft* raft = seat.running ? seat.node.raft() : nullptr;
    if (raft == nullptr || raft->role() != raft::Role::leader) continue;
    if (raft->hard_state().current_term <= latest) continue;
    latest = raft->hard_state().current_term;
    found = seat.id;
  }
  return found;
}

// ---- Events ---------------------------------------------------------------------------------

std::optional<StepRecord> World::step(VirtualTime limit) {
  while (sprung_ || (!schedule_.empty() && schedule_.next().at <= limit)) {
    if (auto record = take_next(limit)) return record;
  }
  if (limit != kEndOfTime) schedule_.advance_to(limit);
  return std::nullopt;
}

std::optional<StepRecord> World::step_ordered() {
  while (sprung_ || schedule_.first_is_due()) {
    if (auto record = take_next(schedule_.now())) return record;
  }
  return std::nullopt;
}

void World::fork(u64 number) {
  schedule_.fork(number);
  network_.fork(number);
  streams_.fork(number);
  clients_.fork(number);
  faults_.fork(number);
  for (Seat& at : seats_) {
    at.disk.fork(number);
    at.entropy.fork(number);
  }
}

std::optional<StepRecord> World::take_next(VirtualTime limit) {
  StepRecord record;
  record.event = current();
  notes_.clear();
  if (sprung_) {
    spring(record);
  } else {
    const Pending pending = schedule_.pop(limit);
    record.cause = pending.cause;
    record.at = schedule_.now();
    record.node = NodeId{pending.node};
    if (!happen(pending, record)) return std::nullopt;
  }
  static const node::Effects kNone;
  record.effects = record.stepped ? &effects_ : &kNone;
  record.notes = notes_;
  counters_.events += 1;
  add_to_digest(record);
  return record;
}

// True: the effect does not happen any more.
bool World::springs(NodeId node, std::string_view effect, EventId by) {
  if (traps_.empty()) return false;
  const bool vote_at_stake = traps_.any_for_votes(node) && seat(node).disk.vote_slot();
  sprung_ = traps_.spring(node, effect, vote_at_stake, schedule_.now());
  sprung_by_ = by;
  return sprung_ && sprung_->before;
}

// A trap's crash is an event of its own, right after the one whose effect it waited for.
void World::spring(StepRecord& record) {
  const Trap trap = *sprung_;
  sprung_.reset();
  record.cause = sprung_by_;
  record.at = schedule_.now();
  record.node = trap.node;
  record.what = NodeCrashed{.kind = trap.crash};
  record.stopped = true;
  Seat& at = place(trap.node);
  if (trap.unsynced == Unsynced::chosen) at.disk.choose(trap.kept);
  end_incarnation(at, trap.crash, trap.unsynced);
  record.kept = kept_by(at, trap.unsynced);
  if (!trap.comes_back) return;
  if (trap.loses_vote) {
    begin_lost_vote(trap.node);
  } else {
    faults_.count(FaultClass::effect_crash);
  }
  boot_later(place(trap.node));
}

StepView World::view(const StepRecord& record) const {
  SNOWFLK_ASSERT(record.stepped);
  const node::Node& node = seat(record.node).node;
  StepView view;
  view.node = record.node;
  view.at = Instant{record.at.value};
  view.event = record.event.value;
  view.events = effects_.events;
  view.sends = effects_.sends;
  view.replies = effects_.replies;
  view.clock = seat(record.node).clock.monotonic(record.at);
  view.deadline = effects_.deadline;
  view.client_events = clients_.history().events();
  if (const raft::Raft* raft = node.raft(); raft != nullptr) {
    view.term = raft->hard_state().current_term;
    view.voted_for = raft->hard_state().voted_for;
    view.role = raft->role();
    view.commit = raft->commit_index();
    view.log = &raft->log();
  }
  view.applied = node.applied_index();
  view.woken_in_vain =
      std::holds_alternative<DeadlineReached>(record.what) && view.deadline <= view.clock;
  if (const auto* frame = std::get_if<FrameDelivered>(&record.what)) {
    view.heard_from = frame->from;
    view.heard = record.bytes;
    view.heard_wrong = frame->damaged || frame->foreign;
  }
  view.state = &node;
  return view;
}

// True: it was an event. False: it came to nothing, or must wait.
bool World::happen(const Pending& pending, StepRecord& record) {
  if (is_void(pending)) {
    discard(pending);
    return false;
  }
  if (pending.node != 0 && defer(pending)) return false;
  switch (pending.kind) {
    case EventKind::boot: {
      Seat& at = place(record.node);
      if (at.running || pending.incarnation != at.starts) return false;
      if (at.lasting == LastingFault::down) return false;
      boot(at, record);
      return true;
    }
    case EventKind::wake: return on_wake(pending, record);
    case EventKind::datagram: return on_datagram(pending, record);
    case EventKind::stream_message: return on_stream_message(pending, record);
    case EventKind::stream_up:
    case EventKind::stream_down: return on_stream(pending, record);
    case EventKind::stream_connect: {
      const auto [first, second] = streams_.ends(pending.argument);
      const bool both = can_connect(first, second) && reach(first, second) && reach(second, first);
      streams_.connect(pending.argument, both, schedule_, pending.cause);
      return false;
    }
    case EventKind::stream_cut: {
      const auto [first, second] = streams_.ends_of(pending.argument);
      const bool still_cut = !reach(first, second) || !reach(second, first);
      streams_.cut_lasted(pending.argument, still_cut, schedule_, pending.cause);
      return false;
    }
    case EventKind::disk_done: return on_disk_done(pending, record);
    case EventKind::read_done: return on_read_done(pending, record);
    case EventKind::client_request: return on_request(pending, record);
    case EventKind::client_think:
    case EventKind::client_reply:
    case EventKind::client_gone:
    case EventKind::client_broken:
    case EventKind::client_patience: return on_client(pending, record);
    case EventKind::fault: {
      const bool came_to_something = begin_fault(pending, record);
      if (came_to_something) faults_.count(static_cast<FaultClass>(pending.argument));
      return came_to_something;
    }
    case EventKind::fault_ends: return end_fault(pending, record);
    case EventKind::crash: return on_crash(pending, record);
    case EventKind::leave_out: return on_leave_out(pending, record);
    case EventKind::campaign: {
      Seat& at = place(record.node);
      if (!at.running) return false;
      record.what = DeadlineReached{};
      input(at, node::DeadlinePassed{}, record);
      return true;
    }
    case EventKind::resume: {
      Seat& at = place(record.node);
      if (!at.paused || at.lasting == LastingFault::frozen) return false;
      resume(at);
      record.what = NodeResumed{};
      return true;
    }
  }
  return false;
}

// It was asked for by an incarnation that is over.
bool World::is_void(const Pending& pending) const {
  if (pending.node == 0 || pending.incarnation == 0) return false;
  const Seat& at = seat(NodeId{pending.node});
  if (pending.incarnation != at.starts) return true;
  return !at.running && pending.kind != EventKind::boot;
}

// A paused process takes nothing in; clients that are cut off neither.
bool World::defer(const Pending& pending) {
  Seat& at = place(NodeId{pending.node});
  switch (pending.kind) {
    case EventKind::client_request:
    case EventKind::client_gone:
      if (at.clients_cut) {
        at.client_backlog.push_back(pending);
        return true;
      }
      break;
    case EventKind::client_reply:
    case EventKind::client_broken:
      if (at.clients_cut) at.client_backlog.push_back(pending);
      return at.clients_cut;
    case EventKind::wake:
    case EventKind::datagram:
    case EventKind::stream_message:
    case EventKind::stream_up:
    case EventKind::stream_down:
    case EventKind::disk_done:
    case EventKind::read_done:
    case EventKind::campaign: break;
    case EventKind::boot:
    case EventKind::stream_connect:
    case EventKind::stream_cut:
    case EventKind::client_think:
    case EventKind::client_patience:
    case EventKind::fault:
    case EventKind::fault_ends:
    case EventKind::crash:
    case EventKind::resume:
    case EventKind::leave_out: return false;
  }
  if (at.paused) at.backlog.push_back(pending);
  return at.paused;
}

// Only what it holds is given back.
void World::discard(const Pending& pending) {
  if (pending.kind == EventKind::read_done) {
    place(NodeId{pending.node}).disk.drop_read(pending.argument);
  }
}

// ---- The digest -----------------------------------------------------------------------------

void World::add_to_digest(const StepRecord& record) {
  digest_.add(static_cast<u64>(record.at.value));
  digest_.add(u64{record.node.value} << 8 | record.what.index());
  std::visit([&](const auto& what) { trace::add_field(digest_, what); }, record.what);
  if (!record.bytes.empty()) digest_.add(frame_hash(record.bytes));
  if (!record.stepped) return;
  for (const node::Send& send : effects_.sends) {
    digest_.add(u64{send.to.value} << 32 | static_cast<u64>(send.channel));
    digest_.add(frame_hash(send.frame));
  }
  for (const node::Reply& reply : effects_.replies) {
    digest_.add(reply.client.value);
    digest_.add(reply.request.value);
    digest_.add(frame_hash(reply.reply));
  }
  for (const node::Disconnect& disconnect : effects_.disconnects) {
    digest_.add(disconnect.client.value);
  }
  for (const bitcask::DiskOp& op : effects_.disk) {
    digest_.add(op.sequence << 8 | static_cast<u64>(op.lane) << 4 | op.action.index());
    std::visit(Overloaded{[&](const bitcask::Write& write) {
                            trace::add_field(digest_, write.file);
                            digest_.add(write.offset);
                            digest_.add(frame_hash(write.bytes));
                          },
                          [&](const auto& action) { trace::add_field(digest_, action); }},
               op.action);
  }
  for (const bitcask::DiskRead& read : effects_.reads) trace::add_field(digest_, read);
  for (const node::Halt& halt : effects_.halt) digest_.add(static_cast<u64>(halt.kind));
  for (const node::Event& event : effects_.events) trace::add(digest_, event);
  digest_.add(static_cast<u64>(effects_.deadline.value));
}

}  // namespace snowflk::sim
