// The executable specification: it follows what Raft may do, and each guard of each action stops
// the step that breaks it, by name.
#include "sim/check/refinement.hpp"

#include <map>
#include <vector>

#include "core/wire/frame.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim {
namespace {

using raft::Role;

constexpr wire::Sender sender_of(u32 node) {
  return {.cluster = ClusterId{9}, .self = NodeId{node}};
}

raft::RequestVote candidacy(u64 term, u64 last_index, u64 last_term) {
  raft::RequestVote request;
  request.term = Term{term};
  request.last_log_index = LogIndex{last_index};
  request.last_log_term = Term{last_term};
  return request;
}

raft::PreVote question(u64 term) {
  raft::PreVote pre_vote;
  pre_vote.term = Term{term};
  return pre_vote;
}

raft::RequestVoteReply vote(u64 term, bool granted = true) {
  return {.term = Term{term}, .vote_granted = granted};
}

raft::AppendEntriesReply equal_up_to(u64 term, u64 match) {
  raft::AppendEntriesReply reply;
  reply.term = Term{term};
  reply.success = true;
  reply.match_index = LogIndex{match};
  return reply;
}

/// AppendEntries and the terms of its entries.
struct Entries {
  u64 term = 0;
  u64 prev = 0;
  u64 prev_term = 0;
  std::vector<u64> terms = {};
  u64 commit = 0;
};

std::vector<std::byte> frame_of(u32 from, const raft::Message& message) {
  std::vector<std::byte> frame;
  wire::encode(sender_of(from), message, frame);
  return frame;
}

std::vector<std::byte> frame_of(u32 from, const Entries& some) {
  raft::AppendEntries message;
  message.term = Term{some.term};
  message.prev_log_index = LogIndex{some.prev};
  message.prev_log_term = Term{some.prev_term};
  message.leader_commit = LogIndex{some.commit};
  message.entry_count = static_cast<u32>(some.terms.size());
  std::vector<wire::Entry> entries;
  for (const u64 term : some.terms) {
    entries.push_back({.info = {.term = Term{term}, .size = 0, .kind = raft::EntryKind::command},
                       .time_ms = 0,
                       .payload = {}});
  }
  std::vector<std::byte> frame;
  wire::encode(sender_of(from), message, entries, frame);
  return frame;
}

/// What a node is after a step.
struct After {
  u64 term = 0;
  u32 vote = 0;
  Role role = Role::follower;
  std::vector<u64> log = {};
  u64 commit = 0;
};

/// Steps of three nodes, one after another, until one is not allowed.
class Script {
 public:
  /// The first step of an incarnation.
  Script& starts(u32 node, const After& after = {}) {
    const node::Event started{node::NodeEvent{node::Started{}}};
    return observe(node, after, {&started, 1}, 0, {});
  }
  template <class Message>
  Script& hears(u32 node, u32 from, const Message& message, const After& after) {
    return observe(node, after, {}, from, frame_of(from, message));
  }
  Script& refuses(u32 node, u32 from, const raft::Message& message, const After& after) {
    const node::Event refused{
        raft::Event{raft::MessageRefused{.from = NodeId{from}, .contradiction = {}}}};
    return observe(node, after, {&refused, 1}, from, frame_of(from, message));
  }
  /// A vote makes it leader, and within the same step it is one no more.
  Script& leads_for_a_step(u32 node, u32 from, const raft::Message& message, const After& after) {
    const node::Event elected{
        raft::Event{raft::BecameLeader{.term = Term{after.term}, .last_log_index = LogIndex{}}}};
    return observe(node, after, {&elected, 1}, from, frame_of(from, message));
  }
  Script& becomes(u32 node, const After& after) { return observe(node, after, {}, 0, {}); }
  template <class Message>
  Script& sends(u32 node, u32 to, const Message& message) {
    const std::vector<std::byte> frame = frame_of(node, message);
    const node::Send send{.to = NodeId{to}, .frame = frame};
    sends_ = {&send, 1};
    observe(node, nodes_[node], {}, 0, {});
    sends_ = {};
    return *this;
  }
  /// Node 1 is leader of term 1, with its no-op in the log.
  Script& with_leader() {
    starts(1).starts(2).starts(3).becomes(1, {.term = 1, .vote = 1, .role = Role::candidate});
    return hears(1, 2, raft::Message{vote(1)},
                 {.term = 1, .vote = 1, .role = Role::leader, .log = {1}});
  }

  /// What was found; empty: nothing.
  [[nodiscard]] std::string found() const {
    if (!found_) return "";
    CHECK(found_->property == "refinement");
    const std::string& sentence = found_->sentence;
    return sentence.substr(0, sentence.find(": no action"));
  }

 private:
  Script& observe(u32 node, const After& after, std::span<const node::Event> events, u32 from,
                  const std::vector<std::byte>& heard) {
    nodes_[node] = after;
    raft::Log log;
    for (const u64 term : after.log) {
      log.append({.term = Term{term}, .size = 0, .kind = raft::EntryKind::command});
    }
    StepView view;
    view.node = NodeId{node};
    view.at = Instant{++now_};
    view.events = events;
    view.sends = sends_;
    view.heard_from = NodeId{from};
    view.heard = heard;
    view.term = Term{after.term};
    view.voted_for = NodeId{after.vote};
    view.role = after.role;
    view.commit = LogIndex{after.commit};
    view.log = &log;
    Finding finding = refinement_.observe(view);
    if (!found_) found_ = std::move(finding);
    return *this;
  }

  Refinement refinement_{3};
  std::map<u32, After> nodes_;
  std::span<const node::Send> sends_;
  Finding found_;
  i64 now_ = 0;
};

const After kLeader{.term = 1, .vote = 1, .role = Role::leader, .log = {1}};
const After kCandidate{.term = 1, .vote = 1, .role = Role::candidate};

TEST_CASE("refinement: an election, entries and their commit are what the specification allows") {
  Script script;
  script.starts(1).starts(2).starts(3);
  script.becomes(1, {.role = Role::pre_candidate}).becomes(1, kCandidate);
  script.sends(1, 2, raft::Message{candidacy(1, 0, 0)});
  script.hears(2, 1, raft::Message{candidacy(1, 0, 0)}, {.term = 1, .vote = 1});
  script.sends(2, 1, raft::Message{vote(1)}).hears(1, 2, raft::Message{vote(1)}, kLeader);
  const Entries no_op{.term = 1, .terms = {1}};
  script.sends(1, 2, no_op).hears(2, 1, no_op, {.term = 1, .vote = 1, .log = {1}});
  script.sends(2, 1, raft::Message{equal_up_to(1, 1)});
  script.hears(1, 2, raft::Message{equal_up_to(1, 1)},
               {.term = 1, .vote = 1, .role = Role::leader, .log = {1, 1, 1}, .commit = 1});
  const Entries more{.term = 1, .prev = 1, .prev_term = 1, .terms = {1, 1}, .commit = 1};
  script.sends(1, 3, more).hears(3, 1, more, {.term = 1});  // it lacks what is before
  script.hears(2, 1, more, {.term = 1, .vote = 1, .log = {1, 1, 1}, .commit = 1});
  script.becomes(1, {.term = 1, .vote = 1, .log = {1, 1, 1}, .commit = 1});  // steps down
  CHECK(script.found().empty());
}

TEST_CASE("refinement: UpdateTerm needs a message of the term") {
  Script script;
  script.starts(2).hears(2, 1, raft::Message{vote(4, false)}, {.term = 4});
  script.hears(2, 1, raft::Message{question(9)}, {.term = 4});
  CHECK(script.found().empty());
  Script asked = script;
  asked.hears(2, 1, raft::Message{question(9)}, {.term = 9});
  CHECK(asked.found() == "node 2 took term 9 without hearing of it");
  Script refused = script;
  refused.refuses(2, 1, raft::Message{vote(7, false)}, {.term = 7});
  CHECK(refused.found() == "node 2 took term 7 without hearing of it");
  Script back = script;
  CHECK(back.becomes(2, {.term = 3}).found() == "node 2 went back to term 3 from term 4");
}

TEST_CASE("refinement: Timeout takes the next term, votes for itself, and is not for a leader") {
  Script leaps;
  leaps.starts(1).becomes(1, {.term = 2, .vote = 1, .role = Role::candidate});
  CHECK(leaps.found() == "node 1 took term 2 without hearing of it");
  Script for_nobody;
  for_nobody.starts(1).becomes(1, {.term = 1, .role = Role::candidate});
  CHECK(for_nobody.found() == "node 1 took term 1 without hearing of it");
  Script leader;
  leader.with_leader().becomes(1, {.term = 2, .vote = 1, .role = Role::candidate, .log = {1}});
  CHECK(leader.found() == "node 1 stood for election while it led term 1");
  Script stays;
  stays.starts(1).becomes(1, kCandidate).becomes(1, {.term = 1, .vote = 1});
  CHECK(stays.becomes(1, kCandidate).found() ==
        "node 1 is a candidate of term 1, in which it did not stand");
}

TEST_CASE("refinement: HandleRequestVoteRequest grants one vote, to a log that is up to date") {
  Script good;
  good.starts(2, {.term = 1, .log = {1, 1}});
  good.hears(2, 1, raft::Message{candidacy(2, 2, 1)}, {.term = 2, .vote = 1, .log = {1, 1}});
  good.hears(2, 1, raft::Message{candidacy(2, 2, 1)}, {.term = 2, .vote = 1, .log = {1, 1}});
  good.hears(2, 3, raft::Message{candidacy(2, 2, 1)}, {.term = 2, .vote = 1, .log = {1, 1}});
  CHECK(good.found().empty());
  good.hears(2, 3, raft::Message{candidacy(2, 2, 1)}, {.term = 2, .vote = 3, .log = {1, 1}});
  CHECK(good.found() == "node 2 voted for node 3 in term 2, and had voted for node 1");
  Script behind;
  behind.starts(2, {.term = 1, .log = {1, 1}});
  behind.hears(2, 1, raft::Message{candidacy(2, 1, 1)}, {.term = 2, .vote = 1, .log = {1, 1}});
  CHECK(behind.found() ==
        "node 2 voted for node 1 in term 2, whose log ends with entry 1 of term 1, and its own "
        "ends with entry 2 of term 1");
  Script unasked;
  CHECK(unasked.starts(2).becomes(2, {.vote = 3}).found() ==
        "node 2 has a vote for node 3 in term 0, and by the rules none");
  Script forgets;
  forgets.starts(2).hears(2, 1, raft::Message{candidacy(1, 0, 0)}, {.term = 1, .vote = 1});
  CHECK(forgets.becomes(2, {.term = 1}).found() ==
        "node 2 has a vote for nobody in term 1, and by the rules one for node 1");
}

TEST_CASE("refinement: BecomeLeader needs a candidate and a majority of votes for this term") {
  Script alone;
  alone.starts(1).becomes(1, kCandidate).becomes(1, kLeader);
  CHECK(alone.found() == "node 1 became leader of term 1 with 1 of 3 votes");
  Script follower;
  CHECK(follower.starts(1).becomes(1, {.role = Role::leader}).found() ==
        "node 1 became leader of term 0, in which it did not stand");
  Script late;  // the vote is for the election before
  const After again{.term = 2, .vote = 1, .role = Role::candidate};
  late.starts(1).becomes(1, kCandidate).becomes(1, again);
  late.hears(1, 2, raft::Message{vote(1)}, again).hears(1, 2, raft::Message{vote(2, false)}, again);
  CHECK(late.found().empty());
  late.becomes(1, {.term = 2, .vote = 1, .role = Role::leader, .log = {2}});
  CHECK(late.found() == "node 1 became leader of term 2 with 1 of 3 votes");
}

TEST_CASE("refinement: ClientRequest is for a leader, and appends in its own term") {
  Script follower;
  CHECK(follower.starts(2, {.term = 3}).becomes(2, {.term = 3, .log = {3}}).found() ==
        "node 2 has a new entry 1 of term 3, which no leader had sent it");
  Script old;
  old.starts(1, {.term = 3}).becomes(1, {.term = 4, .vote = 1, .role = Role::candidate});
  old.hears(1, 3, raft::Message{vote(4)}, {.term = 4, .vote = 1, .role = Role::leader, .log = {3}});
  CHECK(old.found() == "node 1 appended an entry of term 3 as leader of term 4");
  Script overwrites;
  overwrites.starts(1, {.term = 3, .log = {3}});
  overwrites.becomes(1, {.term = 4, .vote = 1, .role = Role::candidate, .log = {3}});
  overwrites.hears(1, 3, raft::Message{vote(4)},
                   {.term = 4, .vote = 1, .role = Role::leader, .log = {4, 4}});
  CHECK(overwrites.found() ==
        "node 1 overwrote entry 1 of term 3, and no newer leader had sent it another");
  Script loses;
  loses.with_leader().becomes(1, {.term = 1, .vote = 1, .role = Role::leader});
  CHECK(loses.found() ==
        "node 1 has a log that ends with entry 0 of term 0, and by the rules it ends with entry 1 "
        "of term 1");
}

TEST_CASE("refinement: HandleAppendEntriesRequest truncates at a conflict alone") {
  const After held{.term = 3, .log = {1, 1, 2}};
  Script good;
  good.starts(2, held);
  good.hears(2, 1, Entries{.term = 3, .prev = 1, .prev_term = 1, .terms = {1}}, held);  // delayed
  good.hears(2, 1, Entries{.term = 3, .prev = 2, .prev_term = 1, .terms = {3, 3}},
             held);  // no room
  good.hears(2, 1, Entries{.term = 3, .prev = 2, .prev_term = 1, .terms = {3, 3}},
             {.term = 3, .log = {1, 1, 3}});  // room for one
  CHECK(good.found().empty());
  Script shortens;
  shortens.starts(2, held);
  shortens.hears(2, 1, Entries{.term = 3, .prev = 1, .prev_term = 1, .terms = {1}},
                 {.term = 3, .log = {1, 1}});
  CHECK(shortens.found() ==
        "node 2 has a log that ends with entry 2 of term 1, and by the rules it ends with entry 3 "
        "of term 2");
  Script unmatched;
  unmatched.starts(2, held).hears(2, 1, Entries{.term = 3, .prev = 3, .prev_term = 3, .terms = {3}},
                                  {.term = 3, .log = {1, 1, 2, 3}});
  CHECK(unmatched.found() == "node 2 has a new entry 4 of term 3, which no leader had sent it");
  Script leader;
  leader.with_leader().hears(1, 3, Entries{.term = 1}, kLeader);
  CHECK(leader.found() == "node 1 took entries of node 3 as leader of term 1");
}

TEST_CASE("refinement: an entry that changes within the log is seen, whatever the step") {
  const After held{.term = 3, .log = {1, 1, 2, 3}};
  const After longer{.term = 3, .log = {1, 2, 2, 3}};
  const After other{.term = 3, .log = {1, 1, 3, 3}};
  Script script;
  script.starts(2, held);
  CHECK(Script{script}.becomes(2, held).found().empty());
  CHECK(Script{script}.becomes(2, longer).found() ==
        "node 2 has entry 2 of another term than 1, which it is of by the rules");
  CHECK(Script{script}.becomes(2, other).found() ==
        "node 2 has entry 3 of another term than 2, which it is of by the rules");
  CHECK(Script{script}.hears(2, 1, Entries{.term = 3, .prev = 4, .prev_term = 3}, longer).found() ==
        "node 2 has entry 2 of another term than 1, which it is of by the rules");
  // Of many terms some are looked at after a quiet step, and the newest whenever anything is heard.
  After many{.term = 20, .log = {}};
  for (u64 term = 1; term <= 20; ++term) many.log.push_back(term);
  Script quiet;
  quiet.starts(2, many);
  many.log[16] = 17 - 1;
  CHECK(Script{quiet}.hears(2, 1, raft::Message{question(9)}, many).found() ==
        "node 2 has entry 17 of another term than 17, which it is of by the rules");
  for (int step = 0; step < 5; ++step) quiet.becomes(2, many);
  CHECK_FALSE(quiet.found().empty());
}

TEST_CASE("refinement: a follower's commitIndex is bounded by what this append verified") {
  const After held{.term = 2, .log = {1, 1}};
  const After committed{.term = 2, .log = {1, 1}, .commit = 2};
  Script good;
  good.starts(2, held);
  good.hears(2, 1, Entries{.term = 2, .prev = 2, .prev_term = 1, .commit = 9}, committed);
  CHECK(good.found().empty());
  CHECK(good.becomes(2, held).found() == "node 2 took its commitIndex back to 0 from 2");
  Script beyond;
  beyond.starts(2, held);
  beyond.hears(2, 1, Entries{.term = 2, .prev = 1, .prev_term = 1, .commit = 9}, committed);
  CHECK(beyond.found() ==
        "node 2 took commitIndex 2, and node 1 had told it that 9 are committed and that their "
        "logs are equal up to 1");
  Script unasked;
  CHECK(unasked.starts(2, held).becomes(2, committed).found() ==
        "node 2 took commitIndex 2, which no leader had told it");
}

TEST_CASE("refinement: AdvanceCommitIndex counts a majority, of entries of its own term") {
  After after = kLeader;
  after.commit = 1;
  Script alone;
  CHECK(alone.with_leader().becomes(1, after).found() ==
        "node 1 took commitIndex 1, and knew of 1 of 3 that have that entry");
  Script earlier;
  earlier.starts(1, {.term = 1, .log = {1}});
  earlier.becomes(1, {.term = 2, .vote = 1, .role = Role::candidate, .log = {1}});
  After leads{.term = 2, .vote = 1, .role = Role::leader, .log = {1, 2}};
  earlier.hears(1, 2, raft::Message{vote(2)}, leads);
  leads.commit = 1;
  earlier.hears(1, 2, raft::Message{equal_up_to(2, 1)}, leads);
  CHECK(earlier.found() ==
        "node 1 took commitIndex 1 by counting who has it, as leader of term 2, and that entry is "
        "of term 1");
  Script ahead;
  after.commit = 2;
  CHECK(ahead.with_leader().becomes(1, after).found() ==
        "node 1 took commitIndex 2, and its log has 1 entries");
}

TEST_CASE("refinement: Restart gives back what was told of, and nothing that never was") {
  const After before{.term = 2, .vote = 1, .log = {1, 1}};
  const After after{.term = 2, .vote = 1, .log = {1, 1, 2}};
  const Entries append{.term = 2, .prev = 2, .prev_term = 1, .terms = {2}};
  Script script;
  script.starts(2, {.term = 1, .log = {1, 1}});
  script.hears(2, 1, raft::Message{candidacy(2, 2, 1)}, before).hears(2, 1, append, after);
  CHECK(Script{script}.starts(2, {.term = 1, .log = {1, 1}}).found().empty());
  CHECK(Script{script}.starts(2, {.term = 2, .vote = 2, .log = {1, 1}}).found().empty());
  CHECK(Script{script}.starts(2, {.term = 3, .log = {1, 1}}).found() ==
        "node 2 came back in term 3, of which it had not heard");
  CHECK(Script{script}.starts(2, {.term = 2, .vote = 3, .log = {1, 1}}).found() ==
        "node 2 came back with a vote for node 3 in term 2, which it never gave");
  CHECK(Script{script}.starts(2, {.term = 2, .vote = 1, .log = {1, 2}}).found() ==
        "node 2 came back with a log of 2 entries that it never had");
  CHECK(Script{script}.starts(2, {.term = 2, .vote = 1, .log = {1, 1}, .commit = 1}).found() ==
        "node 2 came back with commitIndex 1, and had only known 0 to be committed");
  Script given;  // a vote that it began with
  given.starts(3, {.term = 2, .vote = 1}).starts(3, {.term = 2, .vote = 1});
  CHECK(given.found().empty());
  script.sends(2, 1, raft::Message{vote(2)}).sends(2, 1, raft::Message{equal_up_to(2, 3)});
  CHECK(Script{script}.starts(2, after).found().empty());
  CHECK(Script{script}.starts(2, {.term = 1, .log = {1, 1}}).found() ==
        "node 2 came back in term 1, and had told of term 2");
  CHECK(Script{script}.starts(2, {.term = 2, .log = {1, 1, 2}}).found() ==
        "node 2 came back without its vote for node 1 in term 2, which it had told of");
  CHECK(Script{script}.starts(2, before).found() ==
        "node 2 came back without entry 3, which it had told of");
}

TEST_CASE("refinement: a truncation that nobody was told of may be undone by a crash") {
  const After held{.term = 1, .log = {1, 1, 1}};
  const Entries other{.term = 2, .prev = 1, .prev_term = 1, .terms = {2}};
  Script script;
  script.starts(2, held).hears(2, 3, other, {.term = 2, .log = {1, 2}});
  CHECK(Script{script}.starts(2, held).found().empty());
  CHECK(Script{script}.starts(2, {.term = 2, .log = {1}}).found().empty());
  script.sends(2, 3, raft::Message{equal_up_to(2, 2)});
  CHECK(Script{script}.starts(2, {.term = 2, .log = {1, 1, 1}}).found() ==
        "node 2 came back with a log of 3 entries that it never had");
}

TEST_CASE("refinement: what a server says was true when it said it") {
  Script script;
  script.with_leader();
  CHECK(Script{script}.sends(2, 3, raft::Message{vote(0)}).found() ==
        "node 2 told node 3 of a vote in term 0 that it has not given");
  CHECK(Script{script}.sends(2, 3, raft::Message{candidacy(1, 0, 0)}).found() ==
        "node 2 asked for votes in term 1, in which it did not stand");
  CHECK(Script{script}.sends(1, 3, raft::Message{candidacy(1, 1, 0)}).found() ==
        "node 1 asked for votes in term 1 for a log that ends with entry 1 of term 0, and its own "
        "then was one that is empty");
  CHECK(Script{script}.sends(2, 3, raft::Message{vote(7, false)}).found() ==
        "node 2 told of term 7 while in term 0");
  CHECK(Script{script}.sends(2, 3, Entries{.term = 1}).found() ==
        "node 2 sent entries as leader of term 1, which it never was");
  CHECK(Script{script}.sends(1, 3, Entries{.term = 1, .terms = {1, 1}}).found() ==
        "node 1 sent entries 1 to 2 that are not those of its log");
  CHECK(Script{script}.sends(1, 3, Entries{.term = 1, .commit = 1}).found() ==
        "node 1 told that 1 entries are committed, and knew of 0");
  CHECK(Script{script}.sends(2, 1, raft::Message{equal_up_to(0, 1)}).found() ==
        "node 2 told the leader of term 0 that their logs are equal up to entry 1, which it has "
        "not found");
}

TEST_CASE("refinement: what is sent of an earlier leadership is what was known in it") {
  const Entries all{.term = 1, .terms = {1, 1}, .commit = 1};
  After leads{.term = 1, .vote = 1, .role = Role::leader, .log = {1, 1}, .commit = 0};
  Script script;
  script.with_leader().becomes(1, leads);
  leads.commit = 1;
  script.hears(1, 2, raft::Message{equal_up_to(1, 1)}, leads).sends(1, 3, all);
  // Entry 2 gives way to another, which is committed; what was sent is still on its way out.
  script.hears(1, 3, Entries{.term = 2, .prev = 1, .prev_term = 1, .terms = {2}, .commit = 2},
               {.term = 2, .log = {1, 2}, .commit = 2});
  CHECK(Script{script}.sends(1, 3, all).found().empty());
  CHECK(Script{script}.sends(1, 3, Entries{.term = 1, .terms = {7, 7, 7}, .commit = 1}).found() ==
        "node 1 sent entries 1 to 3 that are not those of its log as leader of term 1");
  CHECK(Script{script}.sends(1, 3, Entries{.term = 1, .terms = {1, 2}, .commit = 1}).found() ==
        "node 1 sent entries 1 to 2 that are not those of its log as leader of term 1");
  CHECK(Script{script}.sends(1, 3, Entries{.term = 1, .terms = {1}, .commit = 2}).found() ==
        "node 1 told that 2 entries are committed, and knew of 1 as leader of term 1");
  // Nor does a crash give it more.
  script.starts(1, {.term = 2, .log = {1, 2}, .commit = 1});
  CHECK(Script{script}.sends(1, 3, all).found().empty());
  CHECK_FALSE(Script{script}.sends(1, 3, Entries{.term = 1, .commit = 99}).found().empty());
}

TEST_CASE("a leader may be elected, append its no-op and step down in one step") {
  const After candidate{.term = 1, .vote = 1, .role = Role::candidate};
  const After over{.term = 1, .vote = 1, .log = {1}};
  Script elected;
  elected.starts(1).becomes(1, candidate).leads_for_a_step(1, 2, raft::Message{vote(1)}, over);
  CHECK(elected.found() == "");
  // Who says that it was elected, and had no majority, is found as before.
  Script alone;
  alone.starts(1).becomes(1, candidate).leads_for_a_step(1, 2, raft::Message{vote(1, false)}, over);
  CHECK(alone.found() != "");
  Script silent;
  silent.starts(1).becomes(1, candidate).hears(1, 2, raft::Message{vote(1)}, over);
  CHECK(silent.found() != "");
}

}  // namespace
}  // namespace snowflk::sim
