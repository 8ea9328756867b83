// Who may refuse, and what proves that a cluster cannot go on.
#include "sim/check/certificate.hpp"

#include "sim/check/refusals.hpp"
#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"
#include "tests/sim/check/checked_run.hpp"

namespace snowflk::sim {
using snowflk::sim::testing::CheckedRun;

namespace {

WorldOptions small_world() {
  WorldOptions options;
  options.workload.operations = 40;
  options.workload.think_mean = milliseconds(2);
  return options;
}

void restart_after_power_cut(CheckedRun& run, NodeId node) {
  run.world.crash(node, CrashKind::machine);
  CHECK(run.run_for(Duration{0}));
  run.world.restart(node);
  CHECK(run.run_for(seconds(2)));
}

/// A bit turns in entry 2 of all nodes but one, so that they refuse.
void spoil_all_but(CheckedRun& run, NodeId one) {
  for (const NodeId node : run.world.nodes()) {
    if (node == one) continue;
    REQUIRE(run.world.rot_entry(node, LogIndex{2}));
    restart_after_power_cut(run, node);
    REQUIRE(refuses(run.world, node));
  }
}

/// Of three nodes the first two refuse.
CheckedRun two_of_three_refuse() {
  CheckedRun run{small_world()};
  REQUIRE(run.run_for(seconds(3)));
  spoil_all_but(run, NodeId{3});
  return run;
}

}  // namespace

TEST_CASE("rot excuses a node that refuses, and half of the nodes a cluster that is stuck") {
  CheckedRun run{small_world()};
  REQUIRE(run.run_for(seconds(3)));
  const auto why = [&] {
    const CommittedLog& committed = run.checks.committed_log();
    return why_invalid(certify(run.world, committed), run.world, committed);
  };
  CHECK(why() == "the other 3 of 3 nodes are a majority");
  REQUIRE(run.world.rot_entry(NodeId{1}, LogIndex{2}));
  restart_after_power_cut(run, NodeId{1});
  CHECK(refuses(run.world, NodeId{1}));
  CHECK_FALSE(unexcused_refusal(run.world));
  CHECK(why() == "the other 2 of 3 nodes are a majority");

  const CheckedRun stuck = two_of_three_refuse();
  const Certificate certificate = certify(stuck.world, stuck.checks.committed_log());
  CHECK_FALSE(why_invalid(certificate, stuck.world, stuck.checks.committed_log()));
  CHECK(certificate.holders == std::vector<NodeId>{NodeId{3}});
  CHECK(certificate.entry == stuck.world.node(NodeId{3}).applied_index());
  CHECK(certificate.missing == LogIndex{});
  CHECK(certificate.refusals[0].harms.size() == 1);
  CHECK(print(certificate).starts_with("no majority can be had, 2 of 3 nodes refuse; entry "));
}

TEST_CASE("harm elsewhere on the disk is no excuse") {
  CheckedRun run = two_of_three_refuse();
  Certificate certificate = certify(run.world, run.checks.committed_log());
  // What was done to another file, or was not done at all, is not why it refuses.
  const Harm real = certificate.refusals[0].harms[0];
  Harm& claimed = certificate.refusals[0].harms[0];
  const auto why = [&] { return why_invalid(certificate, run.world, run.checks.committed_log()); };
  claimed.offset += 1;
  CHECK(why()->starts_with("this was not done to n1"));
  claimed = real;
  claimed.file.kind = bitcask::FileKind::meta;
  CHECK(why()->starts_with("this was not done to n1"));
  claimed = real;
  CHECK_FALSE(why());

  // Its refusal is held to the place, not to the disk: metadata that rots does not excuse the log.
  REQUIRE(run.world.rot_byte(NodeId{1}, bitcask::FileId{bitcask::FileKind::meta, 0}, 0));
  CHECK(excuses(run.world, NodeId{1}) == std::vector<Harm>{real});
}

TEST_CASE("every claim of a certificate is held against the world") {
  const CheckedRun run = two_of_three_refuse();
  const Certificate certificate = certify(run.world, run.checks.committed_log());
  const auto why = [&](auto change) {
    Certificate changed = certificate;
    change(changed);
    return why_invalid(changed, run.world, run.checks.committed_log()).value_or("valid");
  };
  CHECK(why([](Certificate&) {}) == "valid");
  CHECK(why([](Certificate& c) { c.nodes = 4; }) == "it is of a cluster of another size");
  CHECK(why([](Certificate& c) { c.refusals.pop_back(); }) ==
        "the other 2 of 3 nodes are a majority");
  CHECK(why([](Certificate& c) { c.refusals[1] = c.refusals[0]; }) == "n1 is counted twice");
  CHECK(why([](Certificate& c) { c.refusals[1].node = NodeId{3}; }) == "n3 takes part");
  CHECK(why([](Certificate& c) { c.refusals[1].reason = "no"; }) == "n2 does not say: no");
  CHECK(why([](Certificate& c) {
          c.refusals[1].harms.clear();
        }).starts_with("n2 refuses, though nothing on its disk was damaged there: seg-"));
  CHECK(why([](Certificate& c) { c.holders.clear(); }).starts_with("n3 holds entry "));
  CHECK(why([](Certificate& c) {
          c.holders.push_back(NodeId{1});
        }).starts_with("n1 does not hold entry "));
  CHECK(why([](Certificate& c) {
          c.entry = LogIndex{999'999};
          c.term = Term{77};
          c.holders.clear();
        }).starts_with("the newest committed entry is "));
  CHECK(why([](Certificate& c) { c.entry = LogIndex{1}; }).ends_with(", and not 1 of term 1"));
  CHECK(why([](Certificate& c) { c.term = Term{2}; })
            .ends_with(" of term 1, and not " + std::to_string(certificate.entry.value) +
                       " of term 2"));
  CHECK(why([](Certificate& c) { c.missing = LogIndex{1}; }) == "entry 1 is held by somebody");
  CHECK(why([](Certificate& c) { c.missing = c.entry.next(); }).ends_with(" was never committed"));
}

TEST_CASE("who is left out is a claim too, and is held against the world") {
  CheckedRun run{small_world()};
  REQUIRE(run.run_for(seconds(3)));
  spoil_all_but(run, NodeId{3});
  run.world.leave_out(NodeId{3}, LastingFault::deaf);
  REQUIRE(run.run_for(Duration{0}));
  const Certificate certificate = certify(run.world, run.checks.committed_log());
  const auto why = [&](auto change) {
    Certificate changed = certificate;
    change(changed);
    return why_invalid(changed, run.world, run.checks.committed_log()).value_or("valid");
  };
  REQUIRE(certificate.left_out.size() == 1);
  CHECK(certificate.holders.empty());
  CHECK(why([](Certificate&) {}) == "valid");
  CHECK(why([](Certificate& c) { c.left_out[0].fault = LastingFault::mute; }) ==
        "it is not so that n3 is heard by no peer any more");
  CHECK(why([](Certificate& c) { c.left_out[0].node = NodeId{1}; }) ==
        "n1 refuses, and is no other");
  CHECK(why([](Certificate& c) { c.left_out.push_back(c.left_out[0]); }) == "n3 is counted twice");
  CHECK(print(certificate)
            .starts_with("no majority can be had, 3 of 3 nodes refuse or are left out; entry "));
}

TEST_CASE("a certificate names the first committed entry that nobody who takes part can give") {
  WorldOptions options = small_world();
  options.workload.operations = 10'000;
  options.workload.patience = milliseconds(200);
  CheckedRun run{options};
  REQUIRE(run.run_for(milliseconds(600)));
  const NodeId behind{run.world.leader() == NodeId{3} ? 2U : 3U};
  run.world.isolate(behind);
  REQUIRE(run.run_for(seconds(1)));
  spoil_all_but(run, behind);
  const CommittedLog& committed = run.checks.committed_log();
  const LogIndex held = run.world.node(behind).raft()->log().last_index();
  Certificate certificate = certify(run.world, committed);
  REQUIRE(held.next() < certificate.entry);
  CHECK(certificate.missing == held.next());
  CHECK(certificate.holders.empty());
  CHECK_FALSE(why_invalid(certificate, run.world, committed));
  const std::string number = std::to_string(held.value + 1);
  CHECK(print(certificate).find(", and entry " + number + " by nobody. ") != std::string::npos);
  certificate.missing = LogIndex{};
  CHECK(why_invalid(certificate, run.world, committed) == "entry " + number + " is held by nobody");
  certificate.missing = held.next().next();
  CHECK(why_invalid(certificate, run.world, committed) == "entry " + number + " is held by nobody");
}

TEST_CASE("a cluster is called stuck when all have started, and who is not up holds nothing") {
  const auto wiped = scenario::parse(R"({"story": "s", "nodes": 3, "script": [
    {"until": "leader"}, {"propose": ["SET", "x", 1], "as": "w"}, {"until": "answered"},
    {"run": "100ms"}, {"wipe": "all"}]})");
  REQUIRE(wiped);
  for (u64 seed = 1; seed <= 6; ++seed) {
    const scenario::RunResult result = scenario::run(*wiped, seed, nullptr);
    CHECK_FALSE(result.violation);
    INFO(result.excuse);
    CHECK(result.excuse.starts_with(
        "no majority can be had, 3 of 3 nodes refuse; entry 2 of term 1 is held by nobody"));
  }
  const auto before = scenario::parse(
      R"({"story": "s", "nodes": 3, "script": [{"run": "10ms"}, {"wipe": "all"}]})");
  REQUIRE(before);
  const scenario::RunResult result = scenario::run(*before, 1, nullptr);
  INFO(result.excuse);
  CHECK(result.excuse.starts_with(
      "no majority can be had, 3 of 3 nodes refuse; nothing was committed. n1 refuses: "));
}

TEST_CASE("a bit that was turned is on record, with its file") {
  CheckedRun run{small_world()};
  REQUIRE(run.run_for(seconds(1)));
  CHECK(run.world.seat(NodeId{1}).disk.harms().empty());
  REQUIRE(run.world.rot_entry(NodeId{1}, LogIndex{2}));
  const std::vector<Harm> harms = run.world.seat(NodeId{1}).disk.harms();
  REQUIRE(harms.size() == 1);
  CHECK(harms[0].kind == HarmKind::turned_bit);
  CHECK(harms[0].file.kind == bitcask::FileKind::segment);
  CHECK(phrase_harms(harms).ends_with(": a bit turned"));
}

TEST_CASE("a batch may be missed a segment early, and a file that was lost be found unlisted") {
  const auto swarm = scenario::parse(R"({"story": "s", "swarm": true})");
  REQUIRE(swarm);
  // Three worlds in which the batch that is gone began a segment, and one in which a lost file is
  // found again that no manifest lists any more.
  for (const u64 seed : {6360U, 7099U, 19973U, 13339U}) {
    const scenario::RunResult result = scenario::run(*swarm, seed, nullptr);
    INFO("seed " << seed << ": " << (result.violation ? result.violation->sentence : ""));
    CHECK(!result.violation);
  }
}

}  // namespace snowflk::sim
