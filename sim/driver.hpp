// The simulator's driver: does what one step of one node wants done, in the world around it.
#pragma once

#include "sim/world.hpp"

namespace snowflk::sim {

/// Lives for one perform() and holds the two by reference.
class WorldDriver {
 public:
  WorldDriver(World& world, Seat& seat) : world_(world), seat_(seat) {}

  void record(std::span<const node::Event> events);
  void perform(const bitcask::DiskOp& op);
  void perform(const bitcask::DiskRead& read);
  void perform(const node::Send& send);
  void perform(const node::Reply& reply);
  void perform(const node::Disconnect& disconnect);
  void perform(const node::Halt& halt);
  void wake_at(Instant deadline);

 private:
  /// A trap springs at this effect. Nothing more is done in this step then; with "before", nor is
  /// the effect itself.
  bool springs(std::string_view effect);
  SendNote put_on_wire(const node::Send& send);
  void send_news(const node::Send& send);
  [[nodiscard]] bool dead() const { return world_.sprung_.has_value(); }

  World& world_;
  Seat& seat_;
};

static_assert(node::Driver<WorldDriver>);

}  // namespace snowflk::sim
