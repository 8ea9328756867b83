// Chain files: two runs are compared by their digests, and where they part is told by event and
// field.
#include "sim/chain/compare.hpp"

#include <string>

#include "sim/swarm.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::chain {
namespace {

std::string header(u64 seed = 7, std::string_view schema = kSchema, u64 hash = 1) {
  std::string out;
  trace_file::append_header(out,
                            trace_file::Identity{.build = "a build",
                                                 .generator = 2,
                                                 .scenario = "s.json",
                                                 .scenario_text = "{}",
                                                 .scenario_hash = hash,
                                                 .seed = seed},
                            WorldOptions{}, schema);
  return out;
}

std::string run_of(u64 seed, u64 events, std::optional<Window> window = {}) {
  WorldOptions options = swarm_options(seed);
  World world{options};
  std::string out = header(seed);
  Writer writer{out, window};
  while (world.counters().events < events) {
    const auto record = world.step();
    if (!record) break;
    writer.event(world, *record);
  }
  writer.ended(world);
  return out;
}

Recording recording_of(const std::string& text) {
  auto recording = read_recording(text);
  INFO(text.substr(0, 200));
  REQUIRE(recording);
  return *recording;
}

TEST_CASE("a chain has a checkpoint every few thousand events, and one at its end") {
  const std::string text = run_of(3, 5000);
  const Recording recording = recording_of(text);
  REQUIRE(recording.lines.size() == 3);
  CHECK(parse_line(recording.lines[0])->event == kEventsPerCheckpoint);
  CHECK(parse_line(recording.lines[1])->event == 2 * kEventsPerCheckpoint);
  CHECK(parse_line(recording.lines[2])->event == 5000);
}

TEST_CASE("equal runs have equal chains, whether events are told or not") {
  const std::string a = run_of(3, 5000);
  const std::string b = run_of(3, 5000);
  CHECK(a == b);
  CHECK_FALSE(parting_of(recording_of(a), recording_of(b)));
  // Of a large window not every event has its state.
  CHECK(recording_of(run_of(3, 3000, Window{.first = 1, .last = 2000})).lines.size() == 2002);
  const std::string window = run_of(3, 5000, Window{.first = 10, .last = 20});
  CHECK(recording_of(window).lines.size() == 3 + 11);
  CHECK_FALSE(difference_of(recording_of(window), recording_of(window)));
}

TEST_CASE("runs part between the last checkpoint that is equal and the first that is not") {
  const std::string a = run_of(3, 5000);
  std::string b = a;
  const std::size_t second = b.find("\"i\":4096");
  REQUIRE(second != std::string::npos);
  const std::size_t digest = b.find("\"d\":\"", second) + 5;
  b[digest] = b[digest] == '0' ? '1' : '0';
  const auto parting = parting_of(recording_of(a), recording_of(b));
  REQUIRE(parting);
  CHECK(parting->window.first == kEventsPerCheckpoint + 1);
  CHECK(parting->window.last == 2 * kEventsPerCheckpoint);
  CHECK(parting->effects);
}

TEST_CASE("a difference in the state alone is told from one in what happened") {
  const std::string a = run_of(3, 3000);
  std::string b = a;
  const std::size_t state = b.rfind("\"state\":\"") + 9;
  b[state] = b[state] == '0' ? '1' : '0';
  const auto parting = parting_of(recording_of(a), recording_of(b));
  REQUIRE(parting);
  CHECK_FALSE(parting->effects);
}

TEST_CASE("the first event that differs is named with its field") {
  const std::string head = header();
  const std::string before = R"({"i":4710,"c":1,"t":1,"n":1,"k":"x","d":"0","state":"0"})";
  const auto line = [&](const std::string& commit, const std::string& to) {
    return head + before + "\n" +
           R"({"i":4711,"c":4702,"t":1203000000,"n":2,"k":"frame_delivered","from":1,)"
           R"("m":"append_entries","leader_commit":17,)"
           R"("e":[{"k":"entries_appended","last":18},{"k":"commit_advanced","commit_index":)" +
           commit + R"(}],"s":[{"n":)" + to + R"(,"m":"append_entries_reply"}],"d":")" + commit +
           to + R"(","state":"1"})" + "\n";
  };
  const std::string a = line("17", "1");
  const std::string b = line("18", "1");
  const auto difference = difference_of(recording_of(a), recording_of(b));
  REQUIRE(difference);
  CHECK(difference->event == 4711);
  CHECK(print(*difference) ==
        "event 4711 at 1.203000s on node 2: frame_delivered append_entries: effects: "
        "events[1] commit_advanced.commit_index 17 <> 18");
  const std::string c = line("17", "3");
  const auto other = difference_of(recording_of(a), recording_of(c));
  REQUIRE(other);
  CHECK(other->field == "effects: sends[0] append_entries_reply.node");
}

TEST_CASE("a run that ends before the other is named as that") {
  const std::string whole = run_of(3, 20, Window{.first = 1, .last = 20});
  const std::string part = run_of(3, 12, Window{.first = 1, .last = 20});
  const auto difference = difference_of(recording_of(whole), recording_of(part));
  REQUIRE(difference);
  CHECK(difference->event == 13);
  CHECK(difference->a == "goes on");
  CHECK(difference->b == "has ended");
}

TEST_CASE("a difference that only the state has is named as such, for a closer look") {
  const std::string head = header();
  const std::string a =
      head + R"({"i":5,"c":1,"t":1,"n":1,"k":"x","w":3,"d":"0","state":"a"})" + "\n";
  const std::string b =
      head + R"({"i":5,"c":1,"t":1,"n":1,"k":"x","w":3,"d":"0","state":"b"})" + "\n";
  const auto difference = difference_of(recording_of(a), recording_of(b));
  REQUIRE(difference);
  CHECK(difference->state_only);
}

TEST_CASE("runs of two seeds or scenarios are not compared") {
  const std::string a = header(7);
  const std::string b = header(8);
  const std::string c = header(7, kSchema, 2);
  const std::string d = header(7, trace_file::kSchema);
  CHECK_FALSE(not_comparable(recording_of(a), recording_of(a)));
  CHECK(*not_comparable(recording_of(a), recording_of(b)) == "runs of two seeds: 7 and 8");
  CHECK(not_comparable(recording_of(a), recording_of(c))->starts_with("runs of two scenarios"));
  CHECK(*not_comparable(recording_of(a), recording_of(d)) ==
        "one is a chain file, the other a trace");
}

TEST_CASE("what is no recording is refused, with what is wrong") {
  CHECK(read_recording("").error() == "the file is empty");
  CHECK(read_recording("hello\n").error().starts_with("neither a chain file nor a trace: "));
  const std::string bad = header() + "{}\n{}\n";
  CHECK(read_recording(bad).error() == "line 2 is no checkpoint");
  // A run that was cut short may leave a part of a line.
  const std::string cut = run_of(3, 3000) + R"({"i":40)";
  CHECK(recording_of(cut).lines.size() == 2);
  CHECK_FALSE(parse_line(R"({"i":-1,"t":0,"d":"","state":""})"));
  CHECK_FALSE(parse_line(R"({"i":1,"t":0,"d":7,"state":""})"));
}

}  // namespace
}  // namespace snowflk::sim::chain
