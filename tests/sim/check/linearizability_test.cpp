// Histories with and without an order, and the search against one that tries every order.
#include "sim/check/linearizability.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "core/base/prng.hpp"
#include "tests/catch.hpp"
#include "tests/sim/check/history_builder.hpp"

namespace snowflk::sim {
using snowflk::sim::testing::HistoryBuilder;

namespace {

Judgement judge(const HistoryBuilder& builder) {
  return judge_linearizable(builder.history()).judgement;
}

constexpr auto kYes = Judgement::linearizable;
constexpr auto kNo = Judgement::not_linearizable;

}  // namespace

TEST_CASE("a read after a write returns what was written") {
  HistoryBuilder h;
  CHECK(judge(h) == kYes);
  h.done(1, "SET x 1", "OK");
  h.done(2, "GET x", "1");
  CHECK(judge(h) == kYes);
  h.done(2, "GET x", "nil");
  CHECK(judge(h) == kNo);
}

TEST_CASE("a stale read is named with the write that it missed") {
  HistoryBuilder h;
  h.done(1, "SET y 9", "OK");
  h.done(1, "SET x 1", "OK");
  h.done(1, "SET x 2", "OK");
  h.done(3, "GET y", "9");
  h.done(2, "GET x", "1");
  h.done(3, "GET x", "2");
  const LinearVerdict verdict = judge_linearizable(h.history());
  CHECK(verdict.judgement == kNo);
  CHECK(verdict.sentence ==
        "no order of operations explains process 1: SET x 1 -> OK (0.002 s to 0.003 s); "
        "process 1: SET x 2 -> OK (0.004 s to 0.005 s); "
        "process 2: GET x -> \"1\" (0.008 s to 0.009 s)");
  REQUIRE(verdict.operations.size() == 3);
  CHECK(verdict.operations[2] == OperationId{4});
}

TEST_CASE("a value that nobody wrote is named alone") {
  HistoryBuilder h;
  for (int i = 0; i < 50; ++i) h.done(1, "SET x " + std::to_string(i), "OK");
  h.done(2, "GET x", "77");
  for (int i = 0; i < 50; ++i) h.done(1, "SET x " + std::to_string(i + 100), "OK");
  const LinearVerdict verdict = judge_linearizable(h.history());
  CHECK(verdict.judgement == kNo);
  REQUIRE(verdict.operations.size() == 1);
  CHECK(verdict.operations[0] == OperationId{50});
}

TEST_CASE("two concurrent writes may stand in either order, but in one") {
  HistoryBuilder h;
  const OperationId a = h.invoke(1, "SET x a");
  const OperationId b = h.invoke(2, "SET x b");
  h.ok(a, "OK");
  h.ok(b, "OK");
  HistoryBuilder other = h;
  h.done(3, "GET x", "a");
  other.done(3, "GET x", "b");
  CHECK(judge(h) == kYes);
  CHECK(judge(other) == kYes);
  h.done(4, "GET x", "b");
  CHECK(judge(h) == kNo);
}

TEST_CASE("reads during a write see the old value and then the new one, never the old one again") {
  HistoryBuilder h;
  h.done(1, "SET x old", "OK");
  const OperationId write = h.invoke(1, "SET x new");
  h.done(2, "GET x", "old");
  h.done(3, "GET x", "new");
  HistoryBuilder wrong = h;
  h.ok(write, "OK");
  CHECK(judge(h) == kYes);
  wrong.done(2, "GET x", "old");
  wrong.ok(write, "OK");
  CHECK(judge(wrong) == kNo);
}

TEST_CASE("a write of unknown outcome may take effect late or never, but not before it was asked") {
  HistoryBuilder h;
  h.done(1, "SET x 1", "OK");
  h.done(2, "GET x", "1");
  h.unknown(h.invoke(1, "SET x 2"));
  h.done(2, "GET x", "1");
  HistoryBuilder never = h;
  CHECK(judge(never) == kYes);
  h.done(3, "GET x", "2");
  CHECK(judge(h) == kYes);
  h.done(3, "GET x", "1");  // it cannot be undone
  CHECK(judge(h) == kNo);

  HistoryBuilder early;
  early.done(2, "GET x", "2");
  early.unknown(early.invoke(1, "SET x 2"));
  CHECK(judge(early) == kNo);
}

TEST_CASE("a write that certainly failed takes no effect") {
  HistoryBuilder h;
  h.failed(h.invoke(1, "SET x 1"));
  h.done(2, "GET x", "1");
  CHECK(judge(h) == kNo);
}

TEST_CASE("an increment of unknown outcome counts at most once") {
  HistoryBuilder h;
  h.done(1, "INCR n", ":1");
  h.unknown(h.invoke(2, "INCR n"));
  h.unknown(h.invoke(3, "INCR n"));
  h.done(1, "INCR n", ":3");
  CHECK(judge(h) == kYes);
  HistoryBuilder twice = h;
  h.done(1, "INCR n", ":5");
  CHECK(judge(h) == kYes);
  twice.done(1, "INCR n", ":6");
  CHECK(judge(twice) == kNo);
}

TEST_CASE("many increments of unknown outcome do not make the search long") {
  HistoryBuilder h;
  for (u64 i = 0; i < 60; ++i) h.unknown(h.invoke(100 + i, "INCR n"));
  for (int i = 1; i <= 40; ++i) h.done(1, "INCR n", ":" + std::to_string(2 * i));
  CHECK(judge(h) == kYes);
  h.done(1, "INCR n", ":200");
  const LinearVerdict verdict = judge_linearizable(h.history(), {.steps_max = 100'000});
  CHECK(verdict.judgement == kNo);
}

TEST_CASE("a compare-and-set succeeds for one of two that expect the same") {
  HistoryBuilder h;
  h.done(1, "SET x 0", "OK");
  const OperationId a = h.invoke(1, "SET x 1 IFEQ 0");
  const OperationId b = h.invoke(2, "SET x 2 IFEQ 0");
  HistoryBuilder both = h;
  h.ok(a, "nil");
  h.ok(b, "OK");
  CHECK(judge(h) == kYes);
  both.ok(a, "OK");
  both.ok(b, "OK");
  CHECK(judge(both) == kNo);
}

TEST_CASE("commands of several keys see them at one point") {
  HistoryBuilder h;
  h.done(1, "MSET a 1 b 1", "OK");
  const OperationId write = h.invoke(1, "MSET a 2 b 2");
  HistoryBuilder torn = h;
  h.done(2, "MGET a b", "*2\r\n$1\r\n2\r\n$1\r\n2");
  h.ok(write, "OK");
  CHECK(judge(h) == kYes);
  torn.done(2, "MGET a b", "*2\r\n$1\r\n1\r\n$1\r\n2");
  torn.ok(write, "OK");
  CHECK(judge(torn) == kNo);
}

TEST_CASE("the size of the database joins all keys") {
  HistoryBuilder h;
  h.done(1, "SET a 1", "OK");
  h.done(1, "SET b 1", "OK");
  HistoryBuilder wrong = h;
  h.done(2, "DBSIZE", ":2");
  CHECK(judge(h) == kYes);
  CHECK(judge_linearizable(h.history()).partitions == 1);
  wrong.done(2, "DBSIZE", ":1");
  CHECK(judge(wrong) == kNo);
}

TEST_CASE("an answer that was not recorded is any answer") {
  HistoryBuilder h;
  h.done(1, "SET x 1", "");
  h.done(1, "GET x", "");
  h.done(1, "GET x", "1");
  CHECK(judge(h) == kYes);
  h.done(1, "GET x", "2");
  CHECK(judge(h) == kNo);
}

TEST_CASE("a search that may take no more steps does not judge") {
  HistoryBuilder h;
  for (int i = 0; i < 10; ++i) h.done(1, "SET x " + std::to_string(i), "OK");
  CHECK(judge_linearizable(h.history(), {.steps_max = 5}).judgement == Judgement::undecided);
}

// ---- Against a search that tries every order ------------------------------------------------

namespace {

/// Tries all orders of all choices of what took effect. For histories of a few operations.
class SlowSearch {
 public:
  explicit SlowSearch(const History& history) : history_(history) {
    for (const Operation& op : history.operations()) {
      words_.emplace_back();
      history.words(op, words_.back());
      done_.push_back(op.outcome == Outcome::failed);
    }
  }
  bool linearizable() { return extend(Model{}); }

 private:
  static bool must(const Operation& op) { return op.outcome == Outcome::ok; }
  bool extend(const Model& model) {
    const auto ops = history_.operations();
    u64 first_return = kNoEvent;
    bool open = false;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (done_[i] || !must(ops[i])) continue;
      open = true;
      first_return = std::min(first_return, ops[i].returned_event);
    }
    if (!open) return true;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (done_[i] || ops[i].invoked_event > first_return) continue;
      Model next = model;
      const std::string_view reply = next.apply(*parse_command(words_[i]));
      if (must(ops[i]) && reply != history_.reply(ops[i])) continue;
      done_[i] = true;
      if (extend(next)) return true;
      done_[i] = false;
    }
    return false;
  }
  const History& history_;
  std::vector<std::vector<std::string_view>> words_;
  std::vector<bool> done_;
};

std::string random_command(Prng& prng) {
  static constexpr const char* kKeys[] = {"a", "b"};
  const std::string key = kKeys[prng.below(2)];
  const std::string value = std::to_string(prng.below(3));
  switch (prng.below(10)) {
    case 0:
    case 1:
    case 2: return "GET " + key;
    case 3:
    case 4: return "SET " + key + " " + value;
    case 5: return "INCR " + key;
    case 6: return "DEL " + key;
    case 7: return "SET " + key + " " + value + " IFEQ 1";
    case 8: return "MGET a b";
    default: return "MSET a " + value + " b 1";
  }
}

/// Operations of four processes that really run one after the other, with answers that are now
/// and then given by a second state that lags behind: some of these histories have an order.
HistoryBuilder random_history(u64 seed, u64 size) {
  Prng prng{seed, 0, 0};
  HistoryBuilder h;
  Model model;
  Model stale;
  struct Running {
    bool busy = false;
    OperationId id;
    std::string command;
  };
  std::vector<Running> processes(4);
  u64 started = 0;
  while (started < size) {
    const u64 at = prng.below(processes.size());
    Running& process = processes[at];
    if (!process.busy) {
      process.command = random_command(prng);
      process.id = h.invoke(at, process.command);
      process.busy = true;
      started += 1;
      continue;
    }
    process.busy = false;
    std::vector<std::string> words;
    std::istringstream in{process.command};
    for (std::string word; in >> word;) words.push_back(word);
    const std::vector<std::string_view> views(words.begin(), words.end());
    const u64 fate = prng.below(12);
    if (prng.below(4) == 0) stale = model;
    Model& answering = prng.below(6) == 0 ? stale : model;
    const bool runs = fate != 0;
    const std::string reply =
        runs ? std::string{answering.apply(*parse_command(views))} : std::string{};
    if (fate <= 1) {
      h.unknown(process.id);
    } else {
      std::string bare = reply.substr(0, reply.size() - 2);
      if (bare.starts_with('+')) bare = "OK";
      if (bare == "$-1") bare = "nil";
      if (bare.starts_with('$')) bare = bare.substr(bare.find('\n') + 1);
      h.ok(process.id, bare);
    }
  }
  return h;
}

}  // namespace

TEST_CASE("the search agrees with one that tries every order") {
  int with = 0;
  int without = 0;
  for (u64 seed = 0; seed < 6000; ++seed) {
    const HistoryBuilder h = random_history(seed, 5 + seed % 6);
    const bool expected = SlowSearch{h.history()}.linearizable();
    const LinearVerdict verdict = judge_linearizable(h.history());
    INFO("seed " << seed << ": " << verdict.sentence);
    REQUIRE((verdict.judgement == kYes) == expected);
    if (!expected) CHECK_FALSE(verdict.operations.empty());
    (expected ? with : without) += 1;
  }
  CHECK(with > 500);
  CHECK(without > 500);
}

TEST_CASE("a memory of two configurations only makes the search longer") {
  for (u64 seed = 0; seed < 500; ++seed) {
    const HistoryBuilder h = random_history(seed, 9);
    const LinearVerdict small = judge_linearizable(h.history(), {.memo_slots_max = 2});
    CHECK(small.judgement == judge_linearizable(h.history()).judgement);
  }
}

namespace {

/// `size` operations of `processes` clients on `keys` keys, each client always busy.
History busy_history(u64 size, u64 processes, u64 keys) {
  Prng prng{1, 2, 3};
  History history;
  Model model;
  struct Running {
    OperationId id;
    std::vector<std::string> words;
    bool busy = false;
  };
  std::vector<Running> running(processes);
  for (u64 events = 0; events < 2 * size; ++events) {
    const Instant now{static_cast<i64>(events)};
    const u64 at = prng.below(processes);
    Running& r = running[at];
    if (!r.busy) {
      const std::string key = "key" + std::to_string(prng.below(keys));
      const bool reads = prng.below(2) == 0;
      r.words = reads ? std::vector<std::string>{"GET", key}
                      : std::vector<std::string>{"SET", key, std::to_string(events)};
      const std::vector<std::string_view> views(r.words.begin(), r.words.end());
      r.id = history.invoke(at, now, views);
    } else {
      const std::vector<std::string_view> views(r.words.begin(), r.words.end());
      history.complete(r.id, now, Outcome::ok, model.apply(*parse_command(views)));
    }
    r.busy = !r.busy;
  }
  return history;
}

}  // namespace

TEST_CASE("a million operations are judged in about as many steps") {
  for (const u64 keys : {1ULL, 1'000ULL}) {
    const History history = busy_history(1'000'000, 20, keys);
    const std::clock_t begin = std::clock();
    const LinearVerdict verdict = judge_linearizable(history);
    const std::clock_t end = std::clock();
    CHECK(verdict.judgement == kYes);
    CHECK(verdict.steps < 8 * history.operations().size());
    std::printf(
        "linearizability: %zu operations, %d keys, 20 processes: %d ms of CPU, %llu steps\n",
        history.operations().size(), static_cast<int>(keys),
        static_cast<int>((end - begin) * 1000 / CLOCKS_PER_SEC),
        static_cast<unsigned long long>(verdict.steps));
  }
}

}  // namespace snowflk::sim
