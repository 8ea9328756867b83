#include "sim/check/refusals.hpp"

namespace snowflk::sim {
namespace {

std::string reason_of(const node::Node& node) {
  const std::string_view reason = node.refusing_reason();
  return reason.empty() ? std::string{node.store().reason()} : std::string{reason};
}

/// How often something was done to what is durable on that disk.
u64 harm(const DiskCounters& disk) {
  return disk.rotted + disk.garbage + disk.blemishes + disk.lost_files + disk.wipes;
}

/// "bits turned: 3, sectors of garbage: 1".
std::string phrase_harm(const DiskCounters& disk) {
  std::string text;
  const auto add = [&](u64 count, std::string_view what) {
    if (count == 0) return;
    text += (text.empty() ? "" : ", ") + std::string{what} + ": " + std::to_string(count);
  };
  add(disk.rotted, "bits turned");
  add(disk.garbage, "sectors of garbage");
  add(disk.blemishes, "places that read as they were not written");
  add(disk.lost_files, "files lost");
  add(disk.wipes, "wiped");
  return text;
}

}  // namespace

bool refuses(const World& world, NodeId node) {
  const Seat& seat = world.seat(node);
  return seat.given_up || (seat.node.phase() == node::Phase::refusing && !seat.mended);
}

Finding unexcused_refusal(const World& world) {
  for (u32 id = 1; id <= world.size(); ++id) {
    const Seat& seat = world.seat(NodeId{id});
    if (!refuses(world, NodeId{id}) || harm(seat.disk.counters()) > 0) continue;
    return Violation{.property = "refusal_without_rot",
                     .kind = ViolationKind::liveness,
                     .sentence = "node " + text_of(seat.id) +
                                 " refuses to take part, though nothing was done to its disk: " +
                                 reason_of(seat.node) + " (seen at " +
                                 text_of(Instant{world.now().value}) + ")"};
  }
  return std::nullopt;
}

std::string no_majority_certificate(const World& world) {
  if (unexcused_refusal(world)) return {};
  u32 refusing = 0;
  std::string faults;
  for (u32 id = 1; id <= world.size(); ++id) {
    if (!refuses(world, NodeId{id})) continue;
    refusing += 1;
    faults += (faults.empty() ? "" : "; ");
    faults += "node " + std::to_string(id) + " (" +
              phrase_harm(world.seat(NodeId{id}).disk.counters()) +
              "): " + reason_of(world.node(NodeId{id}));
  }
  if ((world.size() - refusing) * 2 > world.size()) return {};
  return std::to_string(refusing) + " of " + std::to_string(world.size()) +
         " nodes refuse: " + faults;
}

}  // namespace snowflk::sim
