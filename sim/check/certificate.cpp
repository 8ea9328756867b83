#include "sim/check/certificate.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/check/refusals.hpp"

namespace snowflk::sim {
namespace {

bool takes_part(const World& world, NodeId node) {
  return !refuses(world, node) && !world.is_left_out(node);
}

/// Whether the node takes part and its log has this entry.
bool holds(const World& world, NodeId node, LogIndex entry, Term term) {
  if (!world.is_up(node) || !takes_part(world, node)) return false;
  const raft::Raft* raft = world.node(node).raft();
  return raft != nullptr && raft->log().contains(entry, term);
}

/// Whether anybody who takes part can give it.
bool is_held(const World& world, LogIndex entry, Term term) {
  for (u32 id = 1; id <= world.size(); ++id) {
    if (holds(world, NodeId{id}, entry, term)) return true;
  }
  return false;
}

std::optional<std::string> why_invalid(const Certificate::Refusal& refusal, const World& world) {
  if (!refuses(world, refusal.node)) return fmt::format("n{} takes part", refusal.node.value);
  if (refusal.reason != refusal_reason(world, refusal.node)) {
    return fmt::format("n{} does not say: {}", refusal.node.value, refusal.reason);
  }
  if (refusal.harms.empty()) {
    return fmt::format("n{} refuses, though nothing on its disk was damaged there: {}",
                       refusal.node.value, refusal.reason);
  }
  const std::vector<Harm> excused = excuses(world, refusal.node);
  for (const Harm& harm : refusal.harms) {
    if (std::ranges::find(excused, harm) != excused.end()) continue;
    return fmt::format("this was not done to n{}, or not where it refuses: {}", refusal.node.value,
                       phrase_harms({&harm, 1}));
  }
  return std::nullopt;
}

/// What it says of entries, against those that were committed.
std::optional<std::string> why_entries_invalid(const Certificate& certificate, const World& world,
                                               const std::vector<CommittedEntry>& committed) {
  const Term newest = committed.empty() ? Term{} : committed.back().term;
  if (certificate.entry.value != committed.size() || certificate.term != newest) {
    return fmt::format("the newest committed entry is {} of term {}, and not {} of term {}",
                       committed.size(), newest.value, certificate.entry.value,
                       certificate.term.value);
  }
  if (certificate.missing > certificate.entry) {
    return fmt::format("entry {} was never committed", certificate.missing.value);
  }
  const bool none_missing = certificate.missing == LogIndex{};
  const LogIndex end = none_missing ? certificate.entry : certificate.missing;
  for (LogIndex entry{1}; entry <= end; entry = entry.next()) {
    const bool claimed = entry != certificate.missing;
    if (is_held(world, entry, committed[entry.value - 1].term) == claimed) continue;
    return fmt::format("entry {} is held by {}", entry.value, claimed ? "nobody" : "somebody");
  }
  return std::nullopt;
}

std::string print_nodes(const std::vector<NodeId>& nodes) {
  if (nodes.empty()) return "nobody";
  std::vector<std::string> names;
  for (const NodeId node : nodes) names.push_back(fmt::format("n{}", node.value));
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Certificate certify(const World& world, const CommittedLog& committed) {
  Certificate certificate;
  certificate.nodes = world.size();
  if (!committed.entries().empty()) {
    certificate.entry = LogIndex{committed.entries().size()};
    certificate.term = committed.entries().back().term;
  }
  for (u32 id = 1; id <= world.size(); ++id) {
    const NodeId node{id};
    if (refuses(world, node)) {
      certificate.refusals.push_back(
          {.node = node, .reason = refusal_reason(world, node), .harms = excuses(world, node)});
    } else if (world.is_left_out(node)) {
      certificate.left_out.push_back({.node = node, .fault = world.seat(node).lasting});
    } else if (holds(world, node, certificate.entry, certificate.term)) {
      certificate.holders.push_back(node);
    }
  }
  for (std::size_t at = 0; at < committed.entries().size(); ++at) {
    if (is_held(world, LogIndex{at + 1}, committed.entries()[at].term)) continue;
    certificate.missing = LogIndex{at + 1};
    break;
  }
  return certificate;
}

std::optional<std::string> why_invalid(const Certificate& certificate, const World& world,
                                       const CommittedLog& committed) {
  if (certificate.nodes != world.size()) return "it is of a cluster of another size";
  NodeId before;
  for (const Certificate::Refusal& refusal : certificate.refusals) {
    if (refusal.node <= before) return fmt::format("n{} is counted twice", refusal.node.value);
    before = refusal.node;
    if (auto why = why_invalid(refusal, world)) return why;
  }
  NodeId left_out_before;
  for (const LeftOut& left_out : certificate.left_out) {
    const NodeId node = left_out.node;
    if (node <= left_out_before) return fmt::format("n{} is counted twice", node.value);
    left_out_before = node;
    if (refuses(world, node)) return fmt::format("n{} refuses, and is no other", node.value);
    if (!world.is_left_out(node) || world.seat(node).lasting != left_out.fault) {
      return fmt::format("it is not so that n{} {}", node.value, phrase_of(left_out.fault));
    }
  }
  // "any majority": the others are not one.
  const std::size_t others =
      certificate.nodes - certificate.refusals.size() - certificate.left_out.size();
  if (others * 2 > certificate.nodes) {
    return fmt::format("the other {} of {} nodes are a majority", others, certificate.nodes);
  }
  if (auto why = why_entries_invalid(certificate, world, committed.entries())) return why;
  for (u32 id = 1; id <= world.size(); ++id) {
    const bool named =
        std::ranges::find(certificate.holders, NodeId{id}) != certificate.holders.end();
    if (named != holds(world, NodeId{id}, certificate.entry, certificate.term)) {
      return fmt::format("n{} {} entry {}", id, named ? "does not hold" : "holds",
                         certificate.entry.value);
    }
  }
  return std::nullopt;
}

std::string print(const Certificate& certificate) {
  std::vector<std::string> refusals;
  for (const Certificate::Refusal& refusal : certificate.refusals) {
    refusals.push_back(fmt::format("n{} refuses: {} [{}]", refusal.node.value, refusal.reason,
                                   phrase_harms(refusal.harms)));
  }
  for (const LeftOut& left_out : certificate.left_out) {
    refusals.push_back(fmt::format("n{} {}", left_out.node.value, phrase_of(left_out.fault)));
  }
  std::string missing;
  if (certificate.missing != LogIndex{} && certificate.missing < certificate.entry) {
    missing = fmt::format(", and entry {} by nobody", certificate.missing.value);
  }
  const std::string held =
      certificate.entry == LogIndex{}
          ? "nothing was committed"
          : fmt::format("entry {} of term {} is held by {}", certificate.entry.value,
                        certificate.term.value, print_nodes(certificate.holders));
  return fmt::format("no majority can be had, {} of {} nodes {}; {}{}. {}", refusals.size(),
                     certificate.nodes,
                     certificate.left_out.empty() ? "refuse" : "refuse or are left out", held,
                     missing, fmt::join(refusals, ". "));
}

}  // namespace snowflk::sim
