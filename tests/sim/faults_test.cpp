// The draws of a class of faults are its own: what others draw, or whether they exist, moves none.
#include "sim/faults.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

constexpr u32 kNodes = 5;

FaultOptions every_class() {
  FaultOptions options;
  for_each_field(options, []<class Member>(std::string_view field, Member& member) {
    if constexpr (std::is_same_v<Member, Duration>) {
      if (field.ends_with("_every_ns")) member = seconds(1);
    }
  });
  options.rot_nodes_max = 2;
  return options;
}

/// The first faults of each class, as they come: when, whom, for how long.
std::vector<std::string> drawn(u64 seed, const FaultOptions& options, FaultClass left_out,
                               u32 draws_more) {
  Faults faults{seed, kNodes, options};
  Schedule schedule{seed};
  faults.begin(schedule);
  std::vector<std::string> all;
  while (all.size() < 600) {
    const Pending pending = schedule.pop();
    const auto kind = static_cast<FaultClass>(pending.argument);
    for (u32 draw = 0; draw < draws_more; ++draw) {
      static_cast<void>(faults.place_stream(left_out).next());
    }
    const auto fault = faults.draw(pending.argument, NodeId{3}, schedule);
    REQUIRE(fault);
    if (kind == left_out) continue;
    all.push_back(std::string{name_of(kind)} + " " + std::to_string(schedule.now().value) + " " +
                  std::to_string(fault->node.value) + " " + std::to_string(fault->other.value) +
                  " " + std::to_string(fault->side) + " " + std::to_string(fault->length.value) +
                  " " + std::to_string(fault->effect) + " " + std::to_string(fault->ppm));
  }
  return all;
}

TEST_CASE("a draw more in one class of faults moves no other") {
  for (unsigned at = 0; at < kFaultClassCount; ++at) {
    const auto kind = static_cast<FaultClass>(at);
    INFO(name_of(kind));
    CHECK(drawn(7, every_class(), kind, 0) == drawn(7, every_class(), kind, 3));
  }
}

TEST_CASE("a new class of faults moves no old one") {
  FaultOptions old = every_class();
  old.shape_every = old.swizzle_every = old.wipe_every = old.lost_file_every = Duration{0};
  std::vector<std::string> expected = drawn(9, old, FaultClass::wipe, 0);
  std::vector<std::string> found;
  FaultOptions with_new = old;
  with_new.shape_every = seconds(1);
  for (std::string& fault : drawn(9, with_new, FaultClass::wipe, 0)) {
    if (!fault.starts_with("shape ")) found.push_back(std::move(fault));
  }
  expected.resize(found.size());
  CHECK(found == expected);
}

TEST_CASE("what damages disks hits no more nodes than the cluster can do without") {
  Faults faults{3, kNodes, every_class()};
  Schedule schedule{3};
  faults.begin(schedule);
  std::vector<bool> damaged(kNodes + 1);
  for (int at = 0; at < 3000; ++at) {
    const auto fault = faults.draw(schedule.pop().argument, NodeId{1}, schedule);
    switch (fault->kind) {
      case FaultClass::rot:
      case FaultClass::stale_read:
      case FaultClass::misdirected_read:
      case FaultClass::misdirected_write:
      case FaultClass::lost_file:
      case FaultClass::wipe:
      case FaultClass::lost_vote: damaged[fault->node.value] = true; break;
      case FaultClass::process_crash:
      case FaultClass::machine_crash:
      case FaultClass::power_cut:
      case FaultClass::pause:
      case FaultClass::partition:
      case FaultClass::one_way:
      case FaultClass::jam:
      case FaultClass::client_cut:
      case FaultClass::reset:
      case FaultClass::clock_jump:
      case FaultClass::stall:
      case FaultClass::disk_full:
      case FaultClass::shape:
      case FaultClass::swizzle:
      case FaultClass::drift_change:
      case FaultClass::effect_crash:
      case FaultClass::coup:
      case FaultClass::relapse:
      case FaultClass::upgrade:
      case FaultClass::bad_sector: break;
    }
  }
  CHECK(std::ranges::count(damaged, true) == 2);
}

}  // namespace
}  // namespace snowflk::sim
