// What the strategies of `sim explore` find of a mutant, and what becomes of it.
#include <regex>
#include <string>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

TEST_CASE("what priorities and forks find of a mutant is made small") {
  const Scratch scratch;
  const std::string mutant = SNOWFLK_BINARY_DIR "/tests/snowflk_planted_B27";
  for (const std::string strategy : {"forks", "priorities --seed 700"}) {
    CAPTURE(strategy);
    const Ran found = run_program(scratch, mutant,
                                  "sim explore --" + strategy + " --budget-runs 1000 --save none");
    CHECK(found.exit == 3);
    CHECK(contains(found.out, "commit_restriction does not hold: "));
    std::smatch command;
    const std::regex to_shrink{"to make it small: snowflk (sim shrink [^\\n]+)"};
    REQUIRE(std::regex_search(found.out, command, to_shrink));
    const Ran small = run_program(scratch, mutant, command[1].str() + " --out small.json");
    CHECK(small.exit == 0);
    CHECK(run_program(scratch, mutant, "sim run small.json").exit == 3);
    CHECK(snowflk(scratch, "sim run small.json").exit == 0);
  }
}
}  // namespace
}  // namespace snowflk::testing
