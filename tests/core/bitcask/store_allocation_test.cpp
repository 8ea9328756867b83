// A warm store allocates nothing: append, flush, completion.
#include "core/bitcask/store.hpp"
#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"
#include "tests/support/store_rig.hpp"

namespace snowflk::bitcask {
namespace {

struct Cycle {
  Store& store;
  DiskRequests& requests;
  std::vector<Event>& events;

  void run(int times) {
    for (int i = 0; i < times; ++i) {
      store.append(store.last_index().next(), Term{1}, 2, WallTime{1}, as_bytes("a value"));
      store.flush(Instant{1}, LogIndex{0}, {.disk = requests, .events = events});
      requests.clear();
      store.on_done(Lane::background, requests.issued(Lane::background),
                    {.disk = requests, .events = events});
      store.on_done(Lane::log, requests.issued(Lane::log), {.disk = requests, .events = events});
      events.clear();
    }
  }
};

TEST_CASE("a warm cycle of append, flush and completion allocates nothing") {
  StoreOptions options = testing::rig_options();
  options.segment_bytes = 64ULL << 20;
  testing::StoreRig rig(testing::CrashDisk{}, options);
  rig.settle();
  rig.store.set_hard_state(Term{1}, NodeId{1});
  rig.settle();
  Cycle cycle{.store = rig.store, .requests = rig.requests, .events = rig.events};
  cycle.run(1200);  // More than the first segment, which is small: it goes on in a larger one.
  REQUIRE(rig.store.durable_index() == LogIndex{1200});
  // The table of the log grows with the log; the cut makes room in it that is already there.
  rig.store.truncate(LogIndex{2});
  const u64 before = testing::allocations();
  cycle.run(900);
  CHECK(testing::allocations() == before);
  CHECK(rig.store.durable_index() == LogIndex{901});
}

}  // namespace
}  // namespace snowflk::bitcask
