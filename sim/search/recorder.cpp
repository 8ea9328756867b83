#include "sim/search/recorder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/describe.hpp"

namespace snowflk::sim::search {

using scenario::NodeRef;
using scenario::Step;
using scenario::Verb;

namespace {

NodeRef ref(NodeId node) { return NodeRef{.number = node.value, .name = {}}; }

/// The options of a world in which nothing is drawn that decides: what happened is in the script.
WorldOptions without_draws(WorldOptions options) {
  scenario::Scenario recorded;
  recorded.recorded = true;
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

}  // namespace

void Recorder::say(const World& world, std::string_view) {
  if (world.healed()) before_healing_ = std::min(before_healing_, steps_.size());
}

void Recorder::event(const World& world, const StepRecord& record) {
  if (world.healed()) before_healing_ = std::min(before_healing_, steps_.size());
  count_sends(record);
  const auto* boot = std::get_if<NodeBooted>(&record.what);
  if (boot != nullptr && boot->start > 1) add(record, Verb::restart, record.node);
  if (std::holds_alternative<DeadlineReached>(record.what)) add(record, Verb::wake, record.node);
  if (const auto* frame = std::get_if<FrameDelivered>(&record.what)) add_message(record, *frame);
  if (const auto* done = std::get_if<DiskOpFinished>(&record.what)) add_disk_op(record, *done);
  const auto* read = std::get_if<ReadFinished>(&record.what);
  if (read != nullptr && read->failed) add_failed_read(record);
  if (const auto* crash = std::get_if<NodeCrashed>(&record.what)) add_crash(record, crash->kind);
  if (const auto* filled = std::get_if<DiskFilled>(&record.what)) {
    add(record, filled->over ? Verb::free : Verb::fill, record.node);
  }
  if (const auto* rot = std::get_if<DiskRotted>(&record.what)) {
    Step& step = add(record, Verb::rot, record.node);
    step.text = bitcask::file_name(rot->file);
    step.byte = rot->offset;
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
}

void Recorder::count_sends(const StepRecord& record) {
  for (const node::Send& send : record.effects->sends) {
    const u64 count = counts_[{record.node, send.to, frame_name(send.frame)}] += 1;
    const Sent sent{
        .by = record.event, .from = record.node, .to = send.to, .frame = frame_hash(send.frame)};
    ordinals_.try_emplace(sent, count);
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

// A copy that arrives after another one had: the first left it behind.
void Recorder::add_message(const StepRecord& record, const FrameDelivered& frame) {
  if (frame.damaged) return;
  Step& step = add(record, Verb::deliver, record.node);
  step.nodes.clear();
  step.links.push_back({.from = ref(frame.from), .to = ref(record.node)});
  step.word = frame_name(record.bytes);
  step.frame = frame_hash(record.bytes);
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

// It fails at once when it is asked for: so the order comes before what asks.
void Recorder::add_failed_read(const StepRecord& record) {
  add(record, Verb::fail, record.node).word = name_of(DiskActionKind::read);
  Recorded order = std::move(steps_.back());
  steps_.pop_back();
  const auto asks = std::ranges::lower_bound(steps_, record.cause, {}, &Recorded::event);
  if (asks != steps_.end()) order.step.not_before = asks->step.not_before;
  order.event = record.cause;
  const auto at = asks - steps_.begin();
  steps_.insert(asks, std::move(order));
  for (auto& [sent, step] : delivered_) {
    if (step >= static_cast<std::size_t>(at)) step += 1;
  }
}

void Recorder::add_crash(const StepRecord& record, CrashKind kind) {
  const bool process = kind == CrashKind::process;
  add(record, process ? Verb::crash : Verb::power_cut, record.node).keep = record.kept;
}

void Recorder::add_request(const World& world, const StepRecord& record,
                           const RequestArrived& request) {
  std::vector<std::string_view> words;
  world.history().words(world.history().operation(request.operation), words);
  Step& step = add(record, Verb::propose, record.node);
  step.words.assign(words.begin(), words.end());
  step.as = fmt::format("op{}", request.operation.value + 1);
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
  scenario.recorded = true;
  scenario.heal = until_healing;
  scenario.by_hand = {"timers", "messages", "disks"};
  const std::size_t end = until_healing ? std::min(before_healing_, steps_.size()) : steps_.size();
  for (std::size_t at = 0; at < end; ++at) scenario.script.push_back(steps_[at].step);
  return made;
}

}  // namespace snowflk::sim::search
