// Figure 3 of the paper over generated worlds: each property by itself, with the check that judges
// it and no other, so that each is seen to hold, and to fall, alone.
#include "sim/check/election_safety.hpp"
#include "sim/check/leader_append_only.hpp"
#include "sim/check/leader_completeness.hpp"
#include "sim/check/log_matching.hpp"
#include "sim/check/state_machine_safety.hpp"
#include "tests/catch.hpp"
#include "tests/properties/judged.hpp"

namespace snowflk::sim {
namespace {

constexpr int kCases = 300;

template <class Check>
void holds(const std::string& sentence, const std::string& name) {
  check_worlds(sentence, name, kCases,
               [](const WorldOptions& options) { return watched_by(options, Check{}); });
}

TEST_CASE("Election Safety: at most one leader can be elected in a given term") {
  holds<ElectionSafety>("at most one leader in a term", "election_safety");
}

TEST_CASE("Leader Append-Only: a leader never overwrites or deletes entries in its log") {
  holds<LeaderAppendOnly>("a leader only appends", "leader_append_only");
}

TEST_CASE("Log Matching: an entry with the same index and term means equal logs up to it") {
  holds<LogMatching>("logs that agree in an entry agree up to it", "log_matching");
}

TEST_CASE("Leader Completeness: a committed entry is in the logs of all later leaders") {
  holds<LeaderCompleteness>("later leaders have what was committed", "leader_completeness");
}

TEST_CASE("State Machine Safety: no two servers apply different entries at the same index") {
  holds<StateMachineSafety>("one entry is applied at an index", "state_machine_safety");
}

}  // namespace
}  // namespace snowflk::sim
