#include "sim/search/recorder.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "core/base/describe.hpp"
#include "sim/scenario/words.hpp"
#include "sim/versions.hpp"

namespace snowflk::sim::search {

using scenario::NodeRef;
using scenario::Step;
using scenario::Verb;

namespace {

std::string name_of(OperationId operation) { return fmt::format("op{}", operation.value + 1); }

NodeRef ref(NodeId node) { return NodeRef{.number = node.value, .name = {}}; }

/// The options of a world in which nothing is drawn that decides: what happened is in the script.
WorldOptions without_draws(WorldOptions options) {
  scenario::Scenario recorded;
  recorded.recorded = true;
  options.disk.waiting_is_under_way = true;
  const WorldOptions quiet = scenario::quiet_options(recorded);
  options.network = quiet.network;
  options.disk.read_mean = quiet.disk.read_mean;
  options.disk.write_mean = quiet.disk.write_mean;
  options.disk.sync_mean = quiet.disk.sync_mean;
  options.disk.write_error_ppm = options.disk.sync_error_ppm = options.disk.read_error_ppm = 0;
  options.disk.short_ppm = 0;
  options.disk.capacity_bytes = 0;
  options.faults = FaultOptions{};
  options.workload.clients = 0;
  options.workload.operations = 0;
  options.chaos = Duration{0};
  return options;
}

Verb verb_of(BlemishKind kind) {
  switch (kind) {
    case BlemishKind::bad_sector: return Verb::bad_sector;
    case BlemishKind::stale_read: return Verb::stale_read;
    case BlemishKind::misdirected_read: return Verb::misdirected_read;
    case BlemishKind::misdirected_write: return Verb::misdirected_write;
  }
  return Verb::none;
}

/// A fork, of which a run goes one way: what it draws from there on.
Step redraw(u64 seed, VirtualTime at) {
  Step step;
  step.verb = Verb::redraw;
  step.number = seed;
  step.not_before = at;
  return step;
}

/// The frame as it is on the way between nodes, of one that `node` reads or has made.
std::vector<std::byte> on_the_wire(const World& world, NodeId node, Bytes frame) {
  std::vector<std::byte> bytes{frame.begin(), frame.end()};
  shift_minor(bytes, world.seat(node).version);
  return bytes;
}

}  // namespace

void Recorder::say(const World& world, std::string_view) { note_healing(world); }

// The healing frees all disks and mends them, and no event tells of it.
void Recorder::note_healing(const World& world) {
  if (!world.healed() || before_healing_ != SIZE_MAX) return;
  before_healing_ = steps_.size();
  const EventId last = steps_.empty() ? EventId{} : steps_.back().event;
  for (const Verb verb : {Verb::free, Verb::mend}) {
    Step step;
    step.verb = verb;
    step.all = true;
    step.not_before = world.now();
    steps_.push_back(Recorded{.step = std::move(step), .event = last});
  }
}

void Recorder::event(const World& world, const StepRecord& record) {
  note_healing(world);
  count_sends(world, record);
  const auto* boot = std::get_if<NodeBooted>(&record.what);
  if (boot != nullptr && boot->start > 1) add(record, Verb::restart, record.node);
  if (std::holds_alternative<DeadlineReached>(record.what)) add(record, Verb::wake, record.node);
  if (const auto* frame = std::get_if<FrameDelivered>(&record.what)) {
    add_message(world, record, *frame);
  }
  if (const auto* done = std::get_if<DiskOpFinished>(&record.what)) add_disk_op(record, *done);
  if (const auto* up = std::get_if<StreamUp>(&record.what)) {
    add_news(record, Verb::stream_up, up->peer);
  }
  if (const auto* down = std::get_if<StreamDown>(&record.what)) {
    add_news(record, Verb::stream_down, down->peer);
  }
  const auto* read = std::get_if<ReadFinished>(&record.what);
  if (read != nullptr) add_read(world, record, *read);
  if (reads_ == Reads::by_hand) note_reads_asked(record);
  if (const auto* crash = std::get_if<NodeCrashed>(&record.what)) {
    add_crash(world, record, crash->kind == CrashKind::process ? Verb::crash : Verb::power_cut);
  }
  if (const auto* upgraded = std::get_if<NodeUpgraded>(&record.what)) {
    add_crash(world, record, Verb::upgrade);
    steps_.back().step.amount = upgraded->version;
  }
  if (const auto* filled = std::get_if<DiskFilled>(&record.what)) {
    add(record, filled->over ? Verb::free : Verb::fill, record.node);
  }
  if (const auto* rot = std::get_if<DiskRotted>(&record.what)) {
    Step& step = add(record, Verb::rot, record.node);
    step.text = bitcask::file_name(rot->file);
    step.byte = rot->offset;
  }
  if (const auto* blemished = std::get_if<DiskBlemished>(&record.what)) {
    add_blemish(record, *blemished);
  }
  if (const auto* jumped = std::get_if<ClockJumped>(&record.what)) {
    add(record, Verb::jump, record.node).amount = jumped->by.value;
  }
  if (const auto* left_out = std::get_if<NodeLeftOut>(&record.what)) {
    add(record, Verb::leave_out, record.node).word = name_of(left_out->fault);
  }
  if (std::holds_alternative<NodeWiped>(record.what)) add(record, Verb::wipe, record.node);
  if (const auto* lost = std::get_if<FileLost>(&record.what)) {
    add(record, Verb::lose_file, record.node).text = bitcask::file_name(lost->file);
  }
  if (const auto* drift = std::get_if<DriftChanged>(&record.what)) {
    add(record, Verb::drift, record.node).amount = drift->ppm;
  }
  if (const auto* request = std::get_if<RequestArrived>(&record.what)) {
    add_request(world, record, *request);
  }
  if (const auto* left = std::get_if<ClientLeft>(&record.what)) {
    add_leaving(world, record, left->client);
  }
}

void Recorder::count_sends(const World& world, const StepRecord& record) {
  for (const node::Send& send : record.effects->sends) {
    std::vector<std::byte> frame = on_the_wire(world, record.node, send.frame);
    const u64 count = counts_[{record.node, send.to, frame_name(send.frame)}] += 1;
    const Sent sent{
        .by = record.event, .from = record.node, .to = send.to, .frame = frame_hash(frame)};
    ordinals_.try_emplace(sent, count);
    frames_[record.event].emplace_back(send.to, std::move(frame));
  }
}

Step& Recorder::add(const StepRecord& record, Verb verb, NodeId node) {
  Step step;
  step.verb = verb;
  step.nodes.push_back(ref(node));
  step.not_before = record.at;
  steps_.push_back(Recorded{.step = std::move(step), .event = record.event});
  return steps_.back().step;
}

void Recorder::add_news(const StepRecord& record, Verb verb, NodeId peer) {
  Step& step = add(record, verb, record.node);
  step.nodes.clear();
  step.links.push_back({.from = ref(peer), .to = ref(record.node)});
}

// What was sent, and which bit of it has turned. The bytes are the recorder's.
std::optional<Recorder::Turned> Recorder::undo_flip(NodeId to, EventId cause, Bytes arrived) const {
  const auto sent = frames_.find(cause);
  if (sent == frames_.end()) return std::nullopt;
  for (const auto& [receiver, bytes] : sent->second) {
    if (receiver != to || bytes.size() != arrived.size()) continue;
    int turned = 0;
    u64 bit = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      const auto difference = std::to_integer<unsigned>(bytes[at] ^ arrived[at]);
      if (difference == 0) continue;
      turned += std::popcount(difference);
      bit = at * 8 + static_cast<u64>(std::countr_zero(difference));
    }
    if (turned == 1) return Turned{.sent = bytes, .bit = bit};
  }
  return std::nullopt;
}

// A copy that arrives after another one had: the first left it behind.
void Recorder::add_message(const World& world, const StepRecord& record,
                           const FrameDelivered& frame) {
  const std::vector<std::byte> arrived = on_the_wire(world, record.node, record.bytes);
  const auto turned = frame.damaged ? undo_flip(record.node, record.cause, arrived) : std::nullopt;
  if (frame.damaged && !turned) return;
  const Bytes sent_bytes = turned ? turned->sent : Bytes{arrived};
  Step& step = add(record, Verb::deliver, record.node);
  step.nodes.clear();
  step.links.push_back({.from = ref(frame.from), .to = ref(record.node)});
  step.word = frame_name(sent_bytes);
  step.frame = frame_hash(sent_bytes);
  if (turned) step.flip = turned->bit;
  const Sent sent{.by = record.cause, .from = frame.from, .to = record.node, .frame = step.frame};
  if (const auto sent_as = ordinals_.find(sent); sent_as != ordinals_.end()) {
    step.ordinal = sent_as->second;
  }
  const auto [earlier, first] = delivered_.try_emplace(sent, steps_.size() - 1);
  if (first) return;
  steps_[earlier->second].step.verb = Verb::duplicate;
  earlier->second = steps_.size() - 1;
}

void Recorder::add_disk_op(const StepRecord& record, const DiskOpFinished& done) {
  Step& step = add(record, Verb::finish, record.node);
  step.lane = name_of(done.lane);  // whatever comes next there: a shorter run has other operations
  if (done.refused) step.text = name_of(done.error);
}

void Recorder::add_blemish(const StepRecord& record, const DiskBlemished& blemished) {
  Step& step = add(record, verb_of(blemished.kind), record.node);
  step.text = bitcask::file_name(blemished.file);
  step.byte = blemished.offset;
  step.once = blemished.once;
  if (blemished.kind == BlemishKind::bad_sector) {
    step.byte += static_cast<u64>(std::countr_zero(blemished.sectors)) * kSectorBytes;
  }
  if (step.verb != Verb::misdirected_read && step.verb != Verb::misdirected_write) return;
  step.other_file = bitcask::file_name(blemished.other);
  step.other_byte = blemished.other_offset;
}

// Where reads take time a node is not as far as by hand: what it does there had not begun.
void Recorder::add_crash(const World& world, const StepRecord& record, Verb verb) {
  Step& step = add(record, verb, record.node);
  step.keep = record.kept;
  const u8 lanes = world.seat(record.node).disk.under_way_at_crash();
  if (lanes != kAllLanes) step.lane = scenario::kUnderWayWords[lanes];
}

void Recorder::add_request(const World& world, const StepRecord& record,
                           const RequestArrived& request) {
  std::vector<std::string_view> words;
  world.history().words(world.history().operation(request.operation), words);
  Step& step = add(record, Verb::propose, record.node);
  step.words.assign(words.begin(), words.end());
  step.as = name_of(request.operation);
  asked_of_[{record.node, request.client}] = request.operation;
}

// Who has its answer may leave or stay: a recorded proposal has a client of its own.
void Recorder::add_leaving(const World& world, const StepRecord& record, u32 client) {
  const auto asked = asked_of_.find({record.node, client});
  if (asked == asked_of_.end()) return;
  if (world.history().operation(asked->second).outcome == Outcome::ok) return;
  add(record, Verb::give_up, record.node).word = name_of(asked->second);
  steps_.back().step.nodes.clear();
}

Recording Recorder::recording(const scenario::Scenario& of, const WorldOptions& options,
                              bool until_healing) const {
  Recording made;
  made.options = without_draws(options);
  scenario::Scenario& scenario = made.scenario;
  scenario.story = of.story;
  scenario.nodes = options.nodes;
  scenario.seed = options.seed;
  scenario.start = options.start;
  scenario.versions = options.versions;
  scenario.recorded = true;
  scenario.under_way = true;
  scenario.heal = until_healing;
  scenario.by_hand = {"timers", "messages", "disks", "streams"};
  if (reads_ == Reads::by_hand) scenario.by_hand.emplace_back("reads");
  const std::size_t end = until_healing ? std::min(before_healing_, steps_.size()) : steps_.size();
  auto fork = of.detours.forks.begin();
  for (std::size_t at = 0; at < end; ++at) {
    for (; fork != of.detours.forks.end() && steps_[at].event.value > fork->event; ++fork) {
      scenario.script.push_back(redraw(fork->seed, steps_[at].step.not_before));
    }
    scenario.script.push_back(steps_[at].step);
  }
  return made;
}

}  // namespace snowflk::sim::search
