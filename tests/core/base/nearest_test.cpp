// The known word that somebody may have meant.
#include "core/base/nearest.hpp"

#include "tests/catch.hpp"

namespace snowflk {
namespace {

TEST_CASE("the nearest word is one that a slip of the hand makes, or none") {
  constexpr std::string_view kWords[] = {"isolate", "heal", "restart", "crash"};
  CHECK(nearest("isolatee", kWords) == "isolate");
  CHECK(nearest("haal", kWords) == "heal");
  CHECK(nearest("crsh", kWords) == "crash");
  CHECK(nearest("photosynthesis", kWords) == std::nullopt);
  CHECK(nearest(std::string(100'000, 'x'), kWords) == std::nullopt);
}

TEST_CASE("the nearest known word is offered only if it is near") {
  constexpr std::string_view kWords[] = {"peers", "data_dir", "node_id"};
  CHECK(nearest("peer", kWords) == "peers");
  CHECK(nearest("datadir", kWords) == "data_dir");
  CHECK(nearest("zebra_crossing", kWords) == std::nullopt);
  CHECK(nearest(std::string(100'000, 'p'), kWords) == std::nullopt);
}

}  // namespace
}  // namespace snowflk
