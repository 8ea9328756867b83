// A simulated world: nodes with their disks and clocks, the network between them, clients and
// faults, as one value. One event a step; equal options, equal events, equal digests.
//
// Owns the order of what happens, and who is alive. What a link, a disk, a client or a class of
// faults does stands with each of them (network, streams, disk, clock, clients, faults, cuts): here
// they meet. A copy goes on exactly as the original does: forking and travelling in time are
// copying.
//
//   world.cpp         events: who gets what is due
//   world_nodes.cpp   a node's life: boot, input, effects, halt, crash
//   world_faults.cpp  faults as they begin and end
//   world_healing.cpp the healing, and who is left out of it
//   world_shapes.cpp  likewise those of the network's shape
//   world_script.cpp  what a script may do by hand
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/hash.hpp"
#include "sim/check/step_view.hpp"
#include "sim/check/violation.hpp"
#include "sim/clients.hpp"
#include "sim/cuts.hpp"
#include "sim/faults.hpp"
#include "sim/network.hpp"
#include "sim/options.hpp"
#include "sim/record.hpp"
#include "sim/schedule.hpp"
#include "sim/script_hooks.hpp"
#include "sim/seat.hpp"
#include "sim/streams.hpp"
#include "sim/versions.hpp"

namespace snowflk::sim {

/// A node that the healing leaves in a fault.
struct LeftOut {
  NodeId node;
  LastingFault fault = LastingFault::down;
};

struct WorldCounters {
  u64 events = 0;  // of all kinds
  u64 inputs = 0;  // events that were an input to a node
  u64 crashes = 0;
  u64 boots = 0;
  u64 halts = 0;
};

class World {
 public:
  /// All nodes boot at time 0. REQUIRES: !invalid(options).
  explicit World(const WorldOptions& options);

  // ---- Time goes on --------------------------------------------------------------------------

  /// The next event, if it is due by `limit`; else nothing, and it is `limit` then. What the record
  /// borrows is valid until the next call that is not const.
  std::optional<StepRecord> step(VirtualTime limit = kEndOfTime);
  /// The next event that a script ordered for this instant, if one is left: no time passes.
  std::optional<StepRecord> step_ordered();
  /// For the checks, of a record with `stepped` that this world has just returned.
  [[nodiscard]] StepView view(const StepRecord& record) const;
  /// Faults stop and what they broke mends, but for who is left out: the second phase of a run.
  void heal();
  /// In which faults the healing leaves nodes, as drawn: never so many that fewer than a majority
  /// of those to whose disks nothing was done would be left. None, if the options say so.
  [[nodiscard]] std::vector<LeftOut> draw_left_out();
  /// From now on, and when all is healed, `id` is left out. REQUIRES: fault is not none.
  void leave_out(NodeId id, LastingFault fault);
  [[nodiscard]] bool is_left_out(NodeId id) const { return seat(id).lasting != LastingFault::none; }
  /// What is drawn from here on is drawn anew; what waits already comes as it was drawn. Of one
  /// world, equal numbers give equal futures.
  void fork(u64 number);
  /// From now until the healing, or until so many steps are done, priorities say what goes next.
  void prioritize(const PriorityOptions& options) {
    schedule_.set_priorities(Priorities{options_.seed, options_.nodes, options});
  }

  // ---- What can be seen ----------------------------------------------------------------------

  [[nodiscard]] const WorldOptions& options() const { return options_; }
  [[nodiscard]] VirtualTime now() const { return schedule_.now(); }
  [[nodiscard]] u32 size() const { return static_cast<u32>(seats_.size()); }
  /// The ids of all, ascending.
  [[nodiscard]] std::vector<NodeId> nodes() const;
  /// As it is, or last was. REQUIRES: 1 <= id <= size().
  [[nodiscard]] const node::Node& node(NodeId id) const { return seat(id).node; }
  [[nodiscard]] bool is_up(NodeId id) const { return seat(id).running; }
  [[nodiscard]] bool is_paused(NodeId id) const { return seat(id).paused; }
  [[nodiscard]] const Seat& seat(NodeId id) const;
  /// Up, running, and the leader of the latest term that has one; nobody: there is none.
  [[nodiscard]] NodeId leader() const;
  [[nodiscard]] const History& history() const { return clients_.history(); }
  [[nodiscard]] const Clients& clients() const { return clients_; }
  [[nodiscard]] const Network& network() const { return network_; }
  [[nodiscard]] const Faults& faults() const { return faults_; }
  /// No message, request, disk operation or start is under way: only the passing of time will make
  /// anything happen. What a script holds is not under way.
  [[nodiscard]] bool idle() const;
  /// When the next event is due, if it comes to one; kEndOfTime: nothing is.
  [[nodiscard]] VirtualTime next_event() const {
    return schedule_.empty() ? kEndOfTime : schedule_.next().at;
  }
  [[nodiscard]] bool healed() const { return healed_; }
  [[nodiscard]] const WorldCounters& counters() const { return counters_; }
  /// Of all inputs and effects so far.
  [[nodiscard]] Digest digest() const { return digest_.finished(); }
  [[nodiscard]] const Schedule& schedule() const { return schedule_; }
  [[nodiscard]] const Streams& streams() const { return streams_; }
  /// What the world itself saw broken: a node took a frame that it had to refuse, or refused one
  /// that it had to take, or closed a stream over one that it had to pass over.
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }

  // ---- The workload --------------------------------------------------------------------------

  /// At most so many operations are still begun.
  void limit_operations(u32 operations) { clients_.limit(operations); }
  void begin_final_reads() { clients_.begin_final_reads(schedule_); }

  // ---- By hand. What is ordered happens in the next steps, before all else (step_ordered()) ----

  /// The process or machine of `id` ends. No effect if it is down. It stays down until restart(),
  /// unless `comes_back`. `under_way`: Disk::leave_under_way().
  void crash(NodeId id, CrashKind kind, Unsynced unsynced = Unsynced::drawn,
             bool comes_back = false, u8 under_way = kAllLanes);
  /// The power of its machine is cut, and of what was not synced this is left (Disk::choose).
  void power_cut(NodeId id, std::string_view kept);
  void power_cut(Unsynced unsynced = Unsynced::drawn, bool comes_back = false);
  /// No effect if it is up.
  void restart(NodeId id);
  /// The process of `id` ends, if it runs; its next start is of `version`. `under_way`: as above.
  void upgrade(NodeId id, i64 version, u8 under_way = kAllLanes);
  /// Nobody starts again by itself from now on, whatever stopped it, but by the healing.
  void dismiss_supervisor() { restarts_ = false; }
  void pause(NodeId id);
  void resume(NodeId id);
  /// Crash at a named effect; it does not come back by itself.
  void lay_trap(const Trap& trap) { traps_.lay(trap); }
  void take_away(const Trap& trap) { traps_.take_away(trap); }
  /// Whether a trap that was laid for `id` has not sprung yet.
  [[nodiscard]] bool is_laid(const Trap& trap) const { return traps_.is_laid(trap); }
  /// A trap has sprung: its crash is the next event.
  [[nodiscard]] bool has_sprung() const { return sprung_.has_value(); }

  void cut(NodeId from, NodeId to, LinkState state = LinkState::drop);
  /// What a jam had held arrives in this order.
  void mend(NodeId from, NodeId to, ReleaseOrder order = ReleaseOrder::drawn);
  /// `id` from all others and from clients.
  void isolate(NodeId id);
  /// What isolate() did, undone: `id` with all others and with clients.
  void rejoin(NodeId id, ReleaseOrder order = ReleaseOrder::drawn);
  /// All links, and all nodes to their clients.
  void mend_all(ReleaseOrder order = ReleaseOrder::drawn);
  /// Those of `side` (bit id - 1) see each other, and nobody else; the others likewise.
  void split(u32 side);
  /// False: among so few nodes the shape cuts nothing.
  bool shape(Shape shape, const NodeOrder& order);

  void hold_messages(const MessageFilter& filter) { holds_.hold(filter); }
  /// What is held stays held until it is delivered or dropped.
  void stop_holding(const MessageFilter& filter) { holds_.release(filter); }
  void stop_holding_all() { holds_.release_all(); }
  [[nodiscard]] std::span<const HeldMessage> held_messages() const { return holds_.messages(); }
  /// The held message arrives. With `keep_copy` one like it stays held, under a new number.
  /// REQUIRES of these two: it is held.
  /// With `flipped` that bit of a datagram turns on the way.
  void deliver(u64 held, bool keep_copy = false, std::optional<u64> flipped = {});
  void drop(u64 held) { static_cast<void>(holds_.take(held)); }

  /// While held, no stream comes up or breaks, but by a crash, and no end hears of it, but by
  /// hear_stream().
  void hold_streams(bool held) { streams_.hold(held, schedule_, {}); }
  /// `id` hears that its stream with `peer` stands, or that it fell. False: it cannot be.
  bool hear_stream(NodeId id, NodeId peer, bool up);

  /// The client that waits for `operation` waits no longer, and its connection ends: the outcome is
  /// unknown. False: it has its answer.
  bool give_up(OperationId operation);

  void hold_disk(NodeId id, bitcask::Lane lane, bool held);
  [[nodiscard]] std::span<const DiskTask> disk_tasks(NodeId id, bitcask::Lane lane) const {
    return seat(id).disk.tasks(lane);
  }
  /// What waits on a held lane for finish_disk(); null: nothing does.
  [[nodiscard]] const DiskTask* waiting_task(NodeId id, bitcask::Lane lane) const {
    return seat(id).disk.waiting(lane);
  }
  /// The task that waits is done. REQUIRES: waiting_task(id, lane).
  void finish_disk(NodeId id, bitcask::Lane lane, std::optional<bitcask::DiskError> error = {});
  void hold_reads(NodeId id, bool held) { place(id).disk.hold_reads(held, schedule_); }
  /// A read that hold_reads() holds is done (Disk::finish_held_read). False: none such waits.
  bool finish_read(NodeId id, std::optional<bitcask::FileId> file, u64 offset, u64 older) {
    return place(id).disk.finish_held_read(file, offset, older, schedule_);
  }
  /// The next read of that file from `offset` on (without a file, the next of all) fails, or
  /// brings so many `bytes` alone.
  void fail_read(NodeId id, std::optional<bitcask::FileId> file, u64 offset, u64 bytes = 0) {
    place(id).disk.fail_read(file, offset, bytes);
  }
  /// The next operation of this kind fails.
  void fail_next(NodeId id, DiskActionKind action) { place(id).disk.fail_next(action); }
  /// Whether one that fail_next() or fail_read() ordered is still to come.
  [[nodiscard]] bool will_fail(NodeId id, DiskActionKind action) const {
    return seat(id).disk.will_fail(action);
  }
  void fill_disk(NodeId id, bool full);
  /// Turns a bit in that byte of the payload of the durable entry at `index`. False: there is no
  /// such byte on that disk.
  bool rot_entry(NodeId id, LogIndex index, u64 byte = 0);
  /// The page that holds the entry is bad, stale, or mistaken for that of `other`. False: there is
  /// no such entry on that disk.
  bool blemish_entry(NodeId id, BlemishKind kind, LogIndex index, LogIndex other,
                     bool once = false);
  /// What `told` says of a disk, done to this one. False: it has no such place.
  bool blemish_place(NodeId id, const DiskBlemished& told) {
    return place(id).disk.blemish_like(told);
  }
  /// False: there is no such file. REQUIRES of these two: it is down.
  bool lose_file(NodeId id, bitcask::FileId file);
  void wipe(NodeId id);
  /// What blemishes and lose_file() did, undone; what it was refused for is no more.
  void lift_faults(NodeId id);
  /// From now on its syncs say that they are done, and are not.
  void set_lying(NodeId id, bool lies) { place(id).disk.set_lying(lies); }
  void set_drift(NodeId id, i64 ppm) { set_drift(place(id), ppm); }
  void jump_clock(NodeId id, Duration by) { place(id).clock.jump_wall(by); }
  /// Turns a bit of that byte. False: there is no such byte on that disk.
  bool rot_byte(NodeId id, bitcask::FileId file, u64 offset) {
    return place(id).disk.rot_at(file, offset);
  }

  /// No deadline passes at `id`, but by campaign().
  void hold_timers(NodeId id, bool held);
  /// Whether the clock of `id`, which is up, shows its deadline or a later time.
  [[nodiscard]] bool is_due(NodeId id) const;
  /// The clock of `id` runs ahead to its deadline, which passes. No effect if it is down.
  void campaign(NodeId id);
  OperationId propose(NodeId id, std::span<const std::string_view> words, Duration patience);

 private:
  template <class>
  friend struct snowflk::StateOf;

  friend class WorldDriver;

  struct Ending {
    Fault fault;
    u64 cut = 0;
    std::optional<Duration> begins = {};  // not an end: then a part of it begins, and lasts so long
  };
  /// A coup in one of its parts, that stands by one set of cuts and is looked at so often yet.
  struct Coup {
    Fault fault;
    u32 part = 0;
    u32 looks = 0;
    u64 cut = 0;
    u64 place = 0;  // in endings_
  };

  // world.cpp
  std::optional<StepRecord> take_next(VirtualTime limit);
  bool springs(NodeId node, std::string_view effect, EventId by);
  void spring(StepRecord& record);
  static std::string_view kept_by(const Seat& at, Unsynced unsynced) {
    return unsynced == Unsynced::chosen ? std::string_view{at.disk.chosen()} : std::string_view{};
  }
  bool happen(const Pending& pending, StepRecord& record);
  [[nodiscard]] bool is_void(const Pending& pending) const;
  bool defer(const Pending& pending);
  void discard(const Pending& pending);
  bool on_datagram(const Pending& pending, StepRecord& record);
  bool on_stream_message(const Pending& pending, StepRecord& record);
  bool on_stream(const Pending& pending, StepRecord& record);
  bool on_wake(const Pending& pending, StepRecord& record);
  bool on_disk_done(const Pending& pending, StepRecord& record);
  bool on_read_done(const Pending& pending, StepRecord& record);
  bool on_crash(const Pending& pending, StepRecord& record);
  bool on_client(const Pending& pending, StepRecord& record);
  bool on_request(const Pending& pending, StepRecord& record);
  void add_to_digest(const StepRecord& record);

  // world_nodes.cpp
  void boot(Seat& at, StepRecord& record);
  void deliver_frame(Seat& at, Message& message, StepRecord& record);
  void judge_reading(Seat& at, const FrameDelivered& frame);
  void input(Seat& at, const node::Input& what, StepRecord& record);
  void after_step(Seat& at, StepRecord& record);
  void set_deadline(Seat& at, Instant deadline);
  void end_incarnation(Seat& at, CrashKind kind, Unsynced unsynced);
  void boot_later(Seat& at);
  void boot_after(Seat& at, Duration down);
  void put_starting_log(Seat& at, const StartingLog& start);

  // world_faults.cpp
  bool begin_fault(const Pending& pending, StepRecord& record);
  bool begin_cut(const Fault& fault, StepRecord& record);
  bool begin_at_node(const Fault& fault, StepRecord& record);
  bool begin_at_disk(const Fault& fault, StepRecord& record);
  bool begin_loss(Seat& at, Prng& prng, StepRecord& record);
  bool begin_upgrade(const Fault& fault, StepRecord& record);
  void wipe(Seat& at);
  void lay_drawn_trap(const Fault& fault);
  bool reset_streams(const Fault& fault, StepRecord& record);
  bool end_fault(const Pending& pending, StepRecord& record);
  void end_later(const Fault& fault, u64 cut);
  void set_links(ReleaseOrder order = ReleaseOrder::drawn);
  void cut_clients(Seat& at, bool cut);
  void resume(Seat& at);
  [[nodiscard]] LinkState link_under_cuts(NodeId from, NodeId to) const;

  void set_drift(Seat& at, i64 ppm);
  void mend_disk(Seat& at);

  // world_healing.cpp
  bool on_leave_out(const Pending& pending, StepRecord& record);
  static bool keeps_clients_off(const Seat& at);
  void set_disk_full(Seat& at, bool full);
  void stall_disk(Seat& at, VirtualTime until);
  void calm_network();
  void mend_node(Seat& at, const DiskOptions& sound);

  // world_shapes.cpp
  bool begin_shape(const Fault& fault, StepRecord& record);
  void begin_swizzle(const Fault& fault);
  void swizzle(Fault part, Duration lasts, StepRecord& record);
  void begin_later(const Fault& part, Duration wait, Duration lasts);
  bool begin_part(u64 at, StepRecord& record);
  static Happening end_of_shape(const Fault& fault);

  // world_mishaps.cpp
  bool begin_coup(const Fault& fault);
  void look_again(Coup coup);
  [[nodiscard]] bool is_over(const Coup& coup) const;
  [[nodiscard]] std::vector<Cut> coup_cuts(const Coup& coup) const;
  bool go_on_with_coup(Coup coup, StepRecord& record);
  bool relapse(const Fault& fault, StepRecord& record);
  void lay_vote_trap(const Fault& fault);
  void begin_lost_vote(NodeId node);
  bool lose_vote(const Fault& part, StepRecord& record);

  [[nodiscard]] Seat& place(NodeId id);
  [[nodiscard]] EventId current() const { return EventId{counters_.events + 1}; }
  [[nodiscard]] bool reach(NodeId from, NodeId to) const {
    return network_.link(from, to) == LinkState::open;
  }
  /// A stream between the two can come up.
  [[nodiscard]] bool can_connect(NodeId first, NodeId second) const {
    return seat(first).running && seat(second).running &&
           understand(seat(first).version, seat(second).version);
  }

  WorldOptions options_;
  Schedule schedule_;
  std::vector<Seat> seats_;  // by id - 1
  Network network_;
  Streams streams_;
  Clients clients_;
  Faults faults_;
  Cuts cuts_;
  Cuts lasting_cuts_;            // of who is left out: those stay when the others go
  std::vector<Ending> endings_;  // of faults that will end; by the argument of fault_ends
  Holds holds_;
  Traps traps_;
  bool healed_ = false;
  bool restarts_ = true;  // a supervisor brings back who crashed
  WorldCounters counters_;
  Digest digest_;
  std::optional<Violation> violation_;

  // Reused from step to step.
  node::Effects effects_;
  std::vector<SendNote> notes_;
  std::vector<std::byte> wire_;  // a frame as it leaves a node of another version
  std::vector<bitcask::FoundFile> files_;
  std::optional<Trap> sprung_;  // its crash is the next event
  EventId sprung_by_;           // the event whose effect it waited for
};

}  // namespace snowflk::sim
