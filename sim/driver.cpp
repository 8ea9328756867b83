#include "sim/driver.hpp"

namespace snowflk::sim {

bool WorldDriver::springs(std::string_view effect) {
  return world_.springs(seat_.id, effect, world_.current());
}

void WorldDriver::record(std::span<const node::Event> events) {
  for (const node::Event& event : events) {
    const auto* own = std::get_if<node::NodeEvent>(&event);
    if (own == nullptr) continue;
    if (std::holds_alternative<node::Started>(*own)) seat_.has_started = true;
  }
}

// A trap on an operation springs when it is done (world.cpp), not when it is issued.
void WorldDriver::perform(const bitcask::DiskOp& op) {
  if (dead()) return;
  seat_.disk.issue(op, world_.schedule_, seat_.starts, world_.current());
}

void WorldDriver::perform(const bitcask::DiskRead& read) {
  if (dead()) return;
  seat_.disk.issue(read, world_.schedule_, seat_.starts, world_.current());
}

void WorldDriver::perform(const node::Send& send) {
  if (dead()) return;
  if (!world_.traps_.empty() && springs(frame_name(send.frame))) return;
  SendNote note;
  if (!world_.holds_.empty() && world_.holds_.matches(seat_.id, send.to, send.frame)) {
    note.fate = Fate::held;
    world_.holds_.keep(HeldMessage{.number = 0,
                                   .ordinal = 0,
                                   .from = seat_.id,
                                   .to = send.to,
                                   .channel = send.channel,
                                   .epoch = send.epoch,
                                   .kind = frame_name(send.frame),
                                   .bytes = {send.frame.begin(), send.frame.end()},
                                   .cause = world_.current()});
  } else if (send.channel == node::Channel::stream) {
    note = world_.streams_.send(seat_.id, send.to, send.epoch, send.frame, world_.schedule_,
                                world_.current());
  } else {
    note = world_.network_.send(seat_.id, send.to, send.frame, world_.schedule_, world_.current());
  }
  world_.notes_.push_back(note);
}

void WorldDriver::perform(const node::Reply& reply) {
  if (dead()) return;
  if (springs("reply")) return;
  world_.clients_.answer(reply, world_.schedule_, world_.current());
}

void WorldDriver::perform(const node::Disconnect& disconnect) {
  if (dead()) return;
  world_.clients_.disconnect(disconnect.client.value, true, world_.schedule_, world_.current());
}

// What follows from it is World::after_step.
void WorldDriver::perform(const node::Halt&) {}

void WorldDriver::wake_at(Instant deadline) {
  if (seat_.deadline != deadline) seat_.deadline_cause = world_.current();
  world_.set_deadline(seat_, deadline);
}

}  // namespace snowflk::sim
