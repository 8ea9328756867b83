// A disk that refuses without end is told of, and does not fill the log.
#include "real/refusals.hpp"

#include "tests/catch.hpp"

namespace snowflk::real {

TEST_CASE("refusals every 100 ms for an hour are told about once a minute, the first at once") {
  Refusals refusals;
  Instant now{1'000'000'000'000};
  CHECK(refusals.tell(now, "full") == "full");
  u64 lines = 0;
  std::string last;
  for (int i = 0; i < 36'000; ++i) {
    now = now + milliseconds(100);
    if (const auto line = refusals.tell(now, "full")) {
      lines += 1;
      last = *line;
    }
  }
  CHECK(lines >= 60);
  CHECK(lines <= 66);
  CHECK(last == "full (and 599 times since this was last said)");
}

TEST_CASE("a refusal after a while without any is told at once") {
  Refusals refusals;
  CHECK(refusals.tell(Instant{100'000'000'000}, "full"));
  CHECK(!refusals.tell(Instant{100'100'000'000}, "full"));
  CHECK(refusals.tell(Instant{120'000'000'000}, "full") == "full");
}

}  // namespace snowflk::real
