// Durations, shares, links and near words as people write them.
#include "sim/scenario/quantity.hpp"

#include "sim/scenario/reference.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

TEST_CASE("a duration is read exactly, in any unit") {
  CHECK(parse_duration("500ms") == milliseconds(500));
  CHECK(parse_duration("1.5s") == milliseconds(1500));
  CHECK(parse_duration("0.000000001s") == nanoseconds(1));
  CHECK(parse_duration("250us") == microseconds(250));
  CHECK(parse_duration("2m") == seconds(120));
  CHECK(parse_duration("10000h") == seconds(36'000'000));
  CHECK(parse_duration("0s") == Duration{0});
}

TEST_CASE("what is no duration is none") {
  for (const char* text : {"", "5", "s", "-1s", "+1s", "1 s", "1.s", ".5s", "1e3s", "1.5ns", "5sec",
                           "10001h", "9999999999999999999s", "1s1", "0x10s", "\n1s"}) {
    INFO(text);
    CHECK(!parse_duration(text));
  }
}

TEST_CASE("a duration is printed as the shortest text that reads as the same") {
  for (const char* text : {"0s", "1ns", "999ns", "1.5us", "250ms", "1.5s", "90s", "2m", "1h"}) {
    INFO(text);
    const auto duration = parse_duration(text);
    REQUIRE(duration);
    CHECK(print(*duration) == text);
  }
  CHECK(print(nanoseconds(1'000'001)) == "1000.001us");
}

TEST_CASE("a share is an exact ratio, however it is written") {
  CHECK(parse_ratio("1/400") == Ratio{.numerator = 1, .denominator = 400});
  CHECK(parse_ratio("0.25") == Ratio{.numerator = 1, .denominator = 4});
  CHECK(parse_ratio("25%") == Ratio{.numerator = 1, .denominator = 4});
  CHECK(parse_ratio("0.1%") == Ratio{.numerator = 1, .denominator = 1000});
  CHECK(parse_ratio("0") == Ratio{.numerator = 0, .denominator = 1});
  CHECK(parse_ratio("1") == Ratio{.numerator = 1, .denominator = 1});
}

TEST_CASE("what is no share is none") {
  for (const char* text : {"", "1/0", "2/1", "1.01", "101%", "-1", "1//2", "/", "1/", "a", "1e-3",
                           "%", "0.", "99999999999999999999/999999999999999999999"}) {
    INFO(text);
    CHECK(!parse_ratio(text));
  }
}

TEST_CASE("a link goes one way or both") {
  const auto one_way = parse_link("1->2");
  REQUIRE(one_way);
  CHECK(one_way->from == "1");
  CHECK(one_way->to == "2");
  CHECK(!one_way->both_ways);
  const auto both_ways = parse_link("old <-> *");
  REQUIRE(both_ways);
  CHECK(both_ways->from == "old");
  CHECK(both_ways->to == "*");
  CHECK(both_ways->both_ways);
  for (const char* text : {"", "->", "1->", "->2", "1-2", "<->"}) {
    INFO(text);
    CHECK(!parse_link(text));
  }
}

TEST_CASE("the nearest word is one that a slip of the hand makes, or none") {
  constexpr std::string_view kWords[] = {"isolate", "heal", "restart", "crash"};
  CHECK(nearest("isolatee", kWords) == "isolate");
  CHECK(nearest("haal", kWords) == "heal");
  CHECK(nearest("crsh", kWords) == "crash");
  CHECK(nearest("photosynthesis", kWords).empty());
  CHECK(nearest(std::string(100'000, 'x'), kWords).empty());
}

}  // namespace
}  // namespace snowflk::sim::scenario
