#include "sim/scenario/targets.hpp"

#include "core/base/assert.hpp"
#include "sim/scenario/reference.hpp"

namespace snowflk::sim::scenario {
namespace {

std::vector<NodeId> ends_of(const RunState& run, const NodeRef& node) {
  if (node.name != kAnyNode) return {run.bindings.node(node)};
  std::vector<NodeId> all;
  for (u32 id = 1; id <= run.world.size(); ++id) all.push_back(NodeId{id});
  return all;
}

}  // namespace

std::vector<NodeId> nodes_of(const RunState& run, const Step& step) {
  std::vector<NodeId> nodes;
  if (step.all) {
    for (u32 id = 1; id <= run.world.size(); ++id) nodes.push_back(NodeId{id});
  }
  for (const NodeRef& node : step.nodes) nodes.push_back(run.bindings.node(node));
  return nodes;
}

std::vector<std::pair<NodeId, NodeId>> links_of(const RunState& run, const Step& step) {
  std::vector<std::pair<NodeId, NodeId>> links;
  for (const LinkRef& link : step.links) {
    for (const NodeId from : ends_of(run, link.from)) {
      for (const NodeId to : ends_of(run, link.to)) {
        if (from != to) links.emplace_back(from, to);
      }
    }
  }
  return links;
}

bitcask::FileId file_named(std::string_view name) {
  const auto file = bitcask::parse_file_name(name);
  SNOWFLK_ASSERT(file);
  return *file;
}

}  // namespace snowflk::sim::scenario
