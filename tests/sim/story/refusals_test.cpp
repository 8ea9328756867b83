// Who says no says so in the story, and why: §5.2, §5.3, §5.4.1, and the thesis' pre-vote.
#include "tests/sim/story/teller.hpp"

namespace snowflk::sim::story {
namespace {

TEST_CASE("a vote is refused by whoever has voted") {
  const std::string text = told(file("election/split_vote.json"), 1);
  CHECK(
      has(text, "n4    follower          1  refuses its vote to n1 in term 1: it voted for n3\n"));
  CHECK(
      has(text, "n2    follower          1  refuses its vote to n3 in term 1: it voted for n1\n"));
  CHECK(has(text, "candidate         1  refuses its vote to n3 in term 1: it voted for itself\n"));
}

TEST_CASE("a vote is refused to a candidate whose log is behind") {
  const std::string text = told(file("replication/figure7.json"), 3);
  // (c) and (d), and nobody else.
  CHECK(has(text,
            "n4    follower          8  refuses its vote to n1 in term 8: its own log is newer"));
  CHECK(has(text,
            "n5    follower          8  refuses its vote to n1 in term 8: its own log is newer"));
  CHECK(count_of(text, "refuses its vote") == 2);
  CHECK(has(text, "n4    follower          6  would not vote for n1: its own log is newer\n"));
}

TEST_CASE("a vote is refused while a leader is heard, and the term with it") {
  const std::string text = told(file("bugs/S01_late_request_deposes_a_leader.json"), 1);
  CHECK(has(text, "1  refuses its vote to n3 in term 2: it hears its leader, n1\n"));
}

TEST_CASE("a pre-vote is refused in a line: a leader is heard, or the term is past") {
  const std::string rejoin = told(file("election/disruptive_rejoin.json"), 1);
  CHECK(has(rejoin, "would not vote for n3: it hears its leader, n1\n"));
  CHECK(has(rejoin, "would not vote for n3: it leads term 1\n"));
  CHECK(has(told(file("replication/figure8.json"), 1),
            "would not vote for n1: it is in term 3 already\n"));
}

TEST_CASE("the consistency check and the leader's search for the agreement are told") {
  const std::string text = told(file("replication/figure7.json"), 3);
  CHECK(has(text, "lacks entry 10: refuses what follows, its log ends at 4\n"));
  CHECK(has(text, "n1    leader            8  tries n3 from entry 5 on\n"));
  CHECK(has(text, "has term 3 at 10, not 6: refuses what follows\n"));
  CHECK(has(text, "n1    leader            8  tries n7 from entry 4 on\n"));
  CHECK(has(told(file("replication/figure8.json"), 1),
            "n3    follower          4  lacks entry 2: refuses what follows, its log ends at 1\n"));
}

TEST_CASE("a deposed leader's entries are refused for their term") {
  CHECK(has(told(file("bugs/S01_late_request_deposes_a_leader.json"), 1),
            "refuses what n1 sends as leader of term 1: it is in term 2 already\n"));
}

TEST_CASE("what a leader sent ahead beyond a gap is refused once") {
  // Seven entries are on their way to n3 when it lacks the first of them.
  const std::string text = told(file("storage/disk_full.json"), 1);
  CHECK(has(text, "lacks entry 6: refuses what follows, its log ends at 5\n"));
  CHECK(!has(text, "lacks entry 7: refuses what follows, its log ends at 5\n"));
}

TEST_CASE("in a run of many operations only what logs decide is told of refusals") {
  const std::string text = told(file("swarm/everything.json"), 2, false);
  CHECK(!has(text, "it voted for"));
  CHECK(!has(text, "would not vote"));
  CHECK(!has(text, "lacks entry"));
  CHECK(has(text, "its own log is newer"));
}

}  // namespace
}  // namespace snowflk::sim::story
