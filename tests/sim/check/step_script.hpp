// Steps of nodes written by hand, for the checks that look at steps: what each node's log is is
// kept here, and told with every step as a world tells it.
#pragma once

#include <map>
#include <vector>

#include "core/wire/frame.hpp"
#include "sim/check/step_view.hpp"

namespace snowflk::sim::testing {

template <class Check>
class StepScript {
 public:
  Check check;

  /// The sentence of the first violation so far; empty: none.
  [[nodiscard]] std::string sentence() const { return found_ ? found_->sentence : ""; }
  [[nodiscard]] bool broken() const { return found_.has_value(); }

  /// The node starts with a log of these terms.
  StepScript& starts(u32 node, const std::vector<u64>& terms, u64 commit = 0) {
    set_log(node, terms);
    return event(node, node::NodeEvent{node::Started{.incarnation = Incarnation{1},
                                                     .term = Term{},
                                                     .last_index = LogIndex{terms.size()},
                                                     .commit_index = LogIndex{commit}}});
  }
  StepScript& leads(u32 node, u64 term) {
    terms_[node] = Term{term};
    return event(node, raft::Event{raft::BecameLeader{.term = Term{term},
                                                      .last_log_index = log(node).last_index()}});
  }
  StepScript& steps_down(u32 node, u64 term) {
    return event(node, raft::Event{raft::SteppedDown{.term = Term{term}}});
  }
  StepScript& appends(u32 node, const std::vector<u64>& terms, u32 size = 1) {
    const LogIndex first = log(node).last_index().next();
    for (const u64 term : terms) {
      logs_[node].append(
          raft::EntryInfo{.term = Term{term}, .size = size, .kind = raft::EntryKind::command});
    }
    return event(node, raft::Event{raft::EntriesAppended{.first = first,
                                                         .count = static_cast<u32>(terms.size()),
                                                         .last_term = Term{terms.back()}}});
  }
  StepScript& truncates(u32 node, u64 from) {
    logs_[node].truncate(LogIndex{from});
    return event(node, raft::Event{raft::LogTruncated{.from = LogIndex{from}}});
  }
  StepScript& commits(u32 node, u64 index) {
    return event(node, raft::Event{raft::CommitAdvanced{.commit_index = LogIndex{index},
                                                        .term = log(node).last_term()}});
  }
  StepScript& applies(u32 node, u64 index, u64 term, u64 payload = 1, u64 digest = 1) {
    return event(node, node::NodeEvent{node::Applied{.index = LogIndex{index},
                                                     .term = Term{term},
                                                     .payload_hash = payload,
                                                     .digest = digest}});
  }
  /// A step in which nothing is told, for checks that look at the log itself.
  StepScript& silent(u32 node) { return step(node, {}, {}); }
  void set_log(u32 node, const std::vector<u64>& terms) {
    logs_[node] = raft::Log{};
    for (const u64 term : terms) {
      logs_[node].append(
          raft::EntryInfo{.term = Term{term}, .size = 1, .kind = raft::EntryKind::command});
    }
  }
  StepScript& sends(u32 node, u32 to, const raft::Message& message) {
    std::vector<std::byte> frame;
    wire::encode(wire::Sender{.cluster = ClusterId{9}, .self = NodeId{node}}, message, frame);
    const node::Send send{.to = NodeId{to}, .frame = frame};
    return step(node, {}, {&send, 1});
  }
  StepScript& in_term(u32 node, u64 term) {
    terms_[node] = Term{term};
    return *this;
  }
  StepScript& has_voted(u32 node, u32 candidate) {
    votes_[node] = NodeId{candidate};
    return *this;
  }
  StepScript& grants(u32 node, u64 term, u32 candidate) {
    return event(
        node, raft::Event{raft::VoteGranted{.term = Term{term}, .candidate = NodeId{candidate}}});
  }

 private:
  const raft::Log& log(u32 node) { return logs_[node]; }
  StepScript& event(u32 node, const node::Event& event) { return step(node, {&event, 1}, {}); }
  StepScript& step(u32 node, std::span<const node::Event> events,
                   std::span<const node::Send> sends) {
    now_ms_ += 1;
    StepView view;
    view.node = NodeId{node};
    view.at = Instant{now_ms_ * 1'000'000};
    view.event = static_cast<u64>(now_ms_);
    view.events = events;
    view.sends = sends;
    view.term = terms_[node];
    view.voted_for = votes_[node];
    view.log = &logs_[node];
    Finding finding = check.observe(view);
    if (!found_) found_ = std::move(finding);
    return *this;
  }

  std::map<u32, raft::Log> logs_;
  std::map<u32, Term> terms_;
  std::map<u32, NodeId> votes_;
  Finding found_;
  i64 now_ms_ = 0;
};

}  // namespace snowflk::sim::testing
