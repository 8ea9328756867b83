// The committed log as witness: histories that it explains, and such that it does not.
#include "sim/check/witness.hpp"

#include "core/base/hash.hpp"
#include "core/kv/command.hpp"
#include "sim/check/judge_history.hpp"
#include "tests/catch.hpp"
#include "tests/sim/check/history_builder.hpp"

namespace snowflk::sim {
using snowflk::sim::testing::HistoryBuilder;

namespace {

/// A history and the log that goes with it.
struct Run {
  HistoryBuilder h;
  CommittedLog log;
  u64 index = 0;

  void apply(u64 payload_hash) {
    index += 1;
    const node::Event event = node::NodeEvent{node::Applied{
        .index = LogIndex{index}, .term = Term{1}, .payload_hash = payload_hash, .digest = 0}};
    StepView view;
    view.node = NodeId{1};
    view.events = {&event, 1};
    view.client_events = h.history().events();
    log.observe(view);
  }
  void applies(std::string_view command) {
    std::vector<std::string> words;
    std::istringstream in{std::string{command}};
    for (std::string word; in >> word;) words.push_back(word);
    const std::vector<std::string_view> views(words.begin(), words.end());
    std::vector<std::byte> payload;
    REQUIRE(kv::encode_command(views, payload));
    apply(hash64(payload, 0));
  }
  /// Asked, applied and answered with nothing in between.
  void done(u64 process, std::string_view command, std::string_view reply) {
    const OperationId id = h.invoke(process, command);
    applies(command);
    h.ok(id, reply);
  }
  /// Both judges'.
  [[nodiscard]] std::string both(const LinearLimits& limits = {}) const {
    const Finding finding = judge_history(h.history(), log, 0, limits).finding;
    return finding ? finding->property + ": " + finding->sentence : "";
  }
  [[nodiscard]] std::string sentence(u64 starting_entries = 0) const {
    const Finding finding = judge_by_log(h.history(), log, starting_entries);
    return finding ? finding->property + ": " + finding->sentence : "";
  }
};

}  // namespace

TEST_CASE("a log that has each answered write in its place explains the history") {
  Run run;
  run.apply(hash64(Bytes{}, 0));  // a no-op
  run.done(1, "SET x 1", "OK");
  run.h.done(2, "GET x", "1");
  run.done(1, "INCR x", ":2");
  run.done(2, "INCR x", ":3");
  run.h.done(2, "MGET x y", "*2\r\n$1\r\n3\r\n$-1");
  run.h.done(2, "DBSIZE", ":1");
  run.h.failed(run.h.invoke(1, "SET x 9"));
  run.h.unknown(run.h.invoke(1, "SET y 1"));
  CHECK(run.sentence().empty());
  run.applies("SET y 1");  // it took effect after all
  run.h.done(2, "GET y", "1");
  CHECK(run.sentence().empty());
}

TEST_CASE("an acknowledged write that is in no entry is lost") {
  Run run;
  run.done(1, "SET x 1", "OK");
  run.h.done(1, "SET x 2", "OK");
  CHECK(run.sentence() ==
        "acknowledged_survives: process 1: SET x 2 -> OK (0.002 s to 0.003 s) is in no committed "
        "entry");
}

TEST_CASE("a write that was applied only after its answer is lost, if for a while") {
  Run run;
  const OperationId id = run.h.invoke(1, "SET x 1");
  run.h.ok(id, "OK");
  run.h.done(2, "GET y", "nil");
  run.applies("SET x 1");
  CHECK_FALSE(run.sentence().empty());
}

TEST_CASE("a command that was executed twice, or though it was refused, is seen") {
  Run twice;
  twice.done(1, "INCR n", ":1");
  twice.applies("INCR n");
  CHECK(twice.sentence().starts_with(
      "linearizability: entry 2 of term 1 (INCR n) is one more than clients asked for"));
  Run refused;
  const OperationId id = refused.h.invoke(1, "SET x 1");
  refused.applies("SET x 1");
  refused.h.failed(id);
  CHECK_FALSE(refused.sentence().empty());
  Run unknown;
  unknown.h.unknown(unknown.h.invoke(1, "INCR n"));
  unknown.applies("INCR n");
  unknown.done(2, "INCR n", ":2");
  CHECK(unknown.sentence().empty());
}

TEST_CASE("an answer that is not that of its entry is seen") {
  Run run;
  run.done(1, "INCR n", ":1");
  run.done(1, "INCR n", ":3");
  CHECK_FALSE(run.sentence().empty());
}

TEST_CASE("equal commands share their entries in any order that explains all answers") {
  Run run;
  const OperationId a = run.h.invoke(1, "DEL x");
  const OperationId b = run.h.invoke(2, "DEL x");
  run.done(3, "SET x 1", "OK");
  run.applies("DEL x");
  run.applies("DEL x");
  run.h.ok(a, ":0");
  run.h.ok(b, ":1");
  CHECK(run.sentence().empty());
}

TEST_CASE("a stale read is seen, and a read during a write may see either state") {
  Run run;
  run.done(1, "SET x 1", "OK");
  const OperationId write = run.h.invoke(1, "SET x 2");
  const OperationId early = run.h.invoke(2, "GET x");
  run.applies("SET x 2");
  const OperationId late = run.h.invoke(3, "GET x");
  run.h.ok(early, "1");
  run.h.ok(late, "1");  // odd, but nobody can prove that it was asked later
  run.h.ok(write, "OK");
  CHECK(run.sentence().empty());
  run.h.done(2, "GET x", "1");
  CHECK(run.sentence() ==
        "linearizability: process 2: GET x -> \"1\" (0.008 s to 0.009 s) is the state after none "
        "of the entries 2 to 2 of the log, the last that others had seen before and the last that "
        "was applied by then");
}

TEST_CASE("two reads that see states in the wrong order are seen") {
  Run run;
  const OperationId write = run.h.invoke(1, "SET x 1");
  run.applies("SET x 1");
  run.h.done(2, "GET x", "1");
  run.h.done(3, "GET x", "nil");
  run.h.ok(write, "OK");
  CHECK_FALSE(run.sentence().empty());
}

TEST_CASE("a read of what is not yet applied anywhere is seen") {
  Run run;
  const OperationId write = run.h.invoke(1, "SET x 1");
  run.h.done(2, "GET x", "1");
  run.applies("SET x 1");
  run.h.ok(write, "OK");
  CHECK_FALSE(run.sentence().empty());
}

TEST_CASE("entries that nobody asked for are seen, but for those a script starts with") {
  Run run;
  run.applies("SET x 1");
  run.applies("SET x 2");
  run.h.done(1, "GET x", "2");
  CHECK_FALSE(run.sentence(1).empty());
  CHECK(run.sentence(2).empty());
  CHECK(run.sentence() ==
        "acknowledged_survives: entry 1 of term 1, applied by node 1, is nothing that a client "
        "asked for");
}

TEST_CASE("a violation names the few operations that no order explains, and who says so") {
  Run run;
  for (int i = 0; i < 9; ++i) run.done(1, "SET y " + std::to_string(i), "OK");
  run.done(1, "SET x 1", "OK");
  run.done(1, "SET x 2", "OK");
  run.h.done(2, "GET y", "8");
  run.h.done(2, "GET x", "1");
  CHECK(run.both() ==
        "linearizability: no order of operations explains process 1: SET x 1 -> OK (0.018 s to "
        "0.019 s); process 1: SET x 2 -> OK (0.020 s to 0.021 s); process 2: GET x -> \"1\" "
        "(0.024 s to 0.025 s). The log agrees: process 2: GET x -> \"1\" (0.024 s to 0.025 s) is "
        "the state after none of the entries 11 to 11 of the log, the last that others had seen "
        "before and the last that was applied by then");
  // Of a key that something else may write the search alone knows.
  run.h.unknown(run.h.invoke(3, "DEL x"));
  CHECK(run.both({.steps_max = 2})
            .ends_with(". The search without the log was ended by its bound, and has no verdict"));
}

TEST_CASE("a write that is lost is told before what follows from it") {
  Run run;
  run.done(1, "SET x 1", "OK");
  run.h.done(1, "SET x 2", "OK");
  CHECK(run.both().ends_with(
      "is in no committed entry. The search without the log does not agree: what clients saw has "
      "an order"));
  run.h.done(2, "GET x", "1");
  CHECK(run.both().starts_with("acknowledged_survives: process 1: SET x 2 -> OK"));
  CHECK(run.both().find("The search without the log agrees: no order of operations explains "
                        "process 1: SET x 1 -> OK") != std::string::npos);
}

TEST_CASE("judges that do not agree are both told") {
  Run twice;  // no client can tell
  twice.done(1, "SET x 1", "OK");
  twice.applies("SET x 1");
  CHECK(twice.both().ends_with(
      ". The search without the log does not agree: what clients saw has an order"));
  Run fine;
  fine.done(1, "SET x 1", "OK");
  CHECK(fine.both().empty());
  CHECK_FALSE(judge_history(fine.h.history(), fine.log, 0, {}).search_was_cut);
  CHECK(judge_history(fine.h.history(), fine.log, 0, {.steps_max = 0}).search_was_cut);
}

TEST_CASE("a reply in a sentence is as people say it") {
  Run run;
  run.done(1, "SET x 1", "OK");
  run.h.unknown(run.h.invoke(2, "GETDEL x"));
  run.done(1, "GETDEL x", "2");
  CHECK(run.sentence().ends_with(" is at odds with entry 2 of the log, which answers \"1\""));
}

}  // namespace snowflk::sim
