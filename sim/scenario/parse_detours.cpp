#include "sim/scenario/parse_detours.hpp"

#include <fmt/format.h>

#include "sim/scenario/quantity.hpp"

namespace snowflk::sim::scenario {
namespace {

u64 number(const Value& object, std::string_view key, u64 otherwise) {
  const Value* value = object.find(key);
  return value == nullptr ? otherwise : static_cast<u64>(value->integer);
}

CrashPoint crash_point_of(const Value& value) {
  CrashPoint point;
  point.event = number(value, "event", 0);
  point.node = NodeId{static_cast<u32>(number(value, "node", 0))};
  const std::string& at = value.find("at")->text;
  point.before = at.starts_with("before");
  point.effect = at.substr(at.find(' ') + 1);
  point.nth = static_cast<u32>(number(value, "nth", 1));
  if (const Value* keep = value.find("keep")) {
    point.crash = CrashKind::machine;
    point.keep = keep->text;
  }
  return point;
}

Fault fault_at(const Value& value, std::string path, std::string why) {
  return Fault{.line = value.line, .path = std::move(path), .text = std::move(why)};
}

}  // namespace

std::optional<std::string> wrong_choices(std::string_view keep) {
  if (keep.find_first_not_of("01") == std::string_view::npos) return std::nullopt;
  return fmt::format("expected digits 0 and 1, such as \"0110\", found \"{}\"", keep.substr(0, 40));
}

std::expected<Detours, Fault> parse_detours(const Value& file) {
  Detours detours;
  if (const Value* point = file.find("crash_point")) {
    detours.crash_point = crash_point_of(*point);
    if (auto why = wrong_choices(detours.crash_point->keep)) {
      return std::unexpected(fault_at(*point->find("keep"), "$.crash_point.keep", *std::move(why)));
    }
    const Value* nodes = file.find("nodes");
    const bool swarm = file.find("swarm") != nullptr;
    const u64 count = nodes != nullptr ? static_cast<u64>(nodes->integer) : swarm ? 9 : 3;
    if (detours.crash_point->node.value > count) {
      return std::unexpected(fault_at(
          *point, "$.crash_point.node",
          fmt::format("there are {} nodes, found {}", count, detours.crash_point->node.value)));
    }
  }
  if (const Value* forks = file.find("forks")) {
    for (std::size_t at = 0; at < forks->items.size(); ++at) {
      const Value& fork = forks->items[at];
      const ForkPoint point{.event = number(fork, "event", 0), .seed = number(fork, "seed", 0)};
      if (!detours.forks.empty() && point.event < detours.forks.back().event) {
        return std::unexpected(fault_at(fork, fmt::format("$.forks[{}].event", at),
                                        "forks stand by ascending events"));
      }
      detours.forks.push_back(point);
    }
  }
  if (const Value* priorities = file.find("priorities")) {
    detours.priorities =
        PriorityOptions{.depth = static_cast<u32>(number(*priorities, "depth", 1)),
                        .steps = number(*priorities, "steps", 1),
                        .window = *parse_duration(priorities->find("window")->text)};
  }
  return detours;
}

}  // namespace snowflk::sim::scenario
