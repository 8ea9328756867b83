// `snowflk sim explore` as a script sees it: what it prints, what it keeps, exit codes.
#include <filesystem>
#include <string>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

const std::string kSmall = "sim explore --exhaustive --terms 2 --entries 1";
const std::string kOfSmall = "states=12975 transitions=37210 depth=26 complete=yes violations=0";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("an exhaustive search ends in its counts, whatever the jobs") {
  const Scratch scratch;
  const Ran one = snowflk(scratch, kSmall);
  CHECK(one.exit == 0);
  CHECK(lines_of(one.out).back() == kOfSmall);
  CHECK(contains(one.err, "states a second"));
  const Ran two = snowflk(scratch, kSmall + " --jobs 2");
  CHECK(two.exit == 0);
  CHECK(two.out == one.out);
  const Ran json = snowflk(scratch, kSmall + " --json");
  CHECK(lines_of(json.out).size() == 1);
  CHECK(contains(json.out, R"("states":12975,"transitions":37210,"depth":26,"complete":true)"));
}

TEST_CASE("a search that stops is kept, and ends as if it had not stopped") {
  const Scratch scratch;
  const Ran stopped = snowflk(scratch, kSmall + " --budget-states 5000 --save kept");
  CHECK(stopped.exit == 8);
  CHECK(contains(stopped.out, "stopped: the budget of 5000 states is spent"));
  CHECK(contains(stopped.out, "to go on: snowflk sim explore --exhaustive --resume kept"));
  CHECK(contains(lines_of(stopped.out).back(), "complete=no violations=0"));
  const Ran resumed = snowflk(scratch, "sim explore --exhaustive --resume kept --jobs 2");
  CHECK(resumed.exit == 0);
  CHECK(lines_of(resumed.out).back() == kOfSmall);

  const Ran full = snowflk(scratch, kSmall + " --memory 1MiB --save none");
  CHECK(full.exit == 8);
  CHECK(contains(full.out, "stopped: the search holds the 1MiB that --memory allows"));
  CHECK_FALSE(contains(full.out, "to go on"));
}

TEST_CASE("what explore cannot do is said in a line") {
  const Scratch scratch;
  const auto refused = [&](const std::string& arguments, const std::string& why) {
    CAPTURE(arguments);
    const Ran ran = snowflk(scratch, "sim explore " + arguments);
    CHECK(ran.exit == 1);
    CHECK(ran.out.empty());
    CHECK(lines_of(ran.err).size() == 1);
    CHECK(contains(ran.err, why));
  };
  refused("", "--exhaustive");
  refused("--exhaustive --nodes 9", "bounds: nodes: expected 2 to 5, found 9");
  refused("--exhaustive --memory 4", "--memory: expected a size such as 4GiB");
  refused("--exhaustive --terms x", "--terms");
  refused("--exhaustive --resume nowhere", "nowhere: cannot be read");
  refused("--exhaustive --resume nowhere --terms 3", "cannot be given");
  refused("--exhaustive --resume " + scratch.file("text", "this is no search"),
          "it is no search that was stopped");
}

}  // namespace
}  // namespace snowflk::testing
