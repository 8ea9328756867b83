// A story can be followed by whoever knows the paper: entries, commits and logs are told.
#include <algorithm>

#include "sim/story/entries.hpp"
#include "sim/story/phrases.hpp"
#include "tests/sim/story/teller.hpp"

namespace snowflk::sim::story {
namespace {

TEST_CASE(
    "the story of an isolated leader tells what it takes, what commits, and what it gives up") {
  const std::string text = told(file("election/isolated_leader.json"), 7);
  CHECK(has(text, "appends entry 1: no-op (term 1)"));
  CHECK(has(text, "appends entry 3: SET x alone (term 1)"));
  CHECK(has(text, "commits entry 2: SET x everybody"));
  CHECK(has(text, "removes its entries from 3 on"));
  CHECK(has(text, "log 1 1 2 2 | commit 4"));
  CHECK(has(text, "n1 n2 n3: log 1 1 2 2 | commit 4"));
}

TEST_CASE("the story of figure 8 shows the logs as the figure draws them") {
  const std::string text = told(file("replication/figure8.json"), 1);
  CHECK(has(text, "is up: start 2, term 2, log 1 2 | commit 1"));
  CHECK(has(text, "-- n1 n2: log 1 2 4 | commit 1\n"));
  CHECK(has(text, "commits entries 2 to 3: no-op, no-op"));
}

TEST_CASE("in a run of many operations commits are gathered, and entries are not told one by one") {
  const std::string text =
      told(R"({"story": "s", "workload": {"clients": 3, "operations": 300}})", 1, false);
  CHECK(has(text, "commits entries "));
  CHECK(!has(text, ": SET"));
  CHECK(std::ranges::count(text, '\n') < 60);
}

TEST_CASE("a leader's entries are told before a log shows them, also in a run of many operations") {
  const std::string text = told(file("replication/duplicates_and_reordering.json"), 1, false);
  CHECK(has(text, "appends entries 2 to 3\n"));
  CHECK(has(text, "appends entries 4 to 102, commits entries 1 to 102\n"));
  // A command that waited for a leader is appended when one is elected, and not before.
  const std::string waited = told(file("swarm/everything.json"), 11, false);
  const auto elected = waited.find("is elected: leads term 2\n");
  const auto appended = waited.find("appends entry 2: ");
  REQUIRE(elected != std::string::npos);
  REQUIRE(appended != std::string::npos);
  CHECK(elected < appended);
}

TEST_CASE("what clients, clocks and disks do all the time is a line now and then, without zeros") {
  Gathered gathered;
  gathered.outcome(VirtualTime{5}, Outcome::pending);
  gathered.outcome(VirtualTime{6}, Outcome::ok);
  gathered.clock_jump(VirtualTime{7}, NodeId{3});
  gathered.clock_jump(VirtualTime{8}, NodeId{1});
  CHECK(gathered.take(VirtualTime{9}, false).empty());
  const auto lines = gathered.take(VirtualTime{9}, true);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].text == "clients: 1 asked, 1 answered");
  CHECK(lines[0].at == VirtualTime{6});
  CHECK(lines[1].text == "wall clocks jump, 2 times in all: n1 n3");
  CHECK(gathered.take(VirtualTime{10}, true).empty());
  gathered.failed_read(VirtualTime{10}, NodeId{2});
  CHECK(gathered.take(VirtualTime{10}, true).front().text == "a disk fails to read: n2");
  gathered.outcome(VirtualTime{11}, Outcome::failed);
  CHECK(gathered.take(VirtualTime{11} + seconds(1), false).size() == 1);
}

TEST_CASE("an entry is told with its own term") {
  const std::string figure7 = told(file("replication/figure7.json"), 3);
  CHECK(has(figure7, "appends entries 5 to 11: SET x 5, SET x 6 … no-op (terms 4 5 5 6 6 6 8)\n"));
  const std::string append = told(file("bugs/S10_append_to_an_entry_of_another_term.json"), 1);
  CHECK(has(append, "appends entries 2 to 3: SET x 2, no-op (terms 2 3)\n"));
}

TEST_CASE("an entry is told as the same command when it is appended and when it is committed") {
  const std::string full = told(file("storage/disk_full.json"), 1);
  CHECK(has(full, ": SET key4 "));
  CHECK(!has(full, ": command"));
  // What a node finds on its disk at its start, too.
  CHECK(has(told(file("replication/figure7.json"), 3),
            "commits entries 1 to 11: SET x 1, SET x 2 … no-op\n"));
  const std::string counted = told(file("storage/power_cut_whole_cluster.json"), 1);
  CHECK(has(counted, "appends entry 3: INCR counter (term 1)\n"));
  CHECK(!has(counted, "INCRBY"));
}

TEST_CASE("a node is called by the name that the script gave it last") {
  const std::string text = told(R"({"story": "s", "by_hand": ["timers"], "script": [
    {"until": {"role": {"1": "follower", "2": "follower", "3": "follower"}}}, {"until": "idle"},
    {"campaign": 1}, {"until": "leader", "as": "early"}, {"until": "idle"}, {"run": "1s"},
    {"campaign": 2}, {"until": "leader", "as": "other"}, {"until": "idle"}, {"run": "1s"},
    {"campaign": 1}, {"until": "leader", "as": "late"}, {"until": "idle"}]})",
                                1);
  CHECK(has(text, "n1, the leader of term 1, is called \"early\""));
  CHECK(has(text, "n1, the leader of term 3, is called \"late\""));
  const auto named = text.find("is called \"late\"");
  REQUIRE(named != std::string::npos);
  CHECK(has(text.substr(named), "n1 (late)"));
  CHECK(!has(text.substr(named), "(early)"));
}

TEST_CASE("what a node does again and again is told once, and counted") {
  const std::string text = told(R"({"story": "s", "script": [{"until": "leader", "as": "l"},
    {"isolate": "l"}, {"until": "leader", "as": "m"}, {"run": "5s"}]})",
                                1);
  CHECK(has(text, " times more: hears no leader"));
}

TEST_CASE("a long log is a row of counted terms") {
  raft::Log log;
  CHECK(log_row(log) == "empty");
  for (u64 i = 0; i < 3; ++i) log.append({.term = Term{1}, .kind = raft::EntryKind::command});
  log.append({.term = Term{4}, .kind = raft::EntryKind::command});
  CHECK(log_row(log) == "1 1 1 4");
  for (u64 i = 0; i < 50; ++i) log.append({.term = Term{5}, .kind = raft::EntryKind::command});
  CHECK(log_row(log) == "1x3 4x1 5x50");
}

TEST_CASE("bytes that no terminal should see are quoted") {
  std::string text;
  append_value(text, std::string_view{"\x1b[2J\0", 5});
  CHECK(std::ranges::none_of(text, [](char c) { return c < ' ' || c == 0x7f; }));
  CHECK(text.starts_with('"'));
}

}  // namespace
}  // namespace snowflk::sim::story
