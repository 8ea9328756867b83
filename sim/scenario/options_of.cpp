// A scenario's options: what the file says of them, over defaults or over the seed's draw.
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

}  // namespace

WorldOptions quiet_options(const Scenario& scenario) {
  WorldOptions options;
  options.chaos = Duration{0};
  if (scenario.file.find("workload") == nullptr) {
    options.workload.clients = 0;
    options.workload.operations = 0;
  }
  return options;
}

WorldOptions options_of(const Scenario& scenario, WorldOptions base) {
  const Value& file = scenario.file;
  if (!scenario.swarm || file.find("nodes") != nullptr) base.nodes = scenario.nodes;
  base.start = scenario.start;
  apply_duration(file, "duration", base.chaos);
  apply_duration(file, "converge_within", base.converge_within);
  apply(file, base.network);
  apply(file, base.disk);
  apply(file, base.clock);
  apply(file, base.faults);
  apply(file, base.workload);
  apply(file, base.node);
  return base;
}

}  // namespace snowflk::sim::scenario
