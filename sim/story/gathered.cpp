#include "sim/story/gathered.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/options.hpp"
#include "sim/story/in_order.hpp"

namespace snowflk::sim::story {
namespace {

constexpr i64 kTogetherNs = 1'000'000'000;

std::string phrase_range(std::string_view verb, LogIndex first, LogIndex last) {
  if (first == last) return fmt::format("{} entry {}", verb, first.value);
  return fmt::format("{} entries {} to {}", verb, first.value, last.value);
}

}  // namespace

void Gathered::Span::add(VirtualTime at) {
  if (!since) since = at;
  last = at;
}

bool Gathered::Span::is_due(VirtualTime now, bool all) const {
  return since && (all || now.value >= since->value + kTogetherNs);
}

void Gathered::outcome(VirtualTime at, Outcome outcome) {
  outcomes_[static_cast<u8>(outcome)] += 1;
  clients_.add(at);
}

void Gathered::Faults::add(VirtualTime at, NodeId node) {
  SNOWFLK_ASSERT(!node.nobody());
  span.add(at);
  count += 1;
  nodes |= 1U << (node.value - 1);
}

void Gathered::widen(Range& range, LogIndex first, LogIndex last) {
  SNOWFLK_ASSERT(first <= last);
  if (range.empty()) range.first = first;
  range.last = last;
}

void Gathered::touch(VirtualTime at, const Actor& leader) {
  SNOWFLK_ASSERT(is_of(leader));
  leader_ = leader;
  leader_at_ = at;
}

void Gathered::append(VirtualTime at, const Actor& leader, LogIndex first, LogIndex last) {
  touch(at, leader);
  widen(appends_, first, last);
}

void Gathered::commit(VirtualTime at, const Actor& leader, LogIndex first, LogIndex last) {
  touch(at, leader);
  widen(commits_, first, last);
}

bool Gathered::is_of(const Actor& leader) const {
  if (appends_.empty() && commits_.empty()) return true;
  return leader_.node == leader.node && leader_.term == leader.term;
}

std::string Gathered::phrase_leader() const {
  std::string text;
  if (!appends_.empty()) text = phrase_range("appends", appends_.first, appends_.last);
  if (commits_.empty()) return text;
  if (!text.empty()) text += ", ";
  return text + phrase_range("commits", commits_.first, commits_.last);
}

std::string Gathered::phrase_clients() const {
  static_assert(static_cast<u8>(Outcome::pending) == 0);
  constexpr std::array<std::string_view, 4> kWords{"asked", "answered", "refused", "unknown"};
  std::string text = "clients:";
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (outcomes_[i] == 0) continue;
    text += fmt::format("{} {} {}", text.back() == ':' ? "" : ",", outcomes_[i], kWords[i]);
  }
  return text;
}

void Gathered::take_faults(Faults& faults, std::string_view one, std::string_view many,
                           VirtualTime now, bool all, std::vector<KeptBack>& lines) {
  if (!faults.span.is_due(now, all)) return;
  std::string text = faults.count == 1 ? fmt::format("{}:", one)
                                       : fmt::format("{}, {} times in all:", many, faults.count);
  for (u32 bit = 0; bit < kNodesMax; ++bit) {
    if ((faults.nodes >> bit & 1) != 0) text += fmt::format(" n{}", bit + 1);
  }
  lines.push_back({.at = faults.span.last, .actor = Actor{}, .text = std::move(text)});
  faults = Faults{};
}

std::vector<KeptBack> Gathered::take(VirtualTime now, bool all) {
  std::vector<KeptBack> lines;
  if (clients_.is_due(now, all)) {
    lines.push_back({.at = clients_.last, .actor = Actor{}, .text = phrase_clients()});
    clients_ = Span{};
    outcomes_.fill(0);
  }
  take_faults(jumps_, "a wall clock jumps", "wall clocks jump", now, all, lines);
  take_faults(failed_reads_, "a disk fails to read", "disks fail to read", now, all, lines);
  if (!appends_.empty() || !commits_.empty()) {
    lines.push_back({.at = leader_at_, .actor = leader_, .text = phrase_leader()});
    appends_ = Range{};
    commits_ = Range{};
  }
  put_in_order(lines, &KeptBack::at);
  return lines;
}

}  // namespace snowflk::sim::story
