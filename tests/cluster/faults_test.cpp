// Real processes under load, killed, paused and started again: no acknowledged write is lost, and
// the counter is what was acknowledged, or that and what is unknown.
#include <signal.h>

#include "tests/catch.hpp"
#include "tests/cluster/support.hpp"

namespace snowflk::real {
namespace {

using test::Load;
using test::TestCluster;
using test::wait_until;

constexpr unsigned kClients = 6;

/// Waits until `count` more increments are acknowledged; fails, with the nodes' logs, if it takes
/// too long.
void go_on(TestCluster& cluster, const Load& load, u64 count) {
  const u64 before = load.progress();
  if (wait_until(seconds(25), [&] { return load.progress() >= before + count; })) return;
  FAIL("only " << load.progress() - before << " of " << count << " increments in time\n"
               << cluster.logs());
}

}  // namespace

TEST_CASE("the leader is killed twice under load, and nothing acknowledged is lost") {
  TestCluster cluster;
  Load load{cluster.nodes(), kClients};
  for (int i = 0; i < 2; ++i) {
    go_on(cluster, load, 100);
    auto& leader = cluster.leader();
    cluster.kill(leader);
    go_on(cluster, load, 100);
    cluster.start(leader);
  }
  go_on(cluster, load, 100);
  const auto& ledger = load.stop();
  CHECK(judge(ledger, cluster.nodes()) == "");
}

TEST_CASE("when the leader is killed, another node answers a read within three seconds") {
  TestCluster cluster;
  auto& follower = cluster.follower();
  auto client = RespClient::connect({"127.0.0.1", follower.port}, seconds(2));
  REQUIRE(client);
  const auto written = client->call({"SET", "k", "v"}, seconds(5));
  REQUIRE((written && written->text == "OK"));
  cluster.kill(cluster.leader());
  const auto read = client->call({"GET", "k"}, seconds(3));
  INFO(cluster.logs());
  REQUIRE(read);
  CHECK(read->text == "v");
}

TEST_CASE("a follower is killed under load, and clients hardly notice") {
  TestCluster cluster;
  Load load{cluster.nodes(), kClients};
  go_on(cluster, load, 100);
  auto& follower = cluster.follower();
  cluster.kill(follower);
  go_on(cluster, load, 200);
  cluster.start(follower);
  go_on(cluster, load, 200);
  const auto& ledger = load.stop();
  CHECK(judge(ledger, cluster.nodes()) == "");
}

TEST_CASE(
    "a leader that was paused comes back to a cluster that has another, and serves nothing old") {
  TestCluster cluster;
  Load load{cluster.nodes(), kClients};
  go_on(cluster, load, 100);
  auto& paused = cluster.leader();
  paused.process->signal(SIGSTOP);
  go_on(cluster, load, 200);
  paused.process->signal(SIGCONT);
  go_on(cluster, load, 200);
  const auto& ledger = load.stop();
  CHECK(judge(ledger, cluster.nodes()) == "");
}

TEST_CASE("all nodes are killed at once, and come back with all that was acknowledged") {
  TestCluster cluster;
  Load load{cluster.nodes(), kClients};
  go_on(cluster, load, 200);
  for (auto& node : cluster.nodes()) node.process->signal(SIGKILL);
  for (auto& node : cluster.nodes()) REQUIRE(node.process->wait(5'000));
  for (auto& node : cluster.nodes()) cluster.start(node);
  go_on(cluster, load, 200);
  const auto& ledger = load.stop();
  CHECK(judge(ledger, cluster.nodes()) == "");
}

TEST_CASE("all nodes leave cleanly when told to, and start again") {
  TestCluster cluster;
  test::Ledger told;
  {
    Load load{cluster.nodes(), kClients};
    go_on(cluster, load, 100);
    told = load.stop();
  }
  for (auto& node : cluster.nodes()) {
    node.process->signal(SIGTERM);
    const auto end = node.process->wait(5'000);
    INFO(cluster.logs());
    REQUIRE(end);
    CHECK(text_of(*end) == "with exit code 0");
  }
  for (auto& node : cluster.nodes()) cluster.start(node);
  cluster.leader();
  CHECK(judge(told, cluster.nodes()) == "");
}

TEST_CASE("without a majority nothing is acknowledged, and with it all goes on") {
  TestCluster cluster;
  auto& leader = cluster.leader();
  std::vector<LocalNode*> others;
  for (auto& node : cluster.nodes()) {
    if (node.id != leader.id) others.push_back(&node);
  }
  for (auto* node : others) cluster.kill(*node);
  auto client = RespClient::connect({"127.0.0.1", leader.port}, seconds(2));
  REQUIRE(client);
  const auto written = client->call({"SET", "k", "v"}, seconds(8));
  REQUIRE(written);
  CHECK(written->is_error());
  const auto read = client->call({"GET", "k"}, seconds(8));
  REQUIRE(read);
  CHECK(read->is_error());
  for (auto* node : others) cluster.start(*node);
  cluster.leader();
  CHECK(wait_until(seconds(10), [&] {
    const auto answer = client->call({"SET", "k", "w"}, seconds(8));
    return answer && !answer->is_error();
  }));
}

}  // namespace snowflk::real
