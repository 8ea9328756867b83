// core/raft/log.hpp: the row of terms.
#include "core/raft/log.hpp"

#include "tests/catch.hpp"
#include "tests/support/raft_cluster.hpp"

namespace snowflk::raft {
namespace {

using testing::log_of;
using testing::terms_of;

TEST_CASE("an empty log ends at index 0, in term 0") {
  const Log log;
  CHECK(log.first_index() == LogIndex{1});
  CHECK(log.last_index() == LogIndex{0});
  CHECK(log.last_term() == Term{0});
  CHECK(log.contains(LogIndex{0}, Term{0}));
  CHECK(!log.contains(LogIndex{1}, Term{0}));
}

TEST_CASE("a log contains an entry by index and term") {
  const Log log{log_of({1, 1, 4})};
  CHECK(log.contains(LogIndex{3}, Term{4}));
  CHECK(!log.contains(LogIndex{3}, Term{1}));
  CHECK(!log.contains(LogIndex{4}, Term{4}));
  CHECK(log.contains(LogIndex{0}, Term{0}));
  CHECK(!log.contains(LogIndex{0}, Term{1}));
}

TEST_CASE("what is truncated is gone, and the log goes on from there") {
  Log log{log_of({1, 1, 4, 4})};
  log.truncate(LogIndex{3});
  CHECK(terms_of(log) == std::vector<u64>{1, 1});
  log.append({.term = Term{5}, .size = 0, .kind = EntryKind::no_op});
  CHECK(terms_of(log) == std::vector<u64>{1, 1, 5});
  log.truncate(LogIndex{1});
  CHECK(log.last_index() == LogIndex{0});
}

TEST_CASE("two logs agree at the highest index whose term is no newer, at the latest") {
  const Log log{log_of({1, 1, 2, 2, 5, 5})};
  CHECK(log.agreement_bound(LogIndex{6}, Term{5}) == LogIndex{6});
  CHECK(log.agreement_bound(LogIndex{6}, Term{4}) == LogIndex{4});
  CHECK(log.agreement_bound(LogIndex{6}, Term{1}) == LogIndex{2});
  CHECK(log.agreement_bound(LogIndex{3}, Term{9}) == LogIndex{3});
  CHECK(log.agreement_bound(LogIndex{99}, Term{9}) == LogIndex{6});
  CHECK(log.agreement_bound(LogIndex{6}, Term{0}) == LogIndex{0});
}

}  // namespace
}  // namespace snowflk::raft
