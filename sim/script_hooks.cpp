#include "sim/script_hooks.hpp"

#include <algorithm>
#include <utility>

#include "core/wire/frame.hpp"

namespace snowflk::sim {

std::string_view frame_name(Bytes frame) {
  const auto kind = wire::frame_kind(frame);
  return kind ? name_of(*kind) : "?";
}

void Holds::release(const MessageFilter& filter) {
  std::erase_if(filters_, [&](const MessageFilter& laid) {
    return laid.from == filter.from && laid.to == filter.to && laid.kind == filter.kind;
  });
}

bool Holds::matches(NodeId from, NodeId to, Bytes frame) const {
  const std::string_view name = frame_name(frame);
  return std::ranges::any_of(
      filters_, [&](const MessageFilter& filter) { return filter.matches(from, to, name); });
}

void Holds::keep(HeldMessage message) {
  last_ += 1;
  message.number = last_;
  held_.push_back(std::move(message));
}

HeldMessage Holds::take(u64 number) {
  const auto found = std::ranges::find(held_, number, &HeldMessage::number);
  SNOWFLK_ASSERT(found != held_.end());
  HeldMessage message = std::move(*found);
  held_.erase(found);
  return message;
}

std::optional<Trap> Traps::spring(NodeId node, std::string_view effect) {
  for (std::size_t i = 0; i < traps_.size(); ++i) {
    Trap& trap = traps_[i];
    if (trap.node != node || trap.effect != effect) continue;
    trap.nth -= 1;
    if (trap.nth > 0) continue;
    Trap sprung = std::move(trap);
    traps_.erase(traps_.begin() + static_cast<std::ptrdiff_t>(i));
    return sprung;
  }
  return std::nullopt;
}

}  // namespace snowflk::sim
