// Commands in the log whose clients wait: by index, in the order of the log.
//
// What is appended may be committed as long as no other entry is committed at its index. So a
// waiting client is answered by what is applied there, or is told that the outcome is unknown; a
// lost leadership alone answers nothing.
#pragma once

#include "core/base/ring.hpp"
#include "core/node/origin.hpp"

namespace snowflk::node {

struct Proposal {
  LogIndex index;
  Term term;
  Origin origin;
  Instant deadline;  // after which the outcome is called unknown
};

class Proposals {
 public:
  void add(const Proposal& proposal) {
    // A later leadership may append where an earlier one had: its own entries end before that.
    waiting_.push_back(proposal);
  }

  /// Calls answer(proposal, executed) for each that waits for `index`: executed if the entry that
  /// was applied there, of `term`, is the one that was proposed.
  template <class Answer>
  void applied(LogIndex index, Term term, Answer answer) {
    while (!waiting_.empty() && waiting_.front().index < index) drop_front(answer);
    for (std::size_t at = 0; at < waiting_.size(); ++at) {
      Proposal& proposal = waiting_[at];
      if (proposal.index != index || proposal.origin.kind == Origin::Kind::nobody) continue;
      answer(proposal, proposal.term == term);
      proposal.origin = Origin{};
      if (proposal.term == term) break;
    }
    while (!waiting_.empty() && waiting_.front().origin.kind == Origin::Kind::nobody) {
      waiting_.pop_front();
    }
  }

  /// Calls unknown(proposal) for each whose deadline has passed.
  template <class Unknown>
  void expire(Instant now, Unknown unknown) {
    while (!waiting_.empty() && (waiting_.front().origin.kind == Origin::Kind::nobody ||
                                 waiting_.front().deadline <= now)) {
      if (waiting_.front().origin.kind != Origin::Kind::nobody) unknown(waiting_.front());
      waiting_.pop_front();
    }
  }

  void forget(ClientId client) {
    for (std::size_t at = 0; at < waiting_.size(); ++at) {
      if (waiting_[at].origin.is_client(client)) waiting_[at].origin = Origin{};
    }
  }

  [[nodiscard]] Instant deadline() const {
    return waiting_.empty() ? kNever : waiting_.front().deadline;
  }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  template <class Answer>
  void drop_front(Answer answer) {
    if (waiting_.front().origin.kind != Origin::Kind::nobody) answer(waiting_.front(), false);
    waiting_.pop_front();
  }

  Ring<Proposal> waiting_;
};

}  // namespace snowflk::node
