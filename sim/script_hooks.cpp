#include "sim/script_hooks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/wire/frame.hpp"

namespace snowflk::sim {

std::string_view frame_name(Bytes frame) {
  const auto kind = wire::frame_kind(frame);
  return kind ? name_of(*kind) : kUnknownKind;
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
  const auto like = [&](const Count& count) {
    return count.from == message.from && count.to == message.to && count.kind == message.kind;
  };
  auto count = std::ranges::find_if(counts_, like);
  if (count == counts_.end()) {
    counts_.push_back({.from = message.from, .to = message.to, .kind = message.kind});
    count = counts_.end() - 1;
  }
  count->sent += 1;
  message.ordinal = count->sent;
  keep_again(std::move(message));
}

void Holds::keep_again(HeldMessage message) {
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

std::string_view effect_name(u32 number) {
  static constexpr std::array<std::string_view, kEffectCount> kNames{
      name_of(DiskActionKind::create),
      name_of(DiskActionKind::write),
      name_of(DiskActionKind::sync),
      name_of(DiskActionKind::sync_directory),
      name_of(DiskActionKind::rename),
      name_of(DiskActionKind::unlink),
      name_of(wire::FrameKind::hello),
      name_of(wire::FrameKind::ping),
      name_of(wire::FrameKind::request_vote),
      name_of(wire::FrameKind::request_vote_reply),
      name_of(wire::FrameKind::pre_vote),
      name_of(wire::FrameKind::pre_vote_reply),
      name_of(wire::FrameKind::append_entries),
      name_of(wire::FrameKind::append_entries_reply),
      name_of(wire::FrameKind::read_index),
      name_of(wire::FrameKind::read_index_reply),
      name_of(wire::FrameKind::read_round),
      name_of(wire::FrameKind::read_round_reply),
      name_of(wire::FrameKind::forward),
      name_of(wire::FrameKind::forward_reply),
      "reply"};
  return kNames[number];
}

std::optional<Trap> Traps::spring(NodeId node, std::string_view effect, bool vote_at_stake,
                                  VirtualTime now) {
  std::erase_if(traps_, [&](const Trap& trap) { return trap.until < now; });
  for (std::size_t i = 0; i < traps_.size(); ++i) {
    Trap& trap = traps_[i];
    if (trap.node != node || trap.effect != effect) continue;
    if (trap.loses_vote && !vote_at_stake) continue;
    trap.nth -= 1;
    if (trap.nth > 0) continue;
    Trap sprung = std::move(trap);
    traps_.erase(traps_.begin() + static_cast<std::ptrdiff_t>(i));
    return sprung;
  }
  return std::nullopt;
}

}  // namespace snowflk::sim
