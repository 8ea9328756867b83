// What a ledger counts, and what it says has never been.
#include "sim/scenario/ledger.hpp"

#include <algorithm>

#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

LedgerCounts counts_of(const std::string& members) {
  const auto scenario = parse(R"({"story": "s", )" + members + "}");
  if (!scenario) FAIL(describe("s", scenario.error()));
  Ledger ledger;
  const RunResult result = run(*scenario, 1, &ledger);
  CHECK(!result.violation);
  return ledger.counts();
}

bool lacks(const LedgerCounts& counts, const std::string& pair) {
  const auto never = never_hit(counts);
  return std::ranges::find(never, pair) != never.end();
}

TEST_CASE("an empty ledger lacks every pair that a swarm can draw") {
  CHECK(never_hit(LedgerCounts{}).size() == expected_pairs() + 2 * all_marks().size());
  CHECK(lacks(LedgerCounts{}, "wipe x rotation"));
  CHECK(!lacks(LedgerCounts{}, "lying_sync x rest"));  // no swarm draws it
}

TEST_CASE("a crash is counted in the phase in which it came") {
  const LedgerCounts early = counts_of(R"("script": [{"crash": 1}, {"run": "10ms"}])");
  CHECK(!lacks(early, "process_crash x election"));
  CHECK(lacks(early, "process_crash x rest"));
  const LedgerCounts late = counts_of(R"("script": [{"until": "leader", "as": "a"},
    {"run": "1s"}, {"until": "idle"}, {"power_cut": 1}, {"run": "1ms"}])");
  CHECK(lacks(late, "process_crash x rest"));
  CHECK(!lacks(late, "machine_crash x rest"));
  CHECK(lacks(late, "machine_crash x election"));
}

TEST_CASE("what links count themselves is in the ledger too") {
  const LedgerCounts counts =
      counts_of(R"("duration": "3s", "network": {"loss": "20%"}, "workload": {"operations": 100})");
  CHECK(!lacks(counts, "loss x election"));
  CHECK(!lacks(counts, "loss x replication"));
  CHECK(!lacks(counts, "loss x reads"));
}

TEST_CASE("a ledger comes from one process to another as it is, and ledgers add up") {
  LedgerCounts counts = counts_of(R"("script": [{"crash": 1}, {"run": "10ms"}])");
  const LedgerCounts copy = unpack_ledger(pack(counts));
  CHECK(copy.pairs == counts.pairs);
  CHECK(copy.marks == counts.marks);
  const auto row = ledger_row(counts);
  const auto ways = ledger_ways();
  REQUIRE(row.size() == ways.size());
  std::vector<std::string> zeros;
  for (std::size_t at = 0; at < ways.size(); ++at) {
    if (row[at] == 0) zeros.push_back(ways[at]);
  }
  CHECK(zeros == never_hit(counts));
  CHECK(zeros.size() < ways.size());
  counts.add(copy);
  CHECK(counts.pairs != copy.pairs);
  CHECK(never_hit(counts) == never_hit(copy));
  CHECK(ledger_json(counts, 2).starts_with(R"({"seeds":2,"pairs":{"loss":{"election":)"));
}

}  // namespace
}  // namespace snowflk::sim::scenario
