// Histories of others, read; ours, written and read again; and what is no history, refused.
#include "sim/check/history_text.hpp"

#include "sim/check/linearizability.hpp"
#include "tests/catch.hpp"
#include "tests/sim/check/history_builder.hpp"

namespace snowflk::sim {
using snowflk::sim::testing::HistoryBuilder;

namespace {

std::string verdict_of(const std::string& text) {
  const auto history = read_history(text);
  if (!history) return std::to_string(history.error().line) + ": " + history.error().what;
  return std::string{name_of(judge_linearizable(*history).judgement)};
}

/// All that counts of a history, as text.
std::string content(const History& history) {
  std::string out;
  for (const Operation& operation : history.operations()) {
    out += std::to_string(operation.process) + " " + std::to_string(operation.invoked_event) + " " +
           std::to_string(operation.returned_event) + " " + std::string{name_of(operation.outcome)};
    for (u32 at = 0; at < operation.word_count; ++at) {
      out += " " + std::string{history.word(operation, at)};
    }
    out += " -> " + std::string{history.reply(operation)} + "\n";
  }
  return out;
}

HistoryBuilder rich_history() {
  HistoryBuilder h;
  h.done(0, "SET x 1", "OK");
  const OperationId write = h.invoke(1, "SET x \xff\xfe");
  h.done(2, "GET x", "1");
  h.done(2, "GET y", "nil");
  h.ok(write, "OK");
  h.failed(h.invoke(0, "INCR n"));
  h.unknown(h.invoke(3, "APPEND s \"q\\"));
  h.done(3, "MGET x n", "*2\r\n$2\r\n\xff\xfe\r\n$-1");
  h.done(0, "INCR x", "-ERR value is not an integer or out of range");
  h.done(0, "INCRBY n -7", ":-7");
  h.invoke(0, "DEL x n");
  return h;
}

TEST_CASE("an end of another command, or of another key, is no end") {
  const auto other = read_history(
      "{\"process\":0,\"type\":\"invoke\",\"f\":\"GET\",\"args\":[\"x\"]}\n"
      "{\"process\":0,\"type\":\"ok\",\"f\":\"SET\",\"reply\":null}\n");
  REQUIRE(!other);
  CHECK(other.error().line == 2);
  CHECK(other.error().what ==
        "expected the end of the command GET, which process 0 began, found SET");
  const auto key = read_history(
      "{:process 0, :type :invoke, :f :get, :key \"x\", :value nil}\n"
      "{:process 0, :type :ok, :f :get, :key \"y\", :value \"1\"}\n");
  REQUIRE(!key);
  CHECK(key.error().what ==
        "expected the end of an operation on key x, which process 0 began, found y");
  CHECK(
      read_history("{\"process\":0,\"type\":\"invoke\",\"f\":\"get\",\"args\":[\"x\"]}\n"
                   "{\"process\":0,\"type\":\"ok\",\"f\":\"GET\",\"reply\":null}\n"));
}

TEST_CASE("a file without an event is no history") {
  for (const std::string_view text :
       {"", "\n \n", "[]", ";; nothing\n",
        "{\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"kill\"}\n"}) {
    INFO(text);
    CHECK(!read_history(text));
  }
}

}  // namespace

TEST_CASE("our own form keeps everything of a history") {
  const HistoryBuilder h = rich_history();
  const auto text = write_history(h.history(), HistoryForm::ndjson);
  REQUIRE(text);
  const auto again = read_history(*text);
  REQUIRE(again);
  CHECK(write_history(*again, HistoryForm::ndjson) == text);
  CHECK(again->operations().size() == h.history().operations().size());
  CHECK(judge_linearizable(*again).judgement == Judgement::linearizable);
  CHECK(content(*again) == content(h.history()));
}

TEST_CASE("our own form is one JSON object an event") {
  HistoryBuilder h;
  h.done(7, "SET x 1", "OK");
  CHECK(write_history(h.history(), HistoryForm::ndjson) ==
        "{\"process\":7,\"type\":\"invoke\",\"f\":\"SET\",\"args\":[\"x\",\"1\"],\"time\":0}\n"
        "{\"process\":7,\"type\":\"ok\",\"f\":\"SET\",\"reply\":{\"status\":\"OK\"},"
        "\"time\":1000000}\n");
}

TEST_CASE("a Knossos history of a register is judged") {
  const std::string good = R"(; a comment
{:process 0, :type :invoke, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :ok, :f :read, :value 1}
{:process :nemesis, :type :info, :f :start, :value nil}
{:process 1, :type :invoke, :f :cas, :value [1 2]}
{:process 1, :type :ok, :f :cas, :value [1 2]}
{:process 1, :type :invoke, :f :cas, :value [1 3]}
{:process 1, :type :fail, :f :cas, :value [1 3]}
{:process 0, :type :invoke, :f :write, :value 9}
{:process 0, :type :info, :f :write, :value 9, :error :timeout}
{:process 1, :type :invoke, :f :read, :value nil}
)";
  CHECK(verdict_of(good + "{:process 1, :type :ok, :f :read, :value 2}") == "linearizable");
  CHECK(verdict_of(good + "{:process 1, :type :ok, :f :read, :value 9}") == "linearizable");
  CHECK(verdict_of(good + "{:process 1, :type :ok, :f :read, :value 3}") == "not_linearizable");
  CHECK(verdict_of(good + "{:process 1, :type :ok, :f :read, :value nil}") == "not_linearizable");
}

TEST_CASE("histories of independent registers, in one vector, with tags, are judged") {
  const std::string text = R"(
[#jepsen.history.Op{:index 0, :time 5, :type :invoke, :process 0, :f :write, :value [1 7]}
 {:type :ok, :process 0, :f :write, :value [1 7]}
 {:type :invoke, :process 0, :f :cas, :value [2 [nil 3]]}
 {:type :ok, :process 0, :f :cas, :value [2 [nil 3]]}
 {:type :invoke, :process 0, :f :read, :value [1 nil]}
 {:type :ok, :process 0, :f :read, :value [1 7]} #_{:left :out}
 {:type :invoke, :process 0, :f :read, :value [2 nil]}
 {:type :ok, :process 0, :f :read, :value [2 VALUE]}])";
  std::string three = text;
  three.replace(three.find("VALUE"), 5, "3");
  CHECK(verdict_of(three) == "linearizable");
  std::string seven = text;
  seven.replace(seven.find("VALUE"), 5, "7");
  CHECK(verdict_of(seven) == "not_linearizable");
}

TEST_CASE("a key-value log of Porcupine is judged") {
  const std::string log = R"({:process 0, :type :invoke, :f :append, :key "4", :value "x 0 0 y"}
{:process 1, :type :invoke, :f :get, :key "4", :value nil}
{:process 1, :type :ok, :f :get, :key "4", :value ""}
{:process 0, :type :ok, :f :append, :key "4", :value "x 0 0 y"}
{:process 1, :type :invoke, :f :put, :key "3", :value "b"}
{:process 1, :type :ok, :f :put, :key "3", :value "b"}
{:process 1, :type :invoke, :f :get, :key "4", :value nil}
)";
  CHECK(verdict_of(log + R"({:process 1, :type :ok, :f :get, :key "4", :value "x 0 0 y"})") ==
        "linearizable");
  CHECK(verdict_of(log + R"({:process 1, :type :ok, :f :get, :key "4", :value ""})") ==
        "not_linearizable");
}

TEST_CASE("the lines of a Jepsen log are judged") {
  const std::string log =
      "INFO  jepsen.core - Worker 0 starting\n"
      "INFO  jepsen.util - 0\t:invoke\t:write\t3\n"
      "INFO  jepsen.util - 0\t:ok\t:write\t3\n"
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[4 5]\n"
      "INFO  jepsen.util - 1\t:fail\t:cas\t[4 5]\n"
      "INFO  jepsen.util - 2\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 2\t:fail\t:read\t:timed-out\n"
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\n";
  CHECK(verdict_of(log + "INFO  jepsen.util - 1\t:ok\t:cas\t[3 4]\n") == "linearizable");
  CHECK(verdict_of(log + "INFO  jepsen.util - 1\t:info\t:cas\t:timed-out\n") == "linearizable");
  CHECK(verdict_of(log + "INFO  jepsen.util - 1\t:fail\t:cas\t[3 4]\n") == "not_linearizable");
}

TEST_CASE("an array of Porcupine's operations is judged by its times") {
  const std::string array = R"([
    {"ClientId":0,"Input":{"Op":1,"Key":"x","Value":"1"},"Call":0,"Output":{},"Return":10},
    {"ClientId":1,"Input":{"Op":"get","Key":"x"},"Call":CALL,"Output":{"Value":""},"Return":20}])";
  std::string touching = array;
  touching.replace(touching.find("CALL"), 4, "10");
  CHECK(verdict_of(touching) == "linearizable");
  std::string later = array;
  later.replace(later.find("CALL"), 4, "11");
  CHECK(verdict_of(later) == "not_linearizable");
}

TEST_CASE("what is written for Knossos and for Porcupine is judged alike when read again") {
  HistoryBuilder h;
  h.done(0, "SET x 1", "OK");
  const OperationId write = h.invoke(1, "SET x 2");
  h.done(2, "GET x", "1");
  h.done(2, "GET \"y", "nil");
  h.ok(write, "OK");
  HistoryBuilder wrong = h;
  h.done(2, "GET x", "2");
  wrong.done(2, "GET x", "1");
  for (const HistoryForm form : {HistoryForm::knossos, HistoryForm::porcupine}) {
    CHECK(verdict_of(*write_history(h.history(), form)) == "linearizable");
    CHECK(verdict_of(*write_history(wrong.history(), form)) == "not_linearizable");
  }
  HistoryBuilder cas;
  cas.done(0, "SET x 1 NX", "OK");
  cas.done(0, "SET x 2 IFEQ 1", "OK");
  cas.done(0, "SET x 3 IFEQ 1", "nil");
  CHECK(verdict_of(*write_history(cas.history(), HistoryForm::knossos)) == "linearizable");
  cas.done(0, "INCR x", ":3");
  CHECK(write_history(cas.history(), HistoryForm::knossos).error() ==
        "the form knossos has no words for process 0: INCR x -> 3 (0.006 s to 0.007 s)");
}

TEST_CASE("what is no history is refused with its line and what was expected") {
  const std::string invoke = R"({"process":0,"type":"invoke","f":"GET","args":["x"]})"
                             "\n";
  CHECK(verdict_of("") == "1: expected events of clients, found none");
  CHECK(verdict_of(" \n\n") == "1: expected events of clients, found none");
  CHECK(verdict_of("\n\nhello") ==
        "3: expected events as JSON objects ({\"process\": ...}), as EDN maps ({:process ...}) or "
        "as lines of a Jepsen log (INFO ...)");
  CHECK(verdict_of(invoke + R"({"process":0,"type":"ok","f":"G)") ==
        "2: expected a JSON object, one event a line");
  CHECK(verdict_of(invoke + invoke) ==
        "2: expected the end of what process 0 began before it begins anew");
  CHECK(verdict_of("\n{\"process\":0,\"type\":\"ok\",\"f\":\"GET\"}") ==
        "2: expected an invoke of process 0 before this event");
  CHECK(verdict_of(R"({"process":-1,"type":"ok","f":"GET"})") ==
        "1: expected a whole number as \"process\"");
  CHECK(verdict_of(R"({"process":0,"type":"invoke","f":"LPUSH","args":["x"]})") ==
        "1: expected a command that can be judged, found no known command 'LPUSH'");
  CHECK(verdict_of(invoke + R"({"process":0,"type":"ok","f":"GET","reply":{"status":"A\nB"}})")
            .starts_with("2: expected as \"reply\""));
  CHECK(verdict_of("{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0") ==
        "2: expected '}' before the end of the file");
  CHECK(verdict_of("{:process 0, :type :jump}") ==
        "1: expected :invoke, :ok, :fail or :info as :type");
  CHECK(verdict_of("[{\"Input\":{\"Op\":7}}]") ==
        "1: expected 0, 1, 2, get, put or append as \"Input.Op\" (operation 1)");
  CHECK(verdict_of("[{},\n 8e999]") == "2: expected a number that a double can hold, found 8e999");
  CHECK(verdict_of("[{},\n {]") == "2: expected a JSON array of operations that ends as it should");
}

TEST_CASE("a hundred thousand brackets are refused, not followed") {
  const std::string open(100'000, '[');
  const std::string closed = open + std::string(100'000, ']');
  for (const std::string& brackets : {open, closed}) {
    for (const std::string before : {"", "{:value ", "{\"process\":", "[{\"Input\":"}) {
      CHECK(verdict_of(before + brackets) == "1: expected at most 64 brackets within each other");
    }
  }
  std::string tags = "{:value ";
  for (int i = 0; i < 100'000; ++i) tags += "#a ";
  CHECK(verdict_of(tags) == "1: expected at most 64 brackets within each other");
}

}  // namespace snowflk::sim
