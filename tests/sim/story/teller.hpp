// Stories of runs, for tests: all of a run as text.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/run.hpp"
#include "sim/story/story.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::story {

/// Tells all of a run.
class Teller final : public scenario::Watcher {
 public:
  explicit Teller(bool every_operation)
      : story_(Style{.colour = false, .every_operation = every_operation}, text) {}
  void event(const World& world, const StepRecord& record) override {
    story_.observe(record, actor_of(world, record.node), world.history());
  }
  void say(const World& world, std::string_view line) override { story_.say(world.now(), line); }
  void finish() { story_.finish(); }
  std::string text;

 private:
  Story story_;
};

inline std::string told(const std::string& scenario_text, u64 seed, bool every_operation = true) {
  const auto scenario = scenario::parse(scenario_text);
  if (!scenario) FAIL(describe("scenario", scenario.error()));
  Teller teller{every_operation};
  const auto result = scenario::run(*scenario, seed, &teller);
  teller.finish();
  INFO((result.violation ? result.violation->sentence : std::string{}));
  CHECK(!result.violation);
  return teller.text;
}

inline std::string read_scenario(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// "election/split_vote.json"
inline std::string file(const std::string& name) {
  return read_scenario(std::filesystem::path{SNOWFLK_SOURCE_DIR} / "scenarios" / name);
}

inline std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    count += 1;
  }
  return count;
}

inline bool has(const std::string& text, std::string_view part) {
  UNSCOPED_INFO("looked for: " << part << "\n" << text);
  return count_of(text, part) > 0;
}

}  // namespace snowflk::sim::story
