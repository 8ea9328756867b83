// What no server that keeps the rules can say: a message that would break one of Figure 3's
// properties here, or answers what was never asked.
//
// Behind the gate Raft asserts these properties; a peer that lies, or has lost what it promised,
// must not end us with it. So its message is refused, and told of: in a simulated cluster, where
// nobody lies, it is a violation.
#include "core/raft/raft.hpp"

namespace snowflk::raft {

std::optional<Contradiction> Raft::contradiction(NodeId from, const Message& message,
                                                 std::span<const EntryInfo> entries) const {
  const Term current = hard_state_.current_term;
  const Term term = std::visit([](const auto& m) { return m.term; }, message);
  // Terms are counted one election at a time. One leap to the last term there is would end all
  // elections for ever.
  if (term.value > current.value + kTermLeapMax) return Contradiction::leaps_in_terms;
  if (const auto* append = std::get_if<AppendEntries>(&message)) {
    return contradiction_of(from, *append, entries);
  }
  return answers_what_was_asked(message) ? std::nullopt
                                         : std::optional(Contradiction::answers_what_was_not_asked);
}

/// What agrees with us answers a question of ours, and we ask in our own term. (A refusal may tell
/// of a newer one.)
bool Raft::answers_what_was_asked(const Message& message) const {
  const Term current = hard_state_.current_term;
  const bool leads = role_ == Role::leader;
  return std::visit(
      Overloaded{
          [&](const RequestVoteReply& m) { return !m.vote_granted || m.term <= current; },
          [&](const AppendEntriesReply& m) {
            if (!m.success) return true;
            if (leads && m.term == current) return m.match_index <= log_.last_index();
            return m.term <= current;
          },
          [&](const ReadRoundReply& m) {
            if (leads && m.term == current) return m.round <= read_round_;
            return m.term <= current;
          },
          [](const auto&) { return true; },
      },
      message);
}

std::optional<Contradiction> Raft::contradiction_of(NodeId from, const AppendEntries& m,
                                                    std::span<const EntryInfo> entries) const {
  if (m.term < hard_state_.current_term) return std::nullopt;  // Refused by its term.
  // Election Safety: "at most one leader can be elected in a given term."
  const NodeId known = leader_of_term(m.term);
  if (!known.nobody() && known != from) return Contradiction::second_leader_of_a_term;

  // Leader Completeness: "if a log entry is committed in a given term, then that entry will be
  // present in the logs of the leaders for all higher-numbered terms."
  const LogIndex prev = m.prev_log_index;
  const bool before_our_log = prev.next() < log_.first_index();
  if (!before_our_log && prev <= commit_index_ && !log_.contains(prev, m.prev_log_term)) {
    return Contradiction::lacks_a_committed_entry;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const LogIndex index = prev + i + 1;
    if (index > commit_index_) break;
    if (index >= log_.first_index() && !log_.contains(index, entries[i].term)) {
      return Contradiction::lacks_a_committed_entry;
    }
  }
  return std::nullopt;
}

/// Who leads `term`, as far as is known here, also when lost sight of since.
NodeId Raft::leader_of_term(Term term) const {
  if (term != hard_state_.current_term) return NodeId{};
  if (!leader_.nobody()) return leader_;
  return term == seen_.hard_state.current_term ? seen_.leader : NodeId{};
}

}  // namespace snowflk::raft
