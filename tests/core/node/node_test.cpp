// What a node does with what happens to it: boot, serve, forward, hold back, refuse, leave.
#include "core/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/core/node/bench_cluster.hpp"

namespace snowflk::test {
namespace {

template <class E>
u32 count_events(const Seat& seat) {
  u32 count = 0;
  for (const node::Event& event : seat.events) {
    const auto is_one = [](const auto& inner) {
      return std::is_same_v<std::remove_cvref_t<decltype(inner)>, E>;
    };
    const bool found =
        std::visit([&](const auto& group) { return std::visit(is_one, group); }, event);
    count += found ? 1U : 0U;
  }
  return count;
}

u32 other_than(u32 node) { return node == 1 ? 2 : 1; }

}  // namespace

TEST_CASE("a node alone elects itself and answers") {
  BenchCluster cluster(1);
  CHECK(cluster.elect() == 1);
  CHECK(cluster.ask(1, {"SET", "k", "v"}) == "+OK");
  CHECK(cluster.ask(1, {"GET", "k"}) == "$1v");
  CHECK(cluster.ask(1, {"GET", "none"}) == "$-1");
  CHECK(cluster.ask(1, {"INCR", "n"}) == ":1");
  CHECK(cluster.ask(1, {"INCR", "n"}) == ":2");
  CHECK(cluster.ask(1, {"GET", "n"}) == "$12");
}

TEST_CASE("an empty directory is not started unless it is to be bootstrapped") {
  BenchCluster cluster(1);
  Seat& seat = cluster.seat(1);
  seat.disk = MemoryDisk{};
  seat.options.bootstrap = false;
  cluster.boot(1);
  cluster.settle();
  REQUIRE(seat.halts.size() == 1);
  CHECK(seat.halts[0].kind == node::HaltKind::refused);
  CHECK(seat.halts[0].reason.find("bootstrap") != std::string::npos);
}

TEST_CASE("what was acknowledged is there after a restart of all") {
  BenchCluster cluster(3);
  CHECK(cluster.ask(cluster.elect(), {"SET", "k", "v"}) == "+OK");
  CHECK(cluster.ask(cluster.elect(), {"APPEND", "k", "w"}) == ":2");
  for (u32 node = 1; node <= 3; ++node) cluster.boot(node);
  cluster.settle();
  CHECK(cluster.ask(cluster.elect(), {"GET", "k"}) == "$2vw");
}

TEST_CASE("a follower forwards writes, and reads through the leader's index") {
  BenchCluster cluster(3);
  const u32 follower = other_than(cluster.elect());
  CHECK(cluster.ask(follower, {"SET", "k", "v"}) == "+OK");
  CHECK(cluster.ask(follower, {"GET", "k"}) == "$1v");
  CHECK(cluster.ask(follower, {"MGET", "k", "none"}) == "*2$1v$-1");
}

TEST_CASE("a forwarded write whose stream breaks has an unknown outcome") {
  BenchCluster cluster(3);
  const u32 leader = cluster.elect();
  const u32 follower = other_than(leader);
  const auto id = cluster.request(follower, {"INCR", "n"});
  cluster.step(follower, node::PeerDown{.peer = NodeId{leader}, .epoch = 1});
  CHECK(cluster.reply(id).starts_with("-TIMEOUT outcome unknown"));
  cluster.settle();  // The leader's answer comes to nobody.
  CHECK(cluster.reply(id).starts_with("-TIMEOUT outcome unknown"));
}

TEST_CASE("writes that wait for room in the log take effect in the order they came") {
  for (const bool forwarded : {false, true}) {
    BenchCluster cluster(3);
    const u32 leader = cluster.elect();
    const u32 asked = forwarded ? other_than(leader) : leader;
    REQUIRE(cluster.ask(asked, {"SET", "k", "before"}) == "+OK");
    cluster.seat(leader).disk_stopped = true;
    std::vector<node::RequestId> requests;
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      requests.push_back(cluster.request(asked, {"SET", "k", std::string(30'000, letter)}));
    }
    requests.push_back(cluster.request(asked, {"SET", "k", "last"}));  // It would find room.
    cluster.settle();
    cluster.seat(leader).disk_stopped = false;
    cluster.run(milliseconds(300));
    for (const auto request : requests) CHECK(cluster.reply(request) == "+OK");
    CHECK(cluster.ask(asked, {"GET", "k"}) == "$4last");
  }
}

TEST_CASE("a request without a leader waits, and is refused when its time is up") {
  BenchCluster cluster(3);
  cluster.elect();
  for (u32 node = 1; node <= 3; ++node) cluster.seat(node).cut_off = true;
  cluster.run(seconds(2));
  CHECK(cluster.ask(1, {"SET", "k", "v"}) == "-CLUSTERDOWN No Raft leader");
}

TEST_CASE("a write that no majority has gets no answer but that its outcome is unknown") {
  BenchCluster cluster(3);
  const u32 leader = cluster.elect();
  const auto id = cluster.request(leader, {"SET", "k", "v"});
  cluster.seat(leader).cut_off = true;
  cluster.settle();
  cluster.run(seconds(1));
  CHECK(cluster.reply(id).empty());
  cluster.run(seconds(5));
  CHECK(cluster.reply(id).starts_with("-TIMEOUT outcome unknown"));
}

TEST_CASE("a write that another leader's entry replaced is refused for good") {
  BenchCluster cluster(3);
  const u32 old = cluster.elect();
  cluster.seat(old).cut_off = true;
  const auto lost = cluster.request(old, {"SET", "k", "lost"});
  cluster.settle();
  const u32 leader = cluster.elect();
  CHECK(cluster.ask(leader, {"SET", "k", "won"}) == "+OK");
  cluster.seat(old).cut_off = false;
  cluster.run(seconds(1));
  CHECK(cluster.reply(lost).starts_with("-ABORTED"));
  CHECK(cluster.ask(old, {"GET", "k"}) == "$3won");
}

// "Updated on stable storage before responding to RPCs" (Figure 2).
TEST_CASE("nothing that speaks for stored state leaves before its sync is done") {
  BenchCluster cluster(3);
  const u32 leader = cluster.elect();
  CHECK(cluster.ask(leader, {"SET", "k", "v"}) == "+OK");
  for (u32 node = 1; node <= 3; ++node) {
    if (node != leader) cluster.seat(node).disk_stopped = true;
  }
  const auto id = cluster.request(leader, {"SET", "k", "w"});
  cluster.settle();
  cluster.run(milliseconds(100));
  CHECK(cluster.reply(id).empty());
  CHECK(cluster.node(leader).raft()->commit_index() <
        cluster.node(leader).raft()->log().last_index());
  cluster.seat(other_than(leader)).disk_stopped = false;
  cluster.run(milliseconds(100));
  CHECK(cluster.reply(id) == "+OK");
}

TEST_CASE("a failed sync ends the incarnation, and the next recovers") {
  BenchCluster cluster(1);
  cluster.elect();
  CHECK(cluster.ask(1, {"SET", "k", "v"}) == "+OK");
  cluster.seat(1).disk_stopped = true;
  const auto id = cluster.request(1, {"SET", "k", "w"});
  REQUIRE_FALSE(cluster.seat(1).operations.empty());
  const bitcask::DiskOp failing = cluster.seat(1).operations.back();
  cluster.step(
      1, node::DiskRefused{
             .lane = failing.lane, .sequence = failing.sequence, .error = bitcask::DiskError::io});
  REQUIRE(cluster.seat(1).halts.size() == 1);
  CHECK(cluster.seat(1).halts[0].kind == node::HaltKind::disk_failed);
  CHECK(cluster.reply(id).empty());
  cluster.seat(1).disk_stopped = false;
  cluster.boot(1);
  cluster.settle();
  cluster.elect();
  CHECK(cluster.ask(1, {"GET", "k"}) == "$1v");
}

TEST_CASE("rot in what was durable makes a node refuse, in a sentence") {
  BenchCluster cluster(1);
  cluster.elect();
  for (const char* value : {"a", "b", "c", "d"}) {
    CHECK(cluster.ask(1, {"SET", "k", value}) == "+OK");
  }
  // A batch in the middle: the key and the value of its record stand side by side.
  const auto record = as_bytes("kb");
  for (auto& [file, bytes] : cluster.seat(1).disk.contents()) {
    const auto found = std::ranges::search(bytes, record);
    if (file.kind == bitcask::FileKind::segment && !found.empty()) found[1] ^= std::byte{0x10};
  }
  cluster.boot(1);
  cluster.settle();
  CHECK(cluster.node(1).phase() == node::Phase::refusing);
  CHECK_FALSE(cluster.node(1).refusing_reason().empty());
  CHECK(cluster.ask(1, {"GET", "k"}).starts_with("-MISCONF"));
  CHECK(count_events<node::Refusing>(cluster.seat(1)) == 1);
}

TEST_CASE("a frame that is none is said to be, and changes nothing") {
  BenchCluster cluster(3);
  cluster.elect();
  const std::vector<std::byte> garbage(64, std::byte{0x5a});
  cluster.step(1, node::FrameReceived{.from = NodeId{2}, .frame = garbage});
  CHECK(count_events<node::FrameRejected>(cluster.seat(1)) == 1);
}

TEST_CASE("asked to stop, a leader steps down and leaves when its log is durable") {
  BenchCluster cluster(3);
  const u32 leader = cluster.elect();
  CHECK(cluster.ask(leader, {"SET", "k", "v"}) == "+OK");
  cluster.step(leader, node::Stop{});
  cluster.settle();
  REQUIRE(cluster.seat(leader).halts.size() == 1);
  CHECK(cluster.seat(leader).halts[0].kind == node::HaltKind::stopped);
  CHECK(count_events<raft::SteppedDown>(cluster.seat(leader)) == 1);
}

TEST_CASE("a copy of a node goes on as the node does") {
  BenchCluster cluster(3);
  cluster.elect();
  BenchCluster copy = cluster;
  CHECK(cluster.ask(1, {"SET", "k", "v"}) == copy.ask(1, {"SET", "k", "v"}));
  cluster.run(seconds(1));
  copy.run(seconds(1));
  for (u32 node = 1; node <= 3; ++node) {
    CHECK(cluster.node(node).state_digest() == copy.node(node).state_digest());
    CHECK(cluster.node(node).raft()->log().last_index() ==
          copy.node(node).raft()->log().last_index());
  }
}

TEST_CASE("however many large replies are due, one step gives a bounded part of them") {
  // In memory, where all are due when one question is answered; and read from the disk one by one.
  for (const std::size_t bytes : {100'000U, 300'000U}) {
    BenchCluster cluster(3);
    const u32 leader = cluster.elect();
    const std::string large(bytes, 'v');
    REQUIRE(cluster.ask(leader, {"SET", "k", large}) == "+OK");
    cluster.run(milliseconds(100));
    cluster.seat(leader).largest_step = 0;
    std::vector<node::RequestId> asked;
    for (int i = 0; i < 60; ++i) asked.push_back(cluster.request(leader, {"GET", "k"}));
    cluster.run(milliseconds(30));  // Less than a heartbeat: what is left over is wanted at once.
    for (const node::RequestId request : asked) CHECK(cluster.reply(request).size() > large.size());
    CHECK(cluster.seat(leader).largest_step < limits::kReplyBytesPerStepMax + 2 * large.size());
  }
}

TEST_CASE("one batch costs one sync of the log") {
  BenchCluster cluster(1, 64ULL << 20);  // Segments that take it all: making one costs syncs too.
  cluster.elect();
  CHECK(cluster.ask(1, {"SET", "k", "v"}) == "+OK");
  cluster.run(seconds(1));
  cluster.seat(1).disk_stopped = true;
  cluster.request(1, {"SET", "k", "first"});  // Its batch is cut at once; the others gather.
  for (int i = 0; i < 100; ++i) cluster.request(1, {"SET", "k", "more"});
  const u64 before = cluster.seat(1).disk.syncs();
  cluster.seat(1).disk_stopped = false;
  cluster.settle();
  CHECK(cluster.ask(1, {"GET", "k"}) == "$4more");
  CHECK(cluster.seat(1).disk.syncs() - before == 2);
}

}  // namespace snowflk::test
