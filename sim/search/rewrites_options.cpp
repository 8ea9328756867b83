// Rewrites of the options of the world that a schedule runs in.
#include <tuple>
#include <utility>

#include "sim/options.hpp"
#include "sim/search/rewrites.hpp"

namespace snowflk::sim::search {
namespace {

/// Each single number of a node as in `quiet`, but for what a node would refuse.
void add_quieter_numbers(const Recording& recording, const WorldOptions& quiet,
                         std::vector<Recording>& quieter) {
  const auto add = [&](const auto& field) {
    Recording changed = recording;
    auto& number = changed.options.node.*field.member;
    if (number == quiet.node.*field.member) return;
    number = quiet.node.*field.member;
    if (!invalid(changed.options)) quieter.push_back(std::move(changed));
  };
  std::apply([&](const auto&... fields) { (add(fields), ...); }, NodeTimes::fields());
}

}  // namespace

std::vector<Recording> quieter_worlds(const Recording& recording) {
  const WorldOptions quiet = scenario::quiet_options(recording.scenario);
  std::vector<Recording> quieter(5, recording);
  quieter[0].options.node = quiet.node;
  quieter[0].options.clock = quiet.clock;
  quieter[0].options.disk = quiet.disk;
  quieter[1].options.node = quiet.node;
  quieter[1].options.clock = quiet.clock;
  quieter[2].options.disk = quiet.disk;
  quieter[2].options.clock = quiet.clock;
  quieter[3].options.clock = quiet.clock;
  quieter[4].options.node = quiet.node;
  return quieter;
}

std::vector<Recording> quieter_nodes(const Recording& recording) {
  const WorldOptions quiet = scenario::quiet_options(recording.scenario);
  std::vector<Recording> quieter{recording};  // the times of elections hang together
  NodeTimes& timed = quieter[0].options.node;
  timed.election_timeout_min = quiet.node.election_timeout_min;
  timed.election_timeout_max = quiet.node.election_timeout_max;
  timed.heartbeat_interval = quiet.node.heartbeat_interval;
  add_quieter_numbers(recording, quiet, quieter);
  return quieter;
}

Recording with_an_entry_a_message(const Recording& recording) {
  Recording changed = recording;
  changed.options.node.entries_per_message_max = 1;
  return changed;
}

std::optional<Recording> with_a_small_cache(const Recording& recording) {
  constexpr u64 kSmall = 1024;
  if (recording.options.node.value_cache_bytes <= kSmall) return std::nullopt;
  Recording changed = recording;
  changed.options.node.value_cache_bytes = kSmall;
  return changed;
}

}  // namespace snowflk::sim::search
