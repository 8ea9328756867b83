// For how long a disk has ended nothing of what it has begun.
#include "core/node/disk_watch.hpp"
#include "tests/catch.hpp"

namespace snowflk::node {

TEST_CASE("a disk that owes nothing never waits") {
  DiskWatch watch;
  CHECK_FALSE(watch.has_waited(Instant{100}, Duration{10}));
  watch.look(Instant{0}, false, 0);
  CHECK_FALSE(watch.has_waited(Instant{100}, Duration{10}));
}

TEST_CASE("a disk's wait begins when it is first seen to owe, and ends when it owes nothing") {
  DiskWatch watch;
  watch.look(Instant{5}, true, 0);
  watch.look(Instant{9}, true, 0);
  CHECK_FALSE(watch.has_waited(Instant{14}, Duration{10}));
  CHECK(watch.has_waited(Instant{15}, Duration{10}));
  watch.look(Instant{15}, false, 1);
  CHECK_FALSE(watch.has_waited(Instant{99}, Duration{10}));
  watch.look(Instant{99}, true, 1);
  CHECK_FALSE(watch.has_waited(Instant{108}, Duration{10}));
}

TEST_CASE("a disk that ends something waits anew for the rest") {
  DiskWatch watch;
  watch.look(Instant{5}, true, 0);
  watch.look(Instant{12}, true, 1);
  CHECK_FALSE(watch.has_waited(Instant{21}, Duration{10}));
  CHECK(watch.has_waited(Instant{22}, Duration{10}));
}

}  // namespace snowflk::node
