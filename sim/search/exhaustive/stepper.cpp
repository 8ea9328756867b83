// What comes of an action: what Raft, its disk and the links make of it.
#include "sim/search/exhaustive/stepper.hpp"

#include "core/raft/quorum.hpp"
#include "sim/search/exhaustive/convert.hpp"

namespace snowflk::sim::exhaustive {
namespace {

using raft::Role;

/// When every step begins. Nothing is assumed of clocks: any deadline may pass before any other, so
/// nobody's clock is part of a state.
constexpr Instant kNow{1'000'000'000'000};

raft::Options options_of(const Bounds& bounds, u32 node) {
  raft::Options options;
  for (u32 id = 0; id < bounds.nodes; ++id) options.voters.push_back(NodeId{id + 1});
  options.self = NodeId{node + 1};
  options.entries_per_message_max = bounds.entries_per_message;
  options.inflight_messages_max = Belief::kInflightMax;
  options.check_expensive_invariants = true;
  return options;
}

Role role_of(const SmallNode& node) { return static_cast<Role>(node.role); }

void crash(SmallNode& node, bool keeps) {
  const Persistent found = keeps ? node.now : node.stored;
  const u8 crashes = node.crashes;
  node = SmallNode{};
  node.down = 1;
  node.crashes = static_cast<u8>(crashes - 1);
  node.now = found;
  node.stored = found;
  node.commit = found.commit;
}

void use_up(u8& budget) { budget = static_cast<u8>(budget - 1); }

}  // namespace

Stepper::Stepper(const Bounds& bounds) : bounds_(bounds) {
  for (u32 node = 0; node < bounds.nodes; ++node) {
    rafts_.emplace_back(options_of(bounds, node), raft::HardState{}, raft::Log{}, LogIndex{},
                        Prng{}, kNow);
  }
}

StepResult Stepper::apply(SmallWorld& world, const Action& action) {
  dooms_ = action.dooms;
  changed_ = false;
  no_room_ = false;
  broken_.reset();
  if (!act(world, action)) return StepResult::nothing;
  if (action.dooms && !changed_) return StepResult::nothing;
  if (broken_) return StepResult::broken;
  if (no_room_) return StepResult::no_room;
  forget_what_nobody_hears(world);
  return StepResult::done;
}

bool Stepper::act(SmallWorld& world, const Action& action) {
  SmallNode& node = world.nodes[action.node];
  SmallWorld::Link& link = world.links[action.other][action.node];
  raft::Raft& raft = rafts_[action.node];
  switch (action.kind) {
    case ActionKind::campaign: return campaign(world, action);
    case ActionKind::heartbeat:
      use_up(world.heartbeats);
      load(node, action.node);
      raft.on_deadline(kNow + raft.options().heartbeat_interval, output_);
      finish(world, action.node);
      return true;
    case ActionKind::propose:
      use_up(world.entries);
      load(node, action.node);
      raft.propose(kNow, raft::EntryKind::command, 0, output_);
      finish(world, action.node);
      return true;
    case ActionKind::crash_losing: crash(node, false); return true;
    case ActionKind::crash_keeping: crash(node, true); return true;
    case ActionKind::lose: link.remove(0); return true;
    case ActionKind::drop:
      use_up(world.drops);
      link.remove(0);
      return true;
    case ActionKind::duplicate: use_up(world.duplicates); break;
    case ActionKind::overtake: use_up(world.overtakes); break;
    case ActionKind::deliver: break;
  }
  receive(world, action);
  return true;
}

// The questions before an election and their answers take no time: who is asked answers at once, or
// not at all. Whoever of them leads an older term has been alone for too long and notices it now:
// else it would answer no.
bool Stepper::campaign(SmallWorld& world, const Action& action) {
  raft::Raft& raft = rafts_[action.node];
  const u8 term = static_cast<u8>(world.nodes[action.node].now.term + 1);
  for (u8 id = 0; id < bounds_.nodes; ++id) {
    if ((u32{action.asked} >> id & 1U) == 0) continue;
    SmallNode& asked = world.nodes[id];
    if (asked.doomed != 0) return false;  // Its answer waits for what is never durable.
    if (role_of(asked) == Role::leader && asked.now.term < term) step_down(world, id);
    asked.down = 0;
  }
  load(world.nodes[action.node], action.node);
  const Duration timeout = raft.options().election_timeout_max;
  if (action.steps_down) raft.on_deadline(kNow + timeout, output_);
  const Instant now = kNow + timeout * 2;
  raft.on_deadline(now, output_);
  const std::vector<raft::Outgoing> questions = output_.messages;
  output_.messages.clear();
  for (const raft::Outgoing& question : questions) {
    if ((action.asked >> small(question.to) & 1U) == 0) continue;
    ask(world, action.node, question);
    for (const raft::Outgoing& reply : answer_.messages) {
      raft.on(now, question.to, reply.message, {}, output_);
    }
  }
  // A pre-candidate that nobody answered is a follower, as far as safety goes.
  if (raft.role() == Role::pre_candidate) return false;
  finish(world, action.node);
  return true;
}

void Stepper::ask(const SmallWorld& world, u8 asker, const raft::Outgoing& question) {
  const u8 asked = small(question.to);
  answer_.clear();
  expand(world.nodes[asked], bounds_.nodes, state_);
  rafts_[asked].resume(state_, kNow);
  rafts_[asked].on(kNow, node_id(asker), question.message, {}, answer_);
}

void Stepper::step_down(SmallWorld& world, u8 id) {
  load(world.nodes[id], id);
  rafts_[id].on_deadline(kNow + rafts_[id].options().election_timeout_max, output_);
  finish(world, id);
}

void Stepper::receive(SmallWorld& world, const Action& action) {
  SmallWorld::Link& link = world.links[action.other][action.node];
  const SmallMessage message = link.at[action.position];
  if (action.kind != ActionKind::duplicate) link.remove(action.position);
  raft::Raft& raft = rafts_[action.node];
  load(world.nodes[action.node], action.node);
  Instant now = kNow;
  if (action.steps_down) {
    now = kNow + raft.options().election_timeout_max;
    raft.on_deadline(now, output_);
  }
  entries_.clear();
  for (const u8 entry : message.entries) entries_.push_back(entry_info(entry));
  raft.on(now, node_id(action.other), message_of(message), entries_, output_);
  finish(world, action.node);
}

// ---- Between Raft, its disk and the links ---------------------------------------------------

/// Ticket 0 is durable, whatever comes later only if the node is not doomed.
void Stepper::load(const SmallNode& node, u8 id) {
  expand(node, bounds_.nodes, state_);
  rafts_[id].resume(state_, kNow);
  output_.clear();
  events_.clear();
  gate_.clear();
  ticket_ = node.doomed;
  durable_ticket_ = 0;
}

void Stepper::finish(SmallWorld& world, u8 id) {
  world.nodes[id].down = 0;
  absorb(world, id);
  open_gate(world, id);
  observe(world, id);
}

void Stepper::absorb(SmallWorld& world, u8 id) {
  raft::Raft& raft = rafts_[id];
  raft.check_invariants();
  SmallNode& node = world.nodes[id];
  raft.save(state_);
  if (shrink(state_, bounds_.nodes, node)) {
    changed_ = true;
    ticket_ += 1;
    if (dooms_) node.doomed = 1;
    if (node.doomed == 0) {
      node.stored = node.now;
      durable_ticket_ = ticket_;
    }
  }
  events_.insert(events_.end(), output_.events.begin(), output_.events.end());
  for (const raft::Outgoing& message : output_.messages) {
    if (message.gate == raft::Gate::durable) {
      gate_.hold(ticket_, message);
    } else {
      send(world, id, message);
    }
  }
  output_.clear();
}

/// As core/node lets out what waited. What still waits in the end waits for ever.
void Stepper::open_gate(SmallWorld& world, u8 id) {
  while (gate_.open(durable_ticket_)) {
    const raft::Outgoing message = gate_.release();
    if (small(message.to) != id) {
      send(world, id, message);
      continue;
    }
    rafts_[id].on(kNow, message.to, message.message, {}, output_);
    absorb(world, id);
  }
  while (sends_ != nullptr && !gate_.empty()) {
    const raft::Outgoing message = gate_.release();
    if (small(message.to) == id) continue;
    sends_->push_back({.from = id,
                       .to = small(message.to),
                       .waits_for_ever = true,
                       .message = small(message.message, rafts_[id].log())});
  }
}

void Stepper::send(SmallWorld& world, u8 from, const raft::Outgoing& outgoing) {
  const u8 to = small(outgoing.to);
  SmallWorld::Link& link = world.links[from][to];
  if (link.full()) {
    no_room_ = true;
    return;
  }
  link.push(small(outgoing.message, rafts_[from].log()));
  if (sends_ == nullptr) return;
  sends_->push_back(
      {.from = from, .to = to, .message = link.at[static_cast<std::size_t>(link.size) - 1]});
}

void Stepper::observe(SmallWorld& world, u8 id) {
  const auto refused = [&](const raft::MessageRefused& event) {
    if (broken_) return;
    broken_ = Broken{.property = "contradictions",
                     .sentence = "node " + std::to_string(id + 1U) + " refused a message of node " +
                                 std::to_string(event.from.value) + ": " +
                                 std::string(name_of(event.contradiction))};
  };
  const auto elected = [&](const raft::BecameLeader& event) {
    if (!broken_) broken_ = became_leader(world, id, small(event.term));
  };
  for (const raft::Event& event : events_) {
    std::visit(Overloaded{refused, elected, [](const auto&) {}}, event);
  }
  if (!broken_) broken_ = broken_by(world, bounds_.nodes, id);
}

void Stepper::forget_what_nobody_hears(SmallWorld& world) const {
  for (u8 to = 0; to < bounds_.nodes; ++to) {
    for (u8 from = 0; from < bounds_.nodes; ++from) {
      world.links[from][to].remove_if(
          [&](const SmallMessage& message) { return !is_heard(world.nodes[to], from, message); });
    }
  }
}

/// Whether anything can come of the message, now or ever: a node never knows an older term than
/// that which it has stored.
bool Stepper::is_heard(const SmallNode& node, u8 from, const SmallMessage& m) const {
  const u8 term = node.stored.term;
  switch (m.kind) {
    case MessageKind::request_vote_reply:
      if (m.term != term) return m.term > term;
      return m.yes != 0 && role_of(node) == Role::candidate;
    case MessageKind::append_reply:
      if (m.term != term || term != node.now.term) return m.term > term;
      if (role_of(node) == Role::leader) return m.index > node.beliefs[from].match;
      return role_of(node) == Role::candidate;
    case MessageKind::request_vote:
      if (bounds_.old_messages || m.term != term) break;
      return node.stored.vote == kNobody || node.stored.vote == from;
    case MessageKind::append: break;
  }
  // It would be refused: that tells the newer term, as the answer to a pre-vote would.
  return bounds_.old_messages || m.term >= term;
}

}  // namespace snowflk::sim::exhaustive
