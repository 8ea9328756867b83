// core/raft/invariants.cpp and the assertions beside it: what no legal schedule can bring about
// ends the process, and says which belief was wrong.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>

#include "tests/catch.hpp"
#include "tests/support/raft_cluster.hpp"

namespace snowflk::testing {
namespace {

constexpr NodeId n1{1};

constexpr int kDiedOfIt = 42;
constexpr int kDiedOfAnother = 43;
const char* expected = nullptr;

void leave(const AssertInfo& info) {
  const bool it = std::strstr(info.expression, expected) != nullptr;
  ::_exit(it ? kDiedOfIt : kDiedOfAnother);
}

/// Whether `body`, run in a child, dies of an assertion in whose text `expression` stands.
bool dies_of(const char* expression, const std::function<void()>& body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    expected = expression;
    set_assert_handler(leave);
    body();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == kDiedOfIt;
}

TEST_CASE("terms never fall along a log") {
  CHECK(dies_of("entry.term >= last_term()", [] {
    raft::Log log{log_of({1, 3})};
    log.append({.term = Term{2}, .size = 0, .kind = raft::EntryKind::command});
  }));
  // Found in what was recovered, by the check that costs.
  CHECK(dies_of("before <= entry.term", [] {
    RaftCluster cluster{3};
    cluster.start(n1, {.hard_state = {.current_term = Term{3}, .voted_for = {}},
                       .entries = log_of({1, 3, 2})});
    cluster.campaign(n1);
  }));
}

TEST_CASE("a server does not start from what cannot have been stored") {
  CHECK(dies_of("commit_index_ <= log_.last_index()", [] {
    RaftCluster cluster{3};
    cluster.start(
        n1, {.hard_state = {.current_term = Term{3}, .voted_for = {}}, .entries = log_of({1})},
        LogIndex{2});
  }));
  CHECK(dies_of("log_.last_term() <= hard_state_.current_term", [] {
    RaftCluster cluster{3};
    cluster.start(n1, {.hard_state = {}, .entries = log_of({1})});
  }));
}

TEST_CASE("a server does not start with options that cannot work") {
  const auto start = [](const raft::Options& options) { RaftCluster cluster{3, options}; };
  CHECK(dies_of("heartbeat_interval < options_.election_timeout_min", [&] {
    raft::Options options;
    options.heartbeat_interval = options.election_timeout_min;
    start(options);
  }));
  CHECK(dies_of("election_timeout_min <= options_.election_timeout_max", [&] {
    raft::Options options;
    options.election_timeout_max = milliseconds(100);
    start(options);
  }));
  CHECK(dies_of("inflight_messages_max > 0", [&] {
    raft::Options options;
    options.inflight_messages_max = 0;
    start(options);
  }));
  CHECK(dies_of("voters.size() <= kVotersMax", [] { RaftCluster cluster{10}; }));
}

TEST_CASE("a legal life dies of nothing") {
  CHECK(!dies_of("", [] {
    RaftCluster cluster{3};
    cluster.run(seconds(2));
  }));
}

}  // namespace
}  // namespace snowflk::testing
