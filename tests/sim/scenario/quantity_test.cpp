// Durations, shares and links as scenarios write them.
#include "sim/scenario/quantity.hpp"

#include "sim/scenario/reference.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

TEST_CASE("a scenario's duration is at most ten thousand hours") {
  CHECK(parse_duration("1.5s") == milliseconds(1500));
  CHECK(parse_duration("10000h") == seconds(36'000'000));
  CHECK(!parse_duration("10001h"));
  CHECK(!parse_duration("10000.5h"));
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

}  // namespace
}  // namespace snowflk::sim::scenario
