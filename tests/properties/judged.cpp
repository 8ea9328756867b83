#include "tests/properties/judged.hpp"

#include <filesystem>
#include <fstream>

#include "sim/runner.hpp"
#include "tests/properties/worlds.hpp"
#include "tests/support/property.hpp"

namespace snowflk::sim {
namespace {

/// Judges in a process of its own; how it ended, if not by itself, is what is wrong.
std::string judge_apart(const Judge& judge, const WorldOptions& options) {
  std::string wrong = "no process could be started";
  static_cast<void>(run_seeds(
      {.first = options.seed, .last = options.seed}, 1, [&](u64) { return judge(options); },
      [&](const SeedResult& result) {
        wrong = result.text;
        if (result.status != RunStatus::finished) {
          wrong = std::string(name_of(result.status)) + ": " + result.text;
        }
        return true;
      }));
  return wrong;
}

std::string leave_scenario(const std::string& name, const WorldOptions& options) {
  const auto directory = std::filesystem::path{SNOWFLK_BINARY_DIR} / "failures";
  std::filesystem::create_directories(directory);
  std::string file = (directory / (name + ".json")).string();
  std::ofstream{file, std::ios::binary} << scenario_text(options);
  return file;
}

}  // namespace

void check_worlds(const std::string& sentence, const std::string& name, int cases,
                  const Judge& judge) {
  std::string file;
  testing::check_property(
      sentence,
      [&] {
        const WorldOptions options = *worlds();
        const std::string wrong = judge_apart(judge, options);
        if (wrong.empty()) return;
        file = leave_scenario(name, options);
        RC_FAIL(wrong);
      },
      cases, [&] { return "that world alone, by all checks: tools/snowflk sim run " + file; });
}

}  // namespace snowflk::sim
