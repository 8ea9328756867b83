// A scenario's options: what the file says of them, over defaults or over the seed's draw.
#include <algorithm>
#include <type_traits>

#include "core/base/assert.hpp"
#include "sim/scenario/forms.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/reference.hpp"
#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {
namespace {

template <class Member>
void assign(const Value& value, std::string_view field, Member& member) {
  if constexpr (std::is_same_v<Member, Duration>) {
    member = *parse_duration(value.text);
  } else if constexpr (std::is_same_v<Member, bool>) {
    member = value.boolean;
  } else if (field.ends_with("_ppm")) {
    const Ratio share = *parse_ratio(value.text);
    SNOWFLK_ASSERT(kMillionths % share.denominator == 0);
    member = static_cast<Member>(share.numerator * (kMillionths / share.denominator));
  } else {
    member = static_cast<Member>(value.integer);
  }
}

/// Overwrites those fields of `options` that the member `group` of `file` has.
template <class Options>
void apply(const Value& file, Options& options) {
  const Value* group = file.find(Options::kName);
  if (group == nullptr) return;
  for_each_field(options, [&]<class Member>(std::string_view field, Member& member) {
    if (const Value* value = group->find(key_of_field(field))) assign(*value, field, member);
  });
}

void apply_duration(const Value& file, std::string_view key, Duration& member) {
  if (const Value* value = file.find(key)) member = *parse_duration(value->text);
}

bool said(const Value& file, std::string_view group, std::string_view key) {
  const Value* object = file.find(group);
  return object != nullptr && object->find(key) != nullptr;
}

/// A script, a starting log, a version or an expectation may name any node up to the number that is
/// meant when none is said.
bool names_nodes(const Scenario& scenario) {
  return !scenario.script.empty() || !scenario.start.empty() || !scenario.versions.empty() ||
         std::ranges::any_of(scenario.expect, [](const Claim& claim) {
           return claim.node.number != 0 || claim.other.number != 0;
         });
}

void fit_minorities(const Value& file, WorldOptions& options) {
  const u32 minority = options.nodes - (options.nodes / 2 + 1);  // a majority keeps its bytes
  u32& most = options.faults.rot_nodes_max;
  if (!said(file, "faults", "rot_nodes_max")) {
    most = std::min(most, options.safety_only ? options.nodes : minority);
  }
  if (file.find("nodes") == nullptr) most = std::min(most, options.nodes);
  if (!said(file, "faults", "left_out_max")) {
    options.faults.left_out_max = std::min(options.faults.left_out_max, minority);
  }
}

void fit_times(const Value& file, NodeTimes& node) {
  const bool min = said(file, "node", "election_timeout_min");
  const bool max = said(file, "node", "election_timeout_max");
  const bool heartbeat = said(file, "node", "heartbeat_interval");
  if (!min && max) {
    node.election_timeout_min = std::min(node.election_timeout_min, node.election_timeout_max);
  }
  if (!min && heartbeat && node.election_timeout_min <= node.heartbeat_interval) {
    node.election_timeout_min = node.heartbeat_interval * 3;
    if (max) {
      node.election_timeout_min = std::min(node.election_timeout_min, node.election_timeout_max);
    }
  }
  if (!max && node.election_timeout_max < node.election_timeout_min) {
    node.election_timeout_max = node.election_timeout_min * 2;
  }
  if (!heartbeat && node.heartbeat_interval >= node.election_timeout_min) {
    node.heartbeat_interval = Duration{node.election_timeout_min.value / 3};
  }
}

void fit_sizes(const Value& file, NodeTimes& node) {
  const bool segment = said(file, "node", "segment_bytes");
  const bool batch = said(file, "node", "batch_bytes_max");
  if (!batch) node.batch_bytes_max = std::min(node.batch_bytes_max, node.segment_bytes / 4);
  constexpr u64 kBlocks = 4096;
  const u64 room = (node.batch_bytes_max * 4 + kBlocks - 1) / kBlocks * kBlocks;
  if (!segment && batch) node.segment_bytes = std::max(node.segment_bytes, room);
}

/// What the seed drew gives way to what the file says, where both cannot be.
void fit_draw(const Scenario& scenario, WorldOptions& options) {
  fit_minorities(scenario.file, options);
  fit_times(scenario.file, options.node);
  fit_sizes(scenario.file, options.node);
}

/// Faults and clients without a script and without a time of their own.
constexpr Duration kChaosDefault = seconds(10);

bool has_chaos(const Value& file) {
  constexpr std::string_view kGroups[] = {"network", "disk", "clock", "faults", "workload"};
  return std::ranges::any_of(kGroups,
                             [&](std::string_view group) { return file.find(group) != nullptr; });
}

}  // namespace

WorldOptions quiet_options(const Scenario& scenario) {
  WorldOptions options;
  const bool lasts = scenario.script.empty() && has_chaos(scenario.file);
  options.chaos = lasts ? kChaosDefault : Duration{0};
  if (scenario.file.find("workload") == nullptr) {
    options.workload.clients = 0;
    options.workload.operations = 0;
  }
  // What a recorded schedule has not by hand happens at once.
  if (scenario.recorded) {
    options.network.delay_min = options.network.delay_mean = Duration{0};
    options.disk.read_mean = options.disk.write_mean = options.disk.sync_mean = Duration{0};
  }
  options.disk.waiting_is_under_way = scenario.under_way;
  return options;
}

WorldOptions options_of(const Scenario& scenario, WorldOptions base) {
  const Value& file = scenario.file;
  if (!scenario.swarm || file.find("nodes") != nullptr) base.nodes = scenario.nodes;
  if (names_nodes(scenario)) base.nodes = std::max(base.nodes, scenario.nodes);
  base.start = scenario.start;
  base.versions = scenario.versions;
  apply_duration(file, "duration", base.chaos);
  apply_duration(file, "converge_within", base.converge_within);
  apply(file, base.network);
  apply(file, base.disk);
  apply(file, base.clock);
  apply(file, base.faults);
  apply(file, base.workload);
  apply(file, base.node);
  if (scenario.swarm) fit_draw(scenario, base);
  return base;
}

}  // namespace snowflk::sim::scenario
