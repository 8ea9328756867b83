#include "sim/check/step_view.hpp"

#include "sim/check/frames_seen.hpp"

namespace snowflk::sim {

bool hears_leader(const StepView& view) {
  if (view.heard.empty() || view.log == nullptr || view.role != raft::Role::follower) return false;
  if (peek_kind(view.heard) != wire::FrameKind::append_entries) return false;
  const auto message = fields_in<raft::AppendEntries>(view.heard);
  return message && !view.heard_wrong && message->term == view.term;
}

std::string text_of(Instant at) {
  std::string digits = std::to_string(at.value % 1'000'000'000 / 1'000);
  digits.insert(0, 6 - digits.size(), '0');
  return std::to_string(at.value / 1'000'000'000) + "." + digits + " s";
}

}  // namespace snowflk::sim
