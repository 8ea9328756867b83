#include "sim/timeline/scene.hpp"

#include <fmt/format.h>

#include "sim/state/state.hpp"
#include "sim/story/actor.hpp"

namespace snowflk::sim::timeline {
namespace {

std::string disk_faults_of(const Seat& seat) {
  std::string faults;
  const auto add = [&](bool there, const std::string& what) {
    if (!there) return;
    if (!faults.empty()) faults += ", ";
    faults += what;
  };
  const DiskCounters& counters = seat.disk.counters();
  add(seat.disk_full, "full");
  add(seat.lasting == LastingFault::disk_stalled, "stalled for good");
  add(counters.blemishes != 0, fmt::format("{} blemished", counters.blemishes));
  add(counters.lost_files != 0, fmt::format("{} files lost", counters.lost_files));
  add(counters.rotted != 0, fmt::format("{} bits rotted", counters.rotted));
  add(counters.wipes != 0, fmt::format("wiped {} times", counters.wipes));
  add(counters.lies != 0, fmt::format("{} lies told", counters.lies));
  return faults;
}

NodeScene node_scene(const World& world, NodeId id) {
  const Seat& seat = world.seat(id);
  NodeScene scene;
  scene.node = id;
  scene.standing = story::name_of(story::actor_of(world, id).standing);
  scene.starts = seat.starts;
  scene.version = seat.version;
  if (const raft::Raft* raft = seat.node.raft(); raft != nullptr) {
    scene.term = raft->hard_state().current_term;
    scene.vote = raft->hard_state().voted_for;
    scene.leader = raft->leader();
    scene.log_first = raft->log().first_index();
    scene.log_last = raft->log().last_index();
    scene.last_term = raft->log().last_term();
    scene.commit = raft->commit_index();
    scene.durable = seat.node.durable_index();
  }
  scene.applied = seat.node.applied_index();
  scene.refuses = seat.node.refusing_reason();
  scene.clock = seat.clock.monotonic(world.now());
  scene.deadline = seat.running ? seat.deadline : kNever;
  scene.drift_ppm = seat.clock.drift_ppm();
  scene.wall_offset = seat.clock.wall_offset();
  std::vector<bitcask::FoundFile> files;
  seat.disk.list(files);
  scene.files = files.size();
  scene.disk_bytes = seat.disk.used_bytes();
  scene.waiting_log = seat.disk.tasks(bitcask::Lane::log).size();
  scene.waiting_background = seat.disk.tasks(bitcask::Lane::background).size();
  scene.disk_faults = disk_faults_of(seat);
  return scene;
}

std::string message_text(const Message& message) {
  return fmt::format("{} n{} -> n{}{}", frame_name(message.bytes), message.from.value,
                     message.to.value, message.damaged ? ", damaged" : "");
}

/// What of the schedule is on its way from one to another. Empty: it is something else.
std::string text_of(const World& world, const Pending& pending) {
  switch (pending.kind) {
    case EventKind::datagram: return message_text(world.network().message(pending.argument));
    case EventKind::stream_message: return message_text(world.streams().message(pending.argument));
    case EventKind::client_request:
    case EventKind::client_reply: {
      const Clients::Parcel& parcel = world.clients().parcel(pending.argument);
      const bool asks = pending.kind == EventKind::client_request;
      return fmt::format("{} of client {}, operation {}", asks ? "request" : "reply", parcel.client,
                         parcel.operation.value);
    }
    case EventKind::boot: return fmt::format("start of n{}", pending.node);
    case EventKind::wake:
    case EventKind::stream_up:
    case EventKind::stream_down:
    case EventKind::stream_connect:
    case EventKind::stream_cut:
    case EventKind::disk_done:
    case EventKind::read_done:
    case EventKind::client_think:
    case EventKind::client_gone:
    case EventKind::client_broken:
    case EventKind::client_patience:
    case EventKind::fault:
    case EventKind::fault_ends:
    case EventKind::crash:
    case EventKind::resume:
    case EventKind::campaign:
    case EventKind::leave_out: return {};
  }
  return {};
}

std::string words_of(const History& history, const Operation& operation) {
  constexpr std::size_t kShownMax = 60;
  std::string text;
  for (u32 at = 0; at < operation.word_count && text.size() < kShownMax; ++at) {
    if (at != 0) text += ' ';
    text += history.word(operation, at);
  }
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
  return text;
}

}  // namespace

Scene scene_of(const World& world) {
  Scene scene;
  scene.event = world.counters().events;
  scene.at = world.now();
  scene.healed = world.healed();
  for (const NodeId id : world.nodes()) {
    scene.nodes.push_back(node_scene(world, id));
    for (const NodeId to : world.nodes()) {
      if (id == to || world.network().link(id, to) == LinkState::open) continue;
      scene.links.push_back(LinkScene{.from = id,
                                      .to = to,
                                      .state = name_of(world.network().link(id, to)),
                                      .held = world.network().held(id, to)});
    }
  }
  for (const HeldMessage& held : world.held_messages()) {
    scene.under_way.push_back(
        UnderWay{.due = kEndOfTime,
                 .what = fmt::format("{} n{} -> n{}", held.kind, held.from.value, held.to.value),
                 .cause = held.cause});
  }
  for (const Pending& pending : world.schedule().in_order()) {
    std::string what = text_of(world, pending);
    if (what.empty()) continue;
    scene.under_way.push_back(
        UnderWay{.due = pending.at, .what = std::move(what), .cause = pending.cause});
  }
  const History& history = world.history();
  for (const Operation& operation : history.operations()) {
    if (operation.outcome != Outcome::pending) continue;
    scene.clients.push_back(ClientScene{.client = operation.process,
                                        .asks = words_of(history, operation),
                                        .since = operation.invoked_at});
  }
  scene.answered = world.clients().answered();
  scene.digest = world.digest();
  scene.state = state::digest_of(world);
  return scene;
}

}  // namespace snowflk::sim::timeline
