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

// Ahead of a frame, on the same way: what a node of a newer version has to say now and then. No
// draw decides when, so that a recorded schedule has it too.
void WorldDriver::send_news(const node::Send& send) {
  seat_.frames_sent += 1;
  if (seat_.frames_sent % kFramesPerNews != 1) return;
  if (!world_.traps_.empty() && springs(kUnknownKind)) return;
  std::vector<std::byte> frame;
  // No two are alike, for a recorded one is looked for by its bytes.
  const u64 number = u64{seat_.starts} << 32 | seat_.frames_sent / kFramesPerNews;
  append_news({.cluster = ClusterId{kClusterIdOfWorlds}, .self = seat_.id}, seat_.version, number,
              frame);
  node::Send news = send;
  news.frame = frame;
  put_on_wire(news);
}

SendNote WorldDriver::put_on_wire(const node::Send& send) {
  if (!world_.holds_.empty() && world_.holds_.matches(seat_.id, send.to, send.frame)) {
    world_.holds_.keep(HeldMessage{.number = 0,
                                   .ordinal = 0,
                                   .from = seat_.id,
                                   .to = send.to,
                                   .channel = send.channel,
                                   .epoch = send.epoch,
                                   .kind = frame_name(send.frame),
                                   .bytes = {send.frame.begin(), send.frame.end()},
                                   .cause = world_.current()});
    return SendNote{.fate = Fate::held};
  }
  if (send.channel == node::Channel::stream) {
    return world_.streams_.send(seat_.id, send.to, send.epoch, send.frame, world_.schedule_,
                                world_.current());
  }
  return world_.network_.send(seat_.id, send.to, send.frame, world_.schedule_, world_.current());
}

void WorldDriver::perform(const node::Send& send) {
  if (dead()) return;
  if (seat_.version > 0) send_news(send);
  if (dead()) return;
  if (!world_.traps_.empty() && springs(frame_name(send.frame))) return;
  if (seat_.version == 0) {
    world_.notes_.push_back(put_on_wire(send));
    return;
  }
  node::Send shifted = send;
  world_.wire_.assign(send.frame.begin(), send.frame.end());
  shift_minor(world_.wire_, seat_.version);
  shifted.frame = world_.wire_;
  world_.notes_.push_back(put_on_wire(shifted));
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
