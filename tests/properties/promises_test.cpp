// What the store promises, beyond Figure 3, over generated worlds: to its clients, to its peers,
// and that it comes to rest once the faults are over.
#include "sim/check/committed_log.hpp"
#include "sim/check/figure2_rules.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/promises_kept.hpp"
#include "sim/check/state_digest.hpp"
#include "sim/check/witness.hpp"
#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"
#include "tests/properties/judged.hpp"
#include "tests/properties/worlds.hpp"

namespace snowflk::sim {
namespace {

constexpr int kCases = 300;

/// Runs a world to its end for the sake of its history and of the log that was committed.
struct Lived {
  explicit Lived(const WorldOptions& options) : world(options) {
    const VirtualTime chaos_ends{options.chaos.value};
    run(chaos_ends);
    world.heal();
    run(chaos_ends + kCalm);
  }
  void run(VirtualTime limit) {
    while (const auto record = world.step(limit)) {
      if (record->stepped) log.observe(world.view(*record));
    }
  }
  World world;
  CommittedLog log;
};

std::string sentence_of(const Finding& finding) {
  return finding ? finding->property + ": " + finding->sentence : std::string();
}

TEST_CASE("What was acknowledged survives, and the log explains every reply") {
  check_worlds("answered writes are in the log, each with the reply that it has there",
               "acknowledged_survives", kCases, [](const WorldOptions& options) {
                 const Lived lived{options};
                 return sentence_of(judge_by_log(lived.world.history(), lived.log));
               });
}

TEST_CASE("There is one order of all operations that explains every reply and respects time") {
  // A search that comes to its bound has no verdict: the witness above has one for every history.
  constexpr LinearLimits kLimits{.steps_max = 500'000, .memo_slots_max = 1ULL << 18};
  check_worlds("client histories are linearizable", "linearizability", kCases,
               [&](const WorldOptions& options) {
                 const Lived lived{options};
                 const LinearVerdict verdict = judge_linearizable(lived.world.history(), kLimits);
                 const bool broken = verdict.judgement == Judgement::not_linearizable;
                 return broken ? verdict.sentence : std::string();
               });
}

TEST_CASE("A node votes for one candidate in a term, over all its lives") {
  check_worlds("a vote that was told of is never another one", "vote_once", kCases,
               [](const WorldOptions& options) { return watched_by(options, VoteOnce{}); });
}

TEST_CASE("What a node acknowledged to a leader is in its log when it starts again") {
  check_worlds(
      "acknowledged entries survive every crash", "acknowledged_entries", kCases,
      [](const WorldOptions& options) { return watched_by(options, AcknowledgedEntries{}); });
}

TEST_CASE("Nobody votes for a candidate whose log is behind") {
  check_worlds(
      "votes go to logs that are up-to-date", "election_restriction", kCases,
      [](const WorldOptions& options) { return watched_by(options, ElectionRestriction{}); });
}

TEST_CASE("Only entries of its own term does a leader commit by counting") {
  check_worlds(
      "the entry that is counted is of the leader's term", "commit_restriction", kCases,
      [](const WorldOptions& options) { return watched_by(options, CommitRestriction{}); });
}

TEST_CASE("Equal indexes have equal states on all nodes") {
  check_worlds("digests of states are equal at equal indexes", "state_digest", kCases,
               [](const WorldOptions& options) { return watched_by(options, StateDigest{}); });
}

TEST_CASE("A world whose faults are over converges, answers its clients, and passes every check") {
  check_worlds("worlds converge", "convergence", kCases, [](const WorldOptions& options) {
    const auto scenario = scenario::parse(scenario_text(options));
    if (!scenario) return std::string("the scenario of this world does not pass the gate");
    return sentence_of(scenario::run(*scenario, scenario->seed, nullptr).violation);
  });
}

}  // namespace
}  // namespace snowflk::sim
