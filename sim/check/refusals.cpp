#include "sim/check/refusals.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snowflk::sim {
namespace {

using bitcask::FileKind;

/// Rules that speak of what is not there: it may have been in any segment before the one they name.
bool misses_something(std::string_view rule) {
  namespace rules = bitcask::rules;
  constexpr std::array kRules{rules::kSequence, rules::kChain, rules::kKeptMissing, rules::kGap,
                              rules::kCommitFloor};
  return std::ranges::find(kRules, rule) != kRules.end();
}

bool is_next_segment(bitcask::FileId file, bitcask::FileId of) {
  return file.kind == FileKind::segment && of.kind == FileKind::segment &&
         file.number == of.number + 1;
}

// By the file and not by the byte: a header that is lost, or that stands where another batch was,
// changes how all that comes after it in its segment is read.
/// Whether this can be why a node refuses: for what was found at `rot`, or, if that is null, for
/// its metadata.
bool explains(const Harm& harm, const bitcask::Rot* rot) {
  if (harm.kind == HarmKind::wiped) return true;
  if (rot == nullptr) return harm.file.kind == FileKind::meta;
  // Of a page that reads wrong once, the next reading is right: a node that serves asks again.
  const bool served = rot->rule == bitcask::rules::kReadBack;
  if (served && harm.kind == HarmKind::stale_once) return false;
  if (harm.file == rot->file) return true;
  if (is_next_segment(harm.file, rot->file) && rot->rule == bitcask::rules::kWitnessedLost) {
    return true;  // It is missed at the end of the segment before the one in which it was.
  }
  return misses_something(rot->rule) && harm.file.kind == FileKind::segment &&
         harm.file.number < rot->file.number;
}

std::string phrase(const Harm& harm) {
  if (harm.kind == HarmKind::wiped) return std::string{phrase_of(harm.kind)};
  const std::string file = bitcask::file_name(harm.file);
  if (harm.kind == HarmKind::lost_file) return fmt::format("{}: {}", file, phrase_of(harm.kind));
  return fmt::format("{} at byte {}: {}", file, harm.offset, phrase_of(harm.kind));
}

}  // namespace

bool refuses(const World& world, NodeId node) {
  const Seat& seat = world.seat(node);
  return seat.given_up || (seat.node.phase() == node::Phase::refusing && !seat.mended);
}

std::string refusal_reason(const World& world, NodeId node) {
  const std::string_view reason = world.node(node).refusing_reason();
  return reason.empty() ? world.node(node).store().reason() : std::string{reason};
}

std::vector<Harm> excuses(const World& world, NodeId node) {
  const Seat& seat = world.seat(node);
  std::vector<Harm> harms = seat.disk.harms();
  std::erase_if(harms, [&](const Harm& harm) { return !explains(harm, seat.node.store().rot()); });
  return harms;
}

Finding unexcused_refusal(const World& world) {
  for (u32 id = 1; id <= world.size(); ++id) {
    if (!refuses(world, NodeId{id}) || !excuses(world, NodeId{id}).empty()) continue;
    const bitcask::Rot* rot = world.node(NodeId{id}).store().rot();
    return Violation{
        .property = "refusal_without_rot",
        .kind = ViolationKind::liveness,
        .sentence = fmt::format(
            "node {} refuses to take part, though nothing on its disk was damaged there: "
            "{} (seen at {})",
            id, refusal_reason(world, NodeId{id}), text_of(Instant{world.now().value})),
        .rule = std::string{rot == nullptr ? "metadata" : rot->rule}};
  }
  return std::nullopt;
}

std::string phrase_harms(std::span<const Harm> harms) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> phrases;
  for (const Harm& harm : harms.first(std::min(harms.size(), kShown))) {
    phrases.push_back(phrase(harm));
  }
  const std::size_t more = harms.size() - phrases.size();
  return fmt::format("{}{}", fmt::join(phrases, "; "),
                     more == 0 ? "" : fmt::format("; and {} more", more));
}

}  // namespace snowflk::sim
