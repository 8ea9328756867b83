// Durations as people write them, for both drivers.
#include "core/base/quantity.hpp"

#include "tests/catch.hpp"

namespace snowflk {
namespace {

std::optional<Duration> read(std::string_view text) {
  return parse_duration(text, seconds(3600) * 100);
}

TEST_CASE("a duration is read exactly, in any unit") {
  CHECK(read("500ms") == milliseconds(500));
  CHECK(read("1.5s") == milliseconds(1500));
  CHECK(read("0.000000001s") == nanoseconds(1));
  CHECK(read("250us") == microseconds(250));
  CHECK(read("2m") == seconds(120));
  CHECK(read("100h") == seconds(360'000));
  CHECK(read("0.000000000005h") == nanoseconds(18));
  CHECK(read("00000000000000001s") == seconds(1));
  CHECK(read("0s") == Duration{0});
}

TEST_CASE("what is no duration is none") {
  for (const char* text : {"", "5", "s", "-1s", "+1s", "1 s", "1.s", ".5s", "1e3s", "1.5ns", "5sec",
                           "101h", "9999999999999999999s", "1s1", "0x10s", "\n1s"}) {
    INFO(text);
    CHECK(!read(text));
  }
}

TEST_CASE("a duration is printed as the shortest text that reads as the same") {
  for (const char* text : {"0s", "1ns", "999ns", "1.5us", "250ms", "1.5s", "90s", "2m", "1h"}) {
    INFO(text);
    const auto duration = read(text);
    REQUIRE(duration);
    CHECK(print(*duration) == text);
  }
  CHECK(print(nanoseconds(1'000'001)) == "1000.001us");
  CHECK(print(milliseconds(-1500)) == "-1.5s");
  CHECK(print(Duration{INT64_MIN}) == "-9223372036854775.808us");
}

TEST_CASE("a duration longer than the longest that is allowed is none, however it is written") {
  CHECK(parse_duration("1s", seconds(1)) == seconds(1));
  CHECK(!parse_duration("1.000000001s", seconds(1)));
  CHECK(parse_duration("999999999999999999ns", Duration{INT64_MAX}) ==
        nanoseconds(999'999'999'999'999'999));
  CHECK(!parse_duration("999999999999999999h", Duration{INT64_MAX}));
  CHECK(parse_duration("0h", Duration{0}) == Duration{0});
}

}  // namespace
}  // namespace snowflk
