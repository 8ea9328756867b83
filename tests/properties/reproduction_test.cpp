// A property that fails prints the command that repeats it, and the command does repeat it: shown
// with two properties that are false on purpose.
//
// Each is this test case itself, run as a process of its own with kFalse set; the test is that the
// process fails, and what it says.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "sim/check/step_view.hpp"
#include "sim/scenario/run.hpp"
#include "tests/catch.hpp"
#include "tests/properties/judged.hpp"
#include "tests/properties/worlds.hpp"
#include "tests/support/property.hpp"

namespace snowflk::sim {
namespace {

constexpr const char* kFalse = "SNOWFLK_FALSE_PROPERTY";

struct Ended {
  bool passed = false;
  std::string text;  // stdout and stderr
};

Ended run_in_shell(const std::string& line) {
  Ended ended;
  std::FILE* const pipe = ::popen((line + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> part{};
  for (std::size_t size = 0; (size = std::fread(part.data(), 1, part.size(), pipe)) > 0;) {
    ended.text.append(part.data(), size);
  }
  const int status = ::pclose(pipe);
  REQUIRE(WIFEXITED(status));
  ended.passed = WEXITSTATUS(status) == 0;
  return ended;
}

/// Of `text`, what stands between `begin` and `end`; empty if they do not.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto at = text.find(begin);
  if (at == std::string::npos) return {};
  const auto from = at + begin.size();
  const auto to = text.find(end, from);
  return to == std::string::npos ? std::string() : text.substr(from, to - from);
}

/// This program, as a shell line that runs the test case `name` alone.
std::string alone(const std::string& name) {
  return "'" + std::filesystem::read_symlink("/proc/self/exe").string() + "' '\"" + name + "\"'";
}

bool is_false_property() { return std::getenv(kFalse) != nullptr; }

/// Runs the false property, then the printed command without tools/test, which only finds the
/// program: both must fail on the same smallest case. Returns what the first run said.
std::string check_repeats(const std::string& name) {
  const std::string falsely = std::string(kFalse) + "=1 ";
  const Ended first = run_in_shell("unset RC_PARAMS LONG_TESTS; " + falsely + alone(name));
  CAPTURE(first.text);
  REQUIRE_FALSE(first.passed);
  const std::string command = between(first.text, "to repeat it: ", "\n");
  const std::string parameters = between(command, "RC_PARAMS='", "' ");
  REQUIRE_FALSE(parameters.empty());
  CHECK(command == "RC_PARAMS='" + parameters + "' tools/test --only '" + name + "'");
  CHECK(parameters.find("reproduce=") != std::string::npos);

  const Ended again = run_in_shell(falsely + "RC_PARAMS='" + parameters + "' " + alone(name));
  CAPTURE(again.text);
  CHECK_FALSE(again.passed);
  CHECK(between(again.text, "counterexample: ", "\n") ==
        between(first.text, "counterexample: ", "\n"));
  CHECK_FALSE(between(again.text, "counterexample: ", "\n").empty());
  // The case itself, and not a search for it.
  CHECK(again.text.find("after 1 tests") != std::string::npos);
  return first.text;
}

/// Finds fault with every leader.
struct NobodyLeads {
  static Finding observe(const StepView& view) {
    Finding finding;
    for_each_event(view, Overloaded{[&](const raft::BecameLeader& elected) {
                                      finding = Violation{
                                          .property = "nobody_leads",
                                          .sentence = "counterexample: node " + text_of(view.node) +
                                                      " leads term " +
                                                      std::to_string(elected.term.value) + " at " +
                                                      text_of(view.at)};
                                    },
                                    [](const auto&) {}});
    return finding;
  }
};

TEST_CASE("a property that fails prints a command that repeats its smallest case") {
  if (is_false_property()) {
    testing::check_property("every number is below a thousand", [] {
      const auto n = *rc::gen::inRange<int>(0, 1'000'000);
      const std::string found = "counterexample: " + std::to_string(n);
      if (n >= 1000) RC_FAIL(found);
    });
    return;
  }
  const std::string said =
      check_repeats("a property that fails prints a command that repeats its smallest case");
  CHECK(between(said, "counterexample: ", "\n") == "1000");  // it was shrunk
}

TEST_CASE("a property of worlds that fails leaves the smallest world as a scenario file") {
  if (is_false_property()) {
    check_worlds("nobody is ever elected", "nobody_leads", 20,
                 [](const WorldOptions& options) { return watched_by(options, NobodyLeads{}); });
    return;
  }
  const std::string said =
      check_repeats("a property of worlds that fails leaves the smallest world as a scenario file");
  const std::string file = between(said, "tools/snowflk sim run ", "\n");
  REQUIRE(std::filesystem::exists(file));

  // What the command does with the file: the same leader at the same time.
  const Ended cat = run_in_shell("cat '" + file + "'");
  const auto scenario = scenario::parse(cat.text);
  REQUIRE(scenario.has_value());
  const std::string found =
      watched_by(scenario::run_options(*scenario, scenario->seed), NobodyLeads{});
  CHECK(found == "nobody_leads: counterexample: " + between(said, "counterexample: ", "\n"));
  // Smallest: every fault of the network is off, and so is every other.
  const WorldOptions small = scenario::run_options(*scenario, scenario->seed);
  CHECK(small.workload.operations == 1);
  CHECK(small.network.loss_ppm + small.network.duplicate_ppm + small.network.reorder_ppm == 0);
  CHECK(small.faults.partition_every == Duration{0});
  CHECK(small.faults.machine_crash_every == Duration{0});
  std::filesystem::remove(file);
}

TEST_CASE("a world that was drawn, written and read again is the same world") {
  testing::check_property("scenario_text loses nothing", [] {
    const WorldOptions drawn = *worlds();
    const auto scenario = scenario::parse(scenario_text(drawn));
    RC_ASSERT(scenario.has_value());
    const WorldOptions read = scenario::run_options(*scenario, scenario->seed);
    const VirtualTime end{milliseconds(700).value};
    World before{drawn};
    World after{read};
    while (before.step(end)) {
    }
    while (after.step(end)) {
    }
    RC_ASSERT(before.digest() == after.digest());
    RC_ASSERT(scenario_text(read) == scenario_text(drawn));
  });
}

}  // namespace
}  // namespace snowflk::sim
