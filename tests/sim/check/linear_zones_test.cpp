// Two values that a key would have had to hold at once, against a search that tries every order.
#include "sim/check/linear_zones.hpp"

#include "core/base/prng.hpp"
#include "sim/check/linearizability.hpp"
#include "tests/catch.hpp"
#include "tests/sim/check/history_builder.hpp"

namespace snowflk::sim {
namespace {

using snowflk::sim::testing::HistoryBuilder;

std::vector<u64> conflict_of(const HistoryBuilder& h) {
  std::vector<u64> ids;
  for (const OperationId id : conflicting_zones(make_linear_problem(h.history()))) {
    ids.push_back(id.value);
  }
  return ids;
}

using Ids = std::vector<u64>;

TEST_CASE("a read of what was overwritten before it is in conflict with both writes") {
  HistoryBuilder h;
  h.done(1, "SET x 1", "OK");
  h.done(1, "SET x 2", "OK");
  CHECK(conflict_of(h) == Ids{});
  h.done(2, "GET x", "1");
  CHECK(conflict_of(h) == Ids{0, 1, 2});
}

TEST_CASE("of two reads the second may not see the older value, whenever it was written") {
  HistoryBuilder h;
  const OperationId a = h.invoke(1, "SET x a");
  const OperationId b = h.invoke(2, "SET x b");
  h.done(3, "GET x", "a");
  h.done(3, "GET x", "b");
  CHECK(conflict_of(h) == Ids{});
  h.done(3, "GET x", "a");
  CHECK(conflict_of(h) == Ids{2, 3, 4});
  h.ok(a, "OK");
  h.unknown(b);
  CHECK(conflict_of(h) == Ids{2, 3, 4});
}

TEST_CASE("what is read before it is written, or never written, or missed at first") {
  HistoryBuilder early;
  early.done(1, "GET x", "1");
  early.done(2, "SET x 1", "OK");
  CHECK(conflict_of(early) == Ids{0, 1});
  HistoryBuilder never;
  never.done(2, "SET x 1", "OK");
  never.done(1, "GET x", "7");
  CHECK(conflict_of(never) == Ids{1});
  HistoryBuilder missed;
  missed.done(2, "SET x 1", "OK");
  missed.done(1, "GET x", "nil");
  CHECK(conflict_of(missed) == Ids{0, 1});
}

TEST_CASE("where a value may have come from elsewhere nothing is said of its key") {
  for (const std::string other : {"DEL x", "INCR x", "APPEND x 1", "MSET x 1 y 2", "SET x 1"}) {
    CAPTURE(other);
    HistoryBuilder h;
    h.done(1, "SET x 1", "OK");
    h.done(1, "SET x 2", "OK");
    const OperationId writes = h.invoke(3, other);
    h.done(2, "GET x", "1");
    h.unknown(writes);
    CHECK(conflict_of(h) == Ids{});
    h.done(1, "SET z 1", "OK");
    h.done(1, "GET z", "nil");
    CHECK(conflict_of(h) == Ids{4, 5});
  }
}

/// Reads and writes of two keys by three processes; each value is written once. What is read is any
/// value that was begun to be written.
HistoryBuilder random_registers(u64 seed, u64 size) {
  Prng prng{seed, 0, 0};
  HistoryBuilder h;
  struct Running {
    bool busy = false;
    OperationId id;
    std::string read;  // the key; empty: it writes
  };
  std::vector<Running> processes(3);
  std::vector<std::string> written[2];
  for (u64 started = 0; started < size;) {
    const u64 at = prng.below(processes.size());
    Running& process = processes[at];
    const u64 key = prng.below(2);
    const std::string name = key == 0 ? "a" : "b";
    if (!process.busy) {
      const bool reads = prng.below(2) == 0;
      const std::string value = std::to_string(started);
      process.id = h.invoke(at, reads ? "GET " + name : "SET " + name + " " + value);
      process.read = reads ? name : "";
      if (!reads) written[key].push_back(value);
      process.busy = true;
      started += 1;
    } else {
      process.busy = false;
      const std::vector<std::string>& values = written[process.read == "a" ? 0 : 1];
      if (process.read.empty()) {
        prng.below(8) == 0 ? h.unknown(process.id) : h.ok(process.id, "OK");
      } else {
        const u64 back = prng.below(3);
        h.ok(process.id, back < values.size() ? values[values.size() - 1 - back] : "nil");
      }
    }
  }
  return h;
}

TEST_CASE("of registers whose values are written once the zones say all that a search does") {
  int with = 0;
  int without = 0;
  for (u64 seed = 0; seed < 6000; ++seed) {
    const HistoryBuilder h = random_registers(seed, 4 + seed % 10);
    LinearProblem problem = make_linear_problem(h.history());
    LinearSearch search{problem, 1024};
    bool has_order = true;
    for (std::size_t at = 0; at < problem.partition_count(); ++at) {
      std::vector<Part> parts;
      for (const u32 member : problem.partition(at))
        parts.push_back(problem.operations[member].part);
      const Found found = search.run(problem.partition(at), parts, kNoEvent - 1, 1'000'000);
      REQUIRE(found.judgement != Judgement::undecided);
      has_order = has_order && found.judgement == Judgement::linearizable;
    }
    INFO("seed " << seed);
    REQUIRE(conflicting_zones(problem).empty() == has_order);
    (has_order ? with : without) += 1;
  }
  CHECK(with > 500);
  CHECK(without > 500);
}

// Twenty clients always busy with one key: a search goes back for ever behind the stale read.
TEST_CASE("one stale read among a million operations is found, and named with two others") {
  HistoryBuilder h;
  constexpr u64 kClients = 20;
  u64 last = 0;
  for (u64 round = 0; round < 25'000; ++round) {
    std::vector<OperationId> writes;
    for (u64 client = 0; client < kClients; ++client) {
      last += 1;
      writes.push_back(h.invoke(client, "SET x " + std::to_string(last)));
    }
    for (const OperationId write : writes) h.ok(write, "OK");
    for (u64 client = 0; client < kClients; ++client) {
      const bool is_stale = round == 20'000 && client == 7;
      h.done(client, "GET x", std::to_string(is_stale ? last - 25 : last));
    }
  }
  const LinearVerdict verdict = judge_linearizable(h.history());
  CHECK(verdict.judgement == Judgement::not_linearizable);
  CHECK(verdict.operations.size() == 3);
  CHECK(verdict.steps == 0);
}

}  // namespace
}  // namespace snowflk::sim
