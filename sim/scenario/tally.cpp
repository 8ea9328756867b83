#include "sim/scenario/tally.hpp"

#include <algorithm>
#include <bit>
#include <variant>

#include "sim/scenario/words.hpp"

namespace snowflk::sim::scenario {
namespace {

constexpr std::size_t kOfNode = std::variant_size_v<node::NodeEvent>;
constexpr std::size_t kOfRaft = std::variant_size_v<raft::Event>;

constexpr std::size_t kOfNodes = kOfNode + kOfRaft + std::variant_size_v<bitcask::Event>;

constexpr u32 kNodesMax = 9;

/// The place of the event's name in event_words().
std::size_t place(const node::Event& event) {
  return std::visit(
      Overloaded{[](const node::NodeEvent& e) { return e.index(); },
                 [](const raft::Event& e) { return kOfNode + e.index(); },
                 [](const bitcask::Event& e) { return kOfNode + kOfRaft + e.index(); }},
      event);
}

/// The place in kForeignWords of what became of the frame; nothing: it was none, or of the node's
/// own version.
std::optional<std::size_t> foreign_place(const StepRecord& record) {
  const auto* frame = std::get_if<FrameDelivered>(&record.what);
  if (frame == nullptr || (frame->ahead == 0 && !frame->foreign)) return std::nullopt;
  for (const node::Event& event : record.effects->events) {
    const auto* own = std::get_if<node::NodeEvent>(&event);
    const auto* rejected = own == nullptr ? nullptr : std::get_if<node::FrameRejected>(own);
    if (rejected == nullptr) continue;
    if (rejected->fault == wire::FrameFault::kind) return 2;
    return rejected->fault == wire::FrameFault::version ? std::optional<std::size_t>{3}
                                                        : std::nullopt;
  }
  return frame->ahead > 0 ? 0 : 1;
}

}  // namespace

Tally::Tally() : counts_(event_words().size()), stood_(kNodesMax + 1) {}

void Tally::observe(const StepRecord& record) {
  if (const auto of_versions = foreign_place(record)) counts_[kOfNodes + *of_versions] += 1;
  for (const node::Event& event : record.effects->events) {
    counts_[place(event)] += 1;
    const auto* of_raft = std::get_if<raft::Event>(&event);
    if (of_raft == nullptr) continue;
    if (std::holds_alternative<raft::PreVoteStarted>(*of_raft) ||
        std::holds_alternative<raft::ElectionStarted>(*of_raft)) {
      stood_[record.node.value] += 1;
    }
    if (const auto* won = std::get_if<raft::BecameLeader>(of_raft)) {
      leaders_[won->term.value] |= 1U << (record.node.value - 1);
    }
  }
}

u64 Tally::count(std::string_view word) const {
  const auto words = event_words();
  const auto found = std::ranges::find(words, word);
  return found == words.end() ? 0 : counts_[static_cast<std::size_t>(found - words.begin())];
}

u64 Tally::stood(NodeId node) const { return stood_[node.value]; }

Tally::Crowd Tally::largest_crowd() const {
  Crowd largest;
  for (const auto& [term, nodes] : leaders_) {
    const auto leaders = static_cast<u64>(std::popcount(nodes));
    if (leaders > largest.leaders) largest = Crowd{.leaders = leaders, .term = Term{term}};
  }
  return largest;
}

}  // namespace snowflk::sim::scenario
