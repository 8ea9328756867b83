// Does one action in a small world, by the production core: a raft::Raft a node, and the gate
// before which what speaks for stored state waits.
//
// Keeps Raft values only to go on from states in them: one Stepper a thread.
#pragma once

#include <optional>
#include <vector>

#include "core/node/durability_gate.hpp"
#include "core/raft/raft.hpp"
#include "sim/search/exhaustive/action.hpp"
#include "sim/search/exhaustive/properties.hpp"

namespace snowflk::sim::exhaustive {

enum class StepResult : u8 {
  done,
  nothing,  // it cannot be, or the world might as well be as it was
  no_room,  // a link has more messages than fit
  broken,   // a property: broken() says which
};

/// A message that a step put on a link, or into the gate of a node that is doomed.
struct Sent {
  u8 from = 0;
  u8 to = 0;
  bool waits_for_ever = false;
  SmallMessage message;
};

class Stepper {
 public:
  explicit Stepper(const Bounds& bounds);

  /// Does `action`, one of actions_of(world). The world is of use only if the result is `done` or
  /// `broken`.
  StepResult apply(SmallWorld& world, const Action& action);
  /// From now on, all that is sent is added to `into` (or to nothing, if null).
  void note_sends(std::vector<Sent>* into) { sends_ = into; }
  /// Of the last step.
  [[nodiscard]] const std::optional<Broken>& broken() const { return broken_; }

 private:
  [[nodiscard]] bool act(SmallWorld& world, const Action& action);
  [[nodiscard]] bool campaign(SmallWorld& world, const Action& action);
  void ask(const SmallWorld& world, u8 asker, const raft::Outgoing& question);
  void step_down(SmallWorld& world, u8 id);
  void receive(SmallWorld& world, const Action& action);

  void load(const SmallNode& node, u8 id);
  void finish(SmallWorld& world, u8 id);
  void absorb(SmallWorld& world, u8 id);
  void open_gate(SmallWorld& world, u8 id);
  void send(SmallWorld& world, u8 from, const raft::Outgoing& outgoing);
  void observe(SmallWorld& world, u8 id);
  void forget_what_nobody_hears(SmallWorld& world) const;
  [[nodiscard]] bool is_heard(const SmallNode& node, u8 from, const SmallMessage& message) const;

  Bounds bounds_;
  std::vector<raft::Raft> rafts_;
  std::vector<Sent>* sends_ = nullptr;

  // Of the step that is being done.
  raft::State state_;
  raft::Output output_;
  raft::Output answer_;
  std::vector<raft::EntryInfo> entries_;
  std::vector<raft::Event> events_;
  node::DurabilityGate gate_;
  u64 ticket_ = 0;
  u64 durable_ticket_ = 0;
  bool dooms_ = false;
  bool changed_ = false;
  bool no_room_ = false;
  std::optional<Broken> broken_;
};

}  // namespace snowflk::sim::exhaustive
