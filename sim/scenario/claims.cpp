#include "sim/scenario/claims.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/assert.hpp"
#include "core/bitcask/record.hpp"

namespace snowflk::sim::scenario {
namespace {

using Result = std::optional<std::string>;

std::string print(const Scalar& value) { return value ? fmt::format("\"{}\"", *value) : "nil"; }

/// A reply as a scenario writes it. RESP2, as the history keeps it.
Scalar scalar_of(std::string_view resp) {
  if (resp.empty() || resp.starts_with("$-1")) return std::nullopt;
  const auto end = resp.find("\r\n");
  SNOWFLK_ASSERT(end != std::string_view::npos);
  if (resp.front() != '$') return std::string{resp.substr(1, end - 1)};
  std::string_view value = resp.substr(end + 2);
  value.remove_suffix(2);
  return std::string{value};
}

Result unequal(std::string_view what, u64 expected, u64 found) {
  if (expected == found) return std::nullopt;
  return fmt::format("{} is {}, expected {}", what, found, expected);
}

std::vector<u64> terms_of(const raft::Log& log) {
  std::vector<u64> terms;
  for (LogIndex index{1}; index <= log.last_index(); index = index.next()) {
    terms.push_back(log.term_at(index).value);
  }
  return terms;
}

/// Claims about the Raft state of one node.
Result broken_of_raft(const Claim& claim, const raft::Raft& raft, const std::string& who,
                      const Bindings& bindings) {
  switch (claim.subject) {
    case Subject::term:
      return unequal(fmt::format("the term of {}", who), claim.number,
                     raft.hard_state().current_term.value);
    case Subject::vote: {
      const NodeId expected = claim.other.number == 0 && claim.other.name.empty()
                                  ? NodeId{}
                                  : bindings.node(claim.other);
      const NodeId found = raft.hard_state().voted_for;
      if (expected == found) return std::nullopt;
      return fmt::format("the vote of {} in term {} is n{}, expected n{} (n0: nobody)", who,
                         raft.hard_state().current_term.value, found.value, expected.value);
    }
    case Subject::log: {
      const std::vector<u64> found = terms_of(raft.log());
      if (found == claim.terms) return std::nullopt;
      return fmt::format("the log of {} has the terms [{}], expected [{}]", who,
                         fmt::join(found, " "), fmt::join(claim.terms, " "));
    }
    case Subject::last_index:
      return unequal(fmt::format("the last index of {}", who), claim.number,
                     raft.log().last_index().value);
    case Subject::commit:
      return unequal(fmt::format("the commit index of {}", who), claim.number,
                     raft.commit_index().value);
    case Subject::commit_min:
      if (raft.commit_index().value >= claim.number) return std::nullopt;
      return fmt::format("the commit index of {} is {}, expected {} or more", who,
                         raft.commit_index().value, claim.number);
    case Subject::role:
    case Subject::applied:
    case Subject::value:
    case Subject::value_at:
    case Subject::reply:
    case Subject::outcome:
    case Subject::leader:
    case Subject::logs_equal:
    case Subject::term_max:
    case Subject::leaders_per_term_max:
    case Subject::elections_max:
    case Subject::leaderships_max:
    case Subject::events_min:
    case Subject::events_max: break;
  }
  SNOWFLK_ASSERT(false);
  return std::nullopt;
}

Result broken_value(const Claim& claim, const World& world, NodeId node, const Bindings& bindings) {
  const auto found = stored_value(world, node, claim.word);
  if (!found) {
    return fmt::format("the value of {} on {} is not readable", claim.word, bindings.print(node));
  }
  if (*found == claim.value) return std::nullopt;
  return fmt::format("{} has {} for key {}, expected {}", bindings.print(node), print(*found),
                     claim.word, print(claim.value));
}

Result broken_at_node(const Claim& claim, const World& world, const Bindings& bindings) {
  const NodeId node = bindings.node(claim.node);
  const std::string who = bindings.print(node);
  if (claim.subject == Subject::role) {
    const std::string_view found = role_of(world, node);
    if (found == claim.word) return std::nullopt;
    return fmt::format("{} is {}, expected {}", who, found, claim.word);
  }
  if (claim.subject == Subject::value_at) return broken_value(claim, world, node, bindings);
  if (claim.subject == Subject::applied) {
    return unequal(fmt::format("the applied index of {}", who), claim.number,
                   world.node(node).applied_index().value);
  }
  const raft::Raft* raft = world.node(node).raft();
  if (raft == nullptr) return fmt::format("{} has not recovered its directory", who);
  return broken_of_raft(claim, *raft, who, bindings);
}

template <class Visit>
void for_each_up(const World& world, Visit visit) {
  for (u32 id = 1; id <= world.size(); ++id) {
    if (world.is_up(NodeId{id})) visit(NodeId{id});
  }
}

Result broken_values(const Claim& claim, const World& world, const Bindings& bindings) {
  Result wrong;
  for_each_up(world, [&](NodeId node) {
    if (!wrong) wrong = broken_value(claim, world, node, bindings);
  });
  return wrong;
}

Result broken_reply(const Claim& claim, const World& world, const Bindings& bindings) {
  const Operation& operation = world.history().operation(bindings.reply(claim.word));
  if (claim.subject == Subject::outcome) {
    if (name_of(operation.outcome) == claim.text) return std::nullopt;
    return fmt::format("the outcome of \"{}\" is {}, expected {}", claim.word,
                       name_of(operation.outcome), claim.text);
  }
  if (operation.outcome != Outcome::ok) {
    return fmt::format("\"{}\" is {}, expected the reply {}", claim.word,
                       name_of(operation.outcome), print(claim.value));
  }
  const Scalar found = scalar_of(world.history().reply(operation));
  if (found == claim.value) return std::nullopt;
  return fmt::format("\"{}\" was answered {}, expected {}", claim.word, print(found),
                     print(claim.value));
}

Result broken_leader(const Claim& claim, const World& world, const Bindings& bindings) {
  const bool nobody = claim.other.number == 0 && claim.other.name.empty();
  const NodeId expected = nobody ? NodeId{} : bindings.node(claim.other);
  const NodeId found = world.leader();
  if (found == expected) return std::nullopt;
  const auto name = [&](NodeId node) {
    return node.nobody() ? std::string{"nobody"} : bindings.print(node);
  };
  return fmt::format("{} leads, expected {}", name(found), name(expected));
}

Result broken_logs_equal(const Claim& claim, const World& world, const Bindings& bindings) {
  NodeId first;
  Result difference;
  for_each_up(world, [&](NodeId node) {
    const raft::Raft* raft = world.node(node).raft();
    if (raft == nullptr) {
      difference = fmt::format("{} has not recovered its log", bindings.print(node));
    } else if (first.nobody()) {
      first = node;
    } else if (terms_of(raft->log()) != terms_of(world.node(first).raft()->log())) {
      difference =
          fmt::format("the logs of {} and {} differ", bindings.print(first), bindings.print(node));
    }
  });
  if (claim.number == 1) return difference;
  return difference ? Result{} : Result{"the logs of all nodes are equal, expected a difference"};
}

Result broken_term_max(const Claim& claim, const World& world, const Bindings& bindings) {
  Result wrong;
  for_each_up(world, [&](NodeId node) {
    const raft::Raft* raft = world.node(node).raft();
    if (raft == nullptr || raft->hard_state().current_term.value <= claim.number) return;
    wrong = fmt::format("{} is in term {}, expected {} at most", bindings.print(node),
                        raft->hard_state().current_term.value, claim.number);
  });
  return wrong;
}

Result above(std::string_view what, u64 found, u64 most) {
  if (found <= most) return std::nullopt;
  return fmt::format("{} {} times, expected {} at most", what, found, most);
}

Result broken_count(const Claim& claim, const Tally& tally) {
  const u64 found = tally.count(claim.word);
  if (claim.subject == Subject::events_max) return above(claim.word, found, claim.number);
  if (found >= claim.number) return std::nullopt;
  return fmt::format("{} {} times, expected {} at least", claim.word, found, claim.number);
}

}  // namespace

void Bindings::name_node(std::string_view name, NodeId node) {
  std::erase_if(nodes_, [&](const auto& named) { return named.first == name; });
  nodes_.emplace_back(name, node);  // The latest last: print() looks for it from there.
}

void Bindings::name_reply(std::string_view name, OperationId operation) {
  replies_.emplace_back(name, operation);
}

NodeId Bindings::node(const NodeRef& reference) const {
  if (reference.number != 0) return NodeId{reference.number};
  const auto found =
      std::ranges::find(nodes_, reference.name, &decltype(nodes_)::value_type::first);
  SNOWFLK_ASSERT(found != nodes_.end());
  return found->second;
}

OperationId Bindings::reply(std::string_view name) const {
  const auto found = std::ranges::find(replies_, name, &decltype(replies_)::value_type::first);
  SNOWFLK_ASSERT(found != replies_.end());
  return found->second;
}

std::string Bindings::print(NodeId node) const {
  const auto latest = nodes_ | std::views::reverse;
  const auto found = std::ranges::find(latest, node, &decltype(nodes_)::value_type::second);
  const bool named = found != latest.end() && found->first != fmt::format("n{}", node.value);
  return named ? fmt::format("n{} ({})", node.value, found->first) : fmt::format("n{}", node.value);
}

std::string_view role_of(const World& world, NodeId node) {
  if (!world.is_up(node)) {
    return world.node(node).phase() == node::Phase::refusing ? "refusing" : "down";
  }
  if (world.is_paused(node)) return "paused";
  if (world.node(node).phase() == node::Phase::refusing) return "refusing";
  const raft::Raft* raft = world.node(node).raft();
  return raft == nullptr ? "booting" : raft::name_of(raft->role());
}

std::optional<Scalar> stored_value(const World& world, NodeId node, std::string_view key) {
  const kv::Found found = world.node(node).machine().find(as_bytes(key));
  if (found.where == kv::Found::Where::absent) return Scalar{};
  if (found.where == kv::Found::Where::memory) return Scalar{std::string{as_text(found.value)}};
  std::vector<std::byte> bytes(found.location.length);
  bytes.resize(world.seat(node).disk.peek(
      bitcask::FileId{.kind = bitcask::FileKind::segment, .number = found.location.segment},
      found.location.offset, bytes));
  const auto record = bitcask::decode_record(
      bytes, bitcask::place_mask(found.location.segment, found.location.offset));
  if (!record || as_text(record->key) != key) return std::nullopt;
  return Scalar{std::string{as_text(record->value)}};
}

std::optional<std::string> broken(const Claim& claim, const World& world, const Tally& tally,
                                  const Bindings& bindings) {
  switch (claim.subject) {
    case Subject::role:
    case Subject::term:
    case Subject::vote:
    case Subject::log:
    case Subject::last_index:
    case Subject::commit:
    case Subject::commit_min:
    case Subject::applied:
    case Subject::value_at: return broken_at_node(claim, world, bindings);
    case Subject::value: return broken_values(claim, world, bindings);
    case Subject::reply:
    case Subject::outcome: return broken_reply(claim, world, bindings);
    case Subject::leader: return broken_leader(claim, world, bindings);
    case Subject::logs_equal: return broken_logs_equal(claim, world, bindings);
    case Subject::term_max: return broken_term_max(claim, world, bindings);
    case Subject::leaders_per_term_max: {
      const Tally::Crowd crowd = tally.largest_crowd();
      if (crowd.leaders <= claim.number) return std::nullopt;
      return fmt::format("term {} had {} leaders, expected {} at most", crowd.term.value,
                         crowd.leaders, claim.number);
    }
    case Subject::elections_max:
      return above("nodes stood for election", tally.count("election_started"), claim.number);
    case Subject::leaderships_max:
      return above("nodes became leader", tally.count("became_leader"), claim.number);
    case Subject::events_min:
    case Subject::events_max: return broken_count(claim, tally);
  }
  SNOWFLK_ASSERT(false);
  return std::nullopt;
}

}  // namespace snowflk::sim::scenario
