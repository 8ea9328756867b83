// The checks of Figure 3, and of what nodes promise: each sees the violation that it is for, and
// lets pass what is right, however odd it looks.
#include "sim/check/election_safety.hpp"
#include "sim/check/figure2_rules.hpp"
#include "sim/check/leader_append_only.hpp"
#include "sim/check/leader_completeness.hpp"
#include "sim/check/log_matching.hpp"
#include "sim/check/promises_kept.hpp"
#include "sim/check/state_digest.hpp"
#include "sim/check/state_machine_safety.hpp"
#include "tests/catch.hpp"
#include "tests/sim/check/step_script.hpp"

namespace snowflk::sim {
using snowflk::sim::testing::StepScript;

TEST_CASE("election safety: two leaders of one term are a violation, of two terms none") {
  StepScript<ElectionSafety> good;
  good.leads(1, 1).leads(2, 2).leads(1, 3).leads(3, 5);
  CHECK(good.sentence().empty());
  good.leads(2, 3);
  CHECK(good.sentence() ==
        "node 2 became leader of term 3 at 0.005000 s, which node 1 has been leader of since "
        "0.003000 s");
  StepScript<ElectionSafety> twice;
  twice.leads(1, 1).leads(1, 1);
  CHECK(twice.broken());
}

TEST_CASE("leader append-only: a leader that drops entries is a violation, a follower none") {
  StepScript<LeaderAppendOnly> good;
  good.starts(1, {1, 1}).truncates(1, 2).appends(1, {2}).leads(1, 3).appends(1, {3, 3});
  good.steps_down(1, 3).truncates(1, 3);
  CHECK(good.sentence().empty());
  StepScript<LeaderAppendOnly> bad;
  bad.starts(1, {1, 1}).leads(1, 3).truncates(1, 2);
  CHECK(bad.sentence() ==
        "node 1, the leader of term 3, dropped its entries from index 2 on at 0.003000 s");
}

TEST_CASE("leader append-only: a log that changes without a word is seen too") {
  StepScript<LeaderAppendOnly> shorter;
  shorter.starts(1, {1, 1}).leads(1, 3).set_log(1, {1});
  CHECK(shorter.silent(1).sentence() ==
        "node 1, the leader of term 3, lost entry 2 of its log at 0.003000 s");
  StepScript<LeaderAppendOnly> other;
  other.starts(1, {1, 1}).leads(1, 3).set_log(1, {1, 2});
  CHECK(other.silent(1).sentence() ==
        "node 1, the leader of term 3, overwrote entry 2 of term 1 at 0.003000 s");
}

TEST_CASE("log matching: one index and term, two predecessors") {
  StepScript<LogMatching> good;
  good.appends(1, {1, 1, 2}).appends(2, {1, 1, 3}).truncates(2, 3).appends(2, {2, 4});
  good.starts(3, {1, 1, 2, 4});
  CHECK(good.sentence().empty());
  StepScript<LogMatching> bad;
  bad.appends(1, {1, 1, 3}).appends(2, {1, 2, 3});
  CHECK(bad.sentence() ==
        "nodes 1 and 2 have an entry of index 3 and term 3, but before it terms 1 and 2 (seen at "
        "0.002000 s)");
  StepScript<LogMatching> restarted;
  restarted.appends(1, {1, 1, 3}).starts(2, {1, 2, 3});
  CHECK(restarted.broken());
}

TEST_CASE("log matching: one index and term, two entries") {
  StepScript<LogMatching> sizes;
  sizes.appends(1, {1}, 10).appends(2, {1}, 11);
  CHECK(sizes.broken());
  StepScript<LogMatching> payloads;
  payloads.appends(1, {1}).appends(2, {1}).applies(1, 1, 1, 77).applies(2, 1, 1, 77);
  CHECK_FALSE(payloads.broken());
  payloads.applies(3, 1, 1, 78);
  CHECK(payloads.sentence() ==
        "nodes 1 and 3 have an entry of index 1 and term 1, but with different payloads (seen at "
        "0.005000 s)");
}

TEST_CASE("leader completeness: a leader without a committed entry") {
  StepScript<LeaderCompleteness> good;
  good.starts(1, {}).starts(2, {}).leads(1, 1).appends(1, {1, 1}).commits(1, 2);
  good.appends(2, {1, 1}).leads(2, 2);
  CHECK(good.sentence().empty());
  good.starts(3, {1}).leads(3, 4);
  CHECK(good.sentence() ==
        "node 3 became leader of term 4 at 0.009000 s without entry 2 of term 1, which node 1 "
        "committed in term 1");
}

TEST_CASE("leader completeness: who is elected late, in a lower term, need not have it") {
  StepScript<LeaderCompleteness> good;
  good.starts(1, {}).starts(2, {}).leads(1, 5).appends(1, {5}).commits(1, 1).leads(2, 4);
  CHECK(good.sentence().empty());
  // A follower's commit index is hearsay; it names no term in which the entry was committed.
  StepScript<LeaderCompleteness> hearsay;
  hearsay.starts(1, {1}).commits(1, 1).starts(2, {}).leads(2, 1);
  CHECK(hearsay.sentence().empty());
}

TEST_CASE("state machine safety: two entries at one index") {
  StepScript<StateMachineSafety> good;
  good.starts(1, {1, 2}).starts(2, {1, 3}).commits(1, 2).applies(1, 1, 1).applies(1, 2, 2);
  good.commits(2, 1).applies(2, 1, 1);
  CHECK(good.sentence().empty());
  StepScript<StateMachineSafety> committed = good;
  committed.commits(2, 2);
  CHECK(committed.sentence() ==
        "node 2 committed entry 2 of term 3, where node 1 committed entry 2 of term 2 (at "
        "0.008000 s)");
  StepScript<StateMachineSafety> payload = good;
  payload.starts(2, {1, 2}, 2).applies(2, 1, 1, 5);
  CHECK(payload.sentence() ==
        "node 2 applied entry 1 of term 1 with another payload than node 1 (at 0.009000 s)");
}

TEST_CASE("state machine safety: a commit index that goes back, but for a restart") {
  StepScript<StateMachineSafety> good;
  good.starts(1, {1, 1}).commits(1, 2).starts(1, {1, 1}, 0).commits(1, 1).commits(1, 1);
  CHECK(good.sentence().empty());
  good.commits(1, 0);
  CHECK(good.sentence() == "node 1 took its commit index back from 1 to 0 (at 0.006000 s)");
}

TEST_CASE("state machine safety: entries are applied in order, committed, and stay") {
  StepScript<StateMachineSafety> early;
  CHECK(early.starts(1, {1, 1}, 1).applies(1, 1, 1).applies(1, 2, 1).broken());
  StepScript<StateMachineSafety> gap;
  CHECK(gap.starts(1, {1, 1}, 2).applies(1, 2, 1).broken());
  StepScript<StateMachineSafety> dropped;
  dropped.starts(1, {1, 1, 1}, 1).truncates(1, 2);
  CHECK_FALSE(dropped.broken());
  CHECK(dropped.truncates(1, 1).broken());
  StepScript<StateMachineSafety> ahead;
  CHECK(ahead.starts(1, {1}, 0).commits(1, 2).broken());
}

TEST_CASE("state digest: equal indexes, different states") {
  StepScript<StateDigest> check;
  check.applies(1, 1, 1, 7, 100).applies(2, 1, 1, 7, 100).applies(1, 2, 1, 8, 200);
  CHECK(check.sentence().empty());
  check.applies(1, 1, 1, 7, 100);  // after a restart
  CHECK(check.sentence().empty());
  check.applies(2, 2, 1, 8, 201);
  CHECK(check.sentence() ==
        "nodes 1 and 2 have different states after entry 2 of term 1 (seen at 0.005000 s)");
}

TEST_CASE("vote once: a second candidate in a term, also after a restart") {
  const raft::RequestVoteReply granted{.term = Term{4}, .vote_granted = true};
  const raft::RequestVoteReply refused{.term = Term{4}, .vote_granted = false};
  StepScript<VoteOnce> good;
  good.sends(1, 2, granted).sends(1, 3, refused);
  good.in_term(1, 4).has_voted(1, 2).starts(1, {}).sends(1, 2, granted).sends(2, 3, granted);
  CHECK(good.sentence().empty());
  good.sends(1, 3, granted);
  CHECK(good.sentence() ==
        "node 1 voted for node 3 in term 4 at 0.006000 s, and had voted for node 2 in that term");
  raft::RequestVote candidacy;
  candidacy.term = Term{6};
  StepScript<VoteOnce> candidate;
  candidate.sends(1, 2, candidacy).sends(1, 3, refused);
  CHECK_FALSE(candidate.broken());
  candidate.sends(1, 3, raft::RequestVoteReply{.term = Term{6}, .vote_granted = true});
  CHECK(candidate.broken());
}

TEST_CASE("vote once: a vote that was told of is known after a restart") {
  const raft::RequestVoteReply granted{.term = Term{4}, .vote_granted = true};
  StepScript<VoteOnce> told;
  told.sends(1, 2, granted);
  StepScript<VoteOnce> later = told;
  CHECK_FALSE(later.in_term(1, 5).starts(1, {}).broken());
  StepScript<VoteOnce> other = told;
  CHECK(other.in_term(1, 4).has_voted(1, 3).starts(1, {}).broken());
  told.in_term(1, 3).starts(1, {});
  CHECK(told.sentence() ==
        "node 1 came back at 0.002000 s and has forgotten its vote for node 2 in term 4, which it "
        "had told of");
}

TEST_CASE("election restriction: a vote for a log that is behind") {
  raft::RequestVote candidacy;
  candidacy.term = Term{5};
  candidacy.last_log_index = LogIndex{3};
  candidacy.last_log_term = Term{2};
  StepScript<ElectionRestriction> check;
  check.starts(1, {2, 2, 2}).starts(3, {3}).sends(2, 1, candidacy).grants(1, 5, 2);
  CHECK(check.sentence().empty());
  StepScript<ElectionRestriction> longer = check;
  longer.appends(1, {2}).grants(1, 5, 2);
  CHECK(longer.broken());
  check.grants(3, 5, 2);
  CHECK(check.sentence() ==
        "node 3, whose log ends with entry 1 of term 3, voted at 0.005000 s in term 5 for node 2, "
        "whose log ends with entry 3 of term 2");
}

TEST_CASE("commit restriction: an entry of an earlier term that a leader counts") {
  StepScript<CommitRestriction> check;
  check.starts(1, {1, 2}).commits(1, 1).leads(1, 3).appends(1, {3}).commits(1, 3);
  check.starts(2, {1, 2}).commits(2, 2);
  CHECK(check.sentence().empty());
  StepScript<CommitRestriction> bad;
  bad.starts(1, {1, 2}).leads(1, 3).appends(1, {3}).commits(1, 2);
  CHECK(bad.sentence() ==
        "node 1, the leader of term 3, counted entry 2 of term 2 to be committed at 0.004000 s");
}

namespace {

raft::AppendEntriesReply stored(u64 term, u64 match) {
  raft::AppendEntriesReply reply;
  reply.term = Term{term};
  reply.success = true;
  reply.match_index = LogIndex{match};
  return reply;
}

}  // namespace

TEST_CASE("acknowledged entries: what was acknowledged is there after a restart") {
  StepScript<AcknowledgedEntries> good;
  good.starts(2, {}).in_term(2, 1).appends(2, {1, 1, 1}).sends(2, 1, stored(1, 2));
  good.starts(2, {1, 1});  // the third was never acknowledged
  CHECK(good.sentence().empty());
  StepScript<AcknowledgedEntries> lost = good;
  lost.starts(2, {1});
  CHECK(lost.sentence() ==
        "node 2 came back at 0.005000 s without entry 2 of term 1, which it had acknowledged as "
        "stored");
  StepScript<AcknowledgedEntries> changed = good;
  CHECK(changed.starts(2, {1, 2}).broken());
}

TEST_CASE("acknowledged entries: what a later leader overwrote is no longer promised") {
  StepScript<AcknowledgedEntries> check;
  check.starts(2, {}).in_term(2, 1).appends(2, {1, 1, 1}).sends(2, 1, stored(1, 3));
  check.in_term(2, 2).truncates(2, 2).appends(2, {2, 2});
  check.sends(2, 1, stored(1, 3));  // held back until the disk was done, and of no weight now
  check.starts(2, {1});
  CHECK(check.sentence().empty());
  check.in_term(2, 2).appends(2, {2, 2}).sends(2, 3, stored(2, 3)).starts(2, {1, 1, 1});
  CHECK(check.broken());
}

}  // namespace snowflk::sim
