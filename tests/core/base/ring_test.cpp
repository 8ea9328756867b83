// The queue in one array: order, growth, removal, reuse.
#include "core/base/ring.hpp"

#include "tests/catch.hpp"

namespace snowflk {

TEST_CASE("a ring gives back what came first, across growth and wrap-around") {
  Ring<int> ring;
  int next_in = 0;
  int next_out = 0;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 7; ++i) ring.push_back(next_in++);
    for (int i = 0; i < 5; ++i) {
      CHECK(ring.front() == next_out++);
      ring.pop_front();
    }
  }
  CHECK(ring.size() == 200);
  CHECK(ring[0] == next_out);
  CHECK(ring.back() == next_in - 1);
}

TEST_CASE("removal keeps the order of the rest, also when they wrap around") {
  Ring<int> ring;
  for (int i = 0; i < 8; ++i) ring.push_back(i);
  for (int i = 0; i < 6; ++i) ring.pop_front();
  for (int i = 8; i < 14; ++i) ring.push_back(i);  // 6 … 13 in eight slots
  ring.remove_if([](int value) { return value % 2 == 0; });
  REQUIRE(ring.size() == 4);
  for (std::size_t at = 0; at < 4; ++at) CHECK(ring[at] == 7 + 2 * static_cast<int>(at));
  ring.remove_if([](int) { return true; });
  CHECK(ring.empty());
}

TEST_CASE("a copy of a ring is a ring of its own") {
  Ring<int> ring;
  ring.push_back(1);
  Ring<int> copy = ring;
  copy.push_back(2);
  copy.front() = 9;
  CHECK(ring.size() == 1);
  CHECK(ring.front() == 1);
}

}  // namespace snowflk
