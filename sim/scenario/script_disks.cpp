#include "sim/scenario/script_disks.hpp"

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/scenario/targets.hpp"

namespace snowflk::sim::scenario {
namespace {

void do_hold_disk(RunState& run, const Step& step) {
  for (const NodeId node : nodes_of(run, step)) {
    for (const bitcask::Lane lane : {bitcask::Lane::log, bitcask::Lane::background}) {
      run.hands().hold_disk(node, lane, step.verb == Verb::hold_disk);
    }
  }
}

/// "no_space", "io"; nothing of none.
std::optional<bitcask::DiskError> error_of(std::string_view word) {
  if (word.empty()) return std::nullopt;
  return word == name_of(bitcask::DiskError::io) ? bitcask::DiskError::io
                                                 : bitcask::DiskError::no_space;
}

/// The oldest that fits is done. False: none waits.
bool finish_oldest(RunState& run, const Step& step) {
  const NodeId node = run.bindings.node(step.nodes[0]);
  for (const bitcask::Lane lane : {bitcask::Lane::log, bitcask::Lane::background}) {
    const DiskTask* task = run.world.waiting_task(node, lane);
    if (task == nullptr) continue;
    if (!step.lane.empty() && step.lane != name_of(lane)) continue;
    if (!step.word.empty() && step.word != name_of(task->action)) continue;
    run.hands().finish_disk(node, lane, error_of(step.text));
    return true;
  }
  return false;
}

// Each that is done may bring another: a bound holds, for a core may be broken in any way.
bool do_finish(RunState& run, const Step& step) {
  constexpr int kOperationsMax = 10'000;
  int count = 0;
  while (count < kOperationsMax && finish_oldest(run, step)) {
    count += 1;
    if (!step.all) return true;
    if (!run.settle()) return false;
    if (run.scenario->recorded && !come_to_rest(run)) return false;
  }
  const std::string what = step.word.empty() ? "disk operation" : step.word;
  const std::string node = run.bindings.print(run.bindings.node(step.nodes[0]));
  return count > 0 || run.mistake(step, fmt::format("no {} of {} waits", what, node));
}

bool do_finish_read(RunState& run, const Step& step) {
  const NodeId node = run.bindings.node(step.nodes[0]);
  const auto file = bitcask::parse_file_name(step.text);
  const u64 older = step.number == 0 ? 0 : step.number - 1;
  if (run.hands().finish_read(node, file, step.byte, older)) return true;
  const std::string place =
      file ? fmt::format(" from byte {} of {}", step.byte, step.text) : std::string{};
  const std::string reads = older == 0 ? "no read" : fmt::format("no {} reads", step.number);
  return run.mistake(step, fmt::format("{} of {} {}{}", reads, run.bindings.print(node),
                                       older == 0 ? "waits" : "wait", place));
}

DiskActionKind action_of(std::string_view word) {
  for (const DiskActionKind kind :
       {DiskActionKind::create, DiskActionKind::write, DiskActionKind::sync,
        DiskActionKind::sync_directory, DiskActionKind::rename, DiskActionKind::unlink,
        DiskActionKind::read}) {
    if (name_of(kind) == word) return kind;
  }
  SNOWFLK_ASSERT(false);
  return DiskActionKind::sync;
}

void do_fail(RunState& run, const Step& step) {
  const DiskActionKind action = action_of(step.word);
  for (const NodeId node : nodes_of(run, step)) {
    if (step.text.empty() && step.bytes == 0) {
      run.hands().fail_next(node, action);
    } else {
      run.hands().fail_read(node, bitcask::parse_file_name(step.text), step.byte, step.bytes);
    }
    run.orders.push_back({.step = &step, .node = node, .trap = {}, .fails = action});
  }
}

bool do_rot(RunState& run, const Step& step) {
  const NodeId node = run.bindings.node(step.nodes[0]);
  if (!step.text.empty()) {
    const auto file = bitcask::parse_file_name(step.text);
    SNOWFLK_ASSERT(file.has_value());
    if (run.hands().rot_byte(node, *file, step.byte)) return true;
    return run.mistake(step, fmt::format("{} has no byte {} in a file {}", run.bindings.print(node),
                                         step.byte, step.text));
  }
  if (run.hands().rot_entry(node, LogIndex{step.number}, step.byte)) return true;
  const std::string which = step.byte == 0 ? "" : fmt::format(" with a byte {}", step.byte);
  return run.mistake(step, fmt::format("{} has no durable entry {}{}", run.bindings.print(node),
                                       step.number, which));
}

}  // namespace

bool do_on_disk(RunState& run, const Step& step) {
  if (step.verb == Verb::finish) return do_finish(run, step);
  if (step.verb == Verb::finish_read) return do_finish_read(run, step);
  if (step.verb == Verb::rot) return do_rot(run, step);
  if (step.verb == Verb::fail) {
    do_fail(run, step);
  } else {
    SNOWFLK_ASSERT(step.verb == Verb::hold_disk || step.verb == Verb::release_disk);
    do_hold_disk(run, step);
  }
  return true;
}

}  // namespace snowflk::sim::scenario
