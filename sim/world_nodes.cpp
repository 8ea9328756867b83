// A node's life in the world: it boots, is stepped, halts, crashes, and comes back.
#include <algorithm>

#include "sim/driver.hpp"
#include "sim/starting_log.hpp"
#include "sim/world.hpp"

namespace snowflk::sim {
namespace {

/// Why the node refused the frame that it was given; nothing: it did not.
std::optional<wire::FrameFault> refused(std::span<const node::Event> events) {
  for (const node::Event& event : events) {
    const auto* own = std::get_if<node::NodeEvent>(&event);
    const auto* rejected = own == nullptr ? nullptr : std::get_if<node::FrameRejected>(own);
    if (rejected != nullptr) return rejected->fault;
  }
  return std::nullopt;
}

std::string text_of_fault(std::optional<wire::FrameFault> fault) {
  return fault ? "refused it (" + std::string{name_of(*fault)} + ")" : "took it for a good one";
}

/// The promise that the node broke by what it made of the frame.
std::optional<Violation> misread(NodeId node, const FrameDelivered& frame,
                                 std::optional<wire::FrameFault> fault) {
  const std::string between = "node " + std::to_string(node.value) + " was sent a frame by node " +
                              std::to_string(frame.from.value);
  if (frame.damaged) {
    if (fault) return std::nullopt;
    return Violation{.property = "damaged_frame",
                     .kind = ViolationKind::safety,
                     .sentence = "node " + std::to_string(node.value) + " took a frame from node " +
                                 std::to_string(frame.from.value) +
                                 " for a good one, though a bit of it had turned on the way"};
  }
  const auto broken = [&](ViolationKind kind, const std::string& what) {
    return Violation{.property = "foreign_frame",
                     .kind = kind,
                     .sentence = between + what + ", and " + text_of_fault(fault)};
  };
  if (!understand(frame.ahead, 0)) {
    if (fault == wire::FrameFault::version) return std::nullopt;
    return broken(ViolationKind::safety, ", whose version differs from its own by more than one");
  }
  if (frame.foreign) {
    const std::string news = ", of a kind that it does not know";
    if (fault != wire::FrameFault::kind) return broken(ViolationKind::safety, news);
    if (frame.channel == node::Channel::datagram || !wire::ends_stream(*fault)) return std::nullopt;
    return broken(ViolationKind::liveness, news + ", closed their stream instead of going on");
  }
  if (fault != wire::FrameFault::version && fault != wire::FrameFault::kind) return std::nullopt;
  return broken(ViolationKind::liveness, ", whose version differs from its own by one at most");
}

}  // namespace

void World::boot(Seat& at, StepRecord& record) {
  SNOWFLK_ASSERT(!at.running);
  node::Options options = node_options(options_, at.id);
  // Once it took part, a directory that is empty is a directory that was lost.
  options.bootstrap = !at.has_started;
  at.node = node::Node{options};
  at.running = true;
  at.paused = false;
  at.mended = false;
  at.starts += 1;
  at.version = at.next_version;
  at.frames_sent = 0;
  at.deadline = kNever;
  at.wake_at = kEndOfTime;
  at.wake_number += 1;
  counters_.boots += 1;
  record.what = NodeBooted{.start = at.starts};
  record.booted = true;
  at.disk.list(files_);
  const u64 entropy = at.entropy.next();
  streams_.poke(at.id, schedule_, current());
  input(at, node::Booted{.entropy = entropy, .files = files_}, record);
  if (at.lasting == LastingFault::frozen && at.running) at.paused = true;
}

void World::deliver_frame(Seat& at, Message& message, StepRecord& record) {
  if (at.version != 0) shift_minor(message.bytes, -at.version);
  FrameDelivered frame{.from = message.from,
                       .channel = message.channel,
                       .size = static_cast<u32>(message.bytes.size()),
                       .damaged = message.damaged};
  if (!frame.damaged) {
    // No news are of our own version: most frames need no second look.
    frame.ahead = minor_ahead(message.bytes);
    frame.foreign =
        !understand(frame.ahead, 0) || (frame.ahead != 0 && version_of_kind(message.bytes) > 0);
  }
  record.what = frame;
  record.cause = message.cause;
  record.bytes = message.bytes;
  // Only a node that runs looks into frames at all.
  const bool looks = at.node.phase() == node::Phase::running;
  input(at, node::FrameReceived{.from = message.from, .frame = record.bytes}, record);
  if (looks) judge_reading(at, frame);
}

// What a node makes of a frame shows in its events alone. The driver's part: a stream is closed
// over a frame that cannot be passed over.
void World::judge_reading(Seat& at, const FrameDelivered& frame) {
  const bool on_stream = frame.channel == node::Channel::stream;
  if (!frame.damaged && !frame.foreign && frame.ahead == 0 && !on_stream) return;
  const std::optional<wire::FrameFault> fault = refused(effects_.events);
  const bool closes = on_stream && fault && wire::ends_stream(*fault);
  if (closes) {
    streams_.break_pair(at.id, frame.from, BreakKind::reset, schedule_, current());
  }
  if (!violation_) violation_ = misread(at.id, frame, fault);
}

void World::input(Seat& at, const node::Input& what, StepRecord& record) {
  SNOWFLK_ASSERT(at.running);
  SNOWFLK_ASSERT(!at.paused);
  counters_.inputs += 1;
  record.stepped = true;
  at.node.step(at.clock.now(schedule_.now()), what, effects_);
  WorldDriver driver{*this, at};
  node::perform(effects_, driver);
  after_step(at, record);
}

// A Halt ends the incarnation, unless a trap does it already.
void World::after_step(Seat& at, StepRecord& record) {
  if (sprung_ || effects_.halt.empty()) return;
  counters_.halts += 1;
  const node::HaltKind kind = effects_.halt.front().kind;
  end_incarnation(at, CrashKind::process, Unsynced::drawn);
  record.stopped = true;
  at.given_up = kind == node::HaltKind::refused;
  if (kind == node::HaltKind::disk_failed) boot_later(at);
}

// The wake that counts is the earliest that was asked for. One that comes too early looks at the
// deadline as it is then, so a deadline that moves back costs nothing.
void World::set_deadline(Seat& at, Instant deadline) {
  at.deadline = deadline;
  if (deadline == kNever || at.timers_held) return;
  constexpr Duration kTimerGrain = microseconds(1);  // no clock wakes anybody at once
  const VirtualTime soonest = schedule_.now() + kTimerGrain;
  if (at.wake_at != kEndOfTime) {
    // Most deadlines are those of the step before, or later: to see that is one look at the clock,
    // and to find when it shows one is four.
    const VirtualTime before_wake{at.wake_at.value - 1};
    if (before_wake < soonest || at.clock.monotonic(before_wake) < deadline) return;
  }
  const VirtualTime when = at.clock.when(deadline, soonest);
  if (when >= at.wake_at) return;
  at.wake_at = when;
  at.wake_number += 1;
  schedule_.push(Pending{.at = when,
                         .cause = at.deadline_cause,
                         .argument = at.wake_number,
                         .node = at.id.value,
                         .incarnation = at.starts,
                         .kind = EventKind::wake});
}

// A node that is paused loses what had come for it with its process.
void World::end_incarnation(Seat& at, CrashKind kind, Unsynced unsynced) {
  SNOWFLK_ASSERT(at.running);
  at.running = false;
  counters_.crashes += 1;
  at.disk.crash(kind, unsynced);
  const BreakKind heard = kind == CrashKind::process ? BreakKind::reset : BreakKind::silence;
  streams_.crash(at.id, heard, schedule_, current());
  clients_.crash(at.id, kind, schedule_, current());
  at.paused = false;
  std::vector<Pending> backlog;
  backlog.swap(at.backlog);
  for (Pending& pending : backlog) {
    pending.at = schedule_.now();  // it finds nobody there
    schedule_.push_first(pending);
  }
}

// The supervisor starts it again after a while.
void World::boot_later(Seat& at) {
  if (at.given_up) return;
  if (!restarts_ && !healed_) return;
  boot_after(at, faults_.down_time(at.id));
}

void World::boot_after(Seat& at, Duration down) {
  schedule_.push(Pending{.at = schedule_.now() + down,
                         .cause = current(),
                         .node = at.id.value,
                         .incarnation = at.starts,
                         .kind = EventKind::boot});
}

void World::put_starting_log(Seat& at, const StartingLog& start) {
  put_files(at.id, start, options_, at.disk);
}

}  // namespace snowflk::sim
