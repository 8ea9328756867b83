// What README shows is what its reader will see.
#include <algorithm>
#include <string>

#include "tests/tools/command.hpp"

namespace snowflk::testing {
namespace {

TEST_CASE("README quotes what its first command prints, line for line") {
  const std::string readme = read_whole(std::string{SNOWFLK_SOURCE_DIR} + "/README.md");
  constexpr std::string_view kCommand = "tools/snowflk sim run ";
  const std::size_t at = readme.find(kCommand);
  REQUIRE(at != std::string::npos);
  const std::size_t after = at + kCommand.size();
  const std::string arguments = readme.substr(after, readme.find('\n', after) - after);
  const std::size_t begin = readme.find("```\n", after) + 4;
  const std::string quoted = readme.substr(begin, readme.find("```\n", begin) - begin);

  const Scratch scratch;
  const auto printed =
      lines_of(snowflk(scratch, "sim run " SNOWFLK_SOURCE_DIR "/" + arguments).out);
  auto next = printed.begin();
  for (const std::string& line : lines_of(quoted)) {
    INFO(line);
    next = std::find(next, printed.end(), line);
    REQUIRE(next != printed.end());
  }
}

}  // namespace
}  // namespace snowflk::testing
