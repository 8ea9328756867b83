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
  return std::visit(Overloaded{
                        [&](const AppendEntries& m) { return contradiction_of(from, m, entries); },
                        [&](const AppendEntriesReply& m) { return contradiction_of(m); },
                        [&](const ReadRoundReply& m) -> std::optional<Contradiction> {
                          const bool asked =
                              role_ == Role::leader && m.term == hard_state_.current_term;
                          if (asked && m.round > read_round_)
                            return Contradiction::answers_what_was_not_asked;
                          return std::nullopt;
                        },
                        [](const auto&) -> std::optional<Contradiction> { return std::nullopt; },
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

std::optional<Contradiction> Raft::contradiction_of(const AppendEntriesReply& m) const {
  if (role_ != Role::leader || m.term != hard_state_.current_term) return std::nullopt;
  if (m.success && m.match_index > log_.last_index()) {
    return Contradiction::answers_what_was_not_asked;
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
