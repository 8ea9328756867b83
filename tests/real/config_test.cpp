// The server's configuration: what its file, its flags and its environment may say.
#include "real/config.hpp"

#include <stdexcept>

#include "tests/catch.hpp"

namespace snowflk::real {
namespace {

constexpr const char* kGood = R"(cluster_id: 7
node_id: 2
peers:
  - { id: 1, address: 127.0.0.1:7001 }
  - { id: 2, address: 127.0.0.1:7002 }
  - { id: 3, address: "[::1]:7003" }
data_dir: /tmp/n2
segment_size: 1MiB
batch_size: 64KiB
request_timeout: 2s
)";

std::string complaint(const std::string& text) {
  Config config;
  const auto read = read_yaml(config, text, "node.yml");
  return read ? "" : read.error().text;
}

const Key& key(std::string_view name) {
  for (const auto& each : keys()) {
    if (each.name == name) return each;
  }
  throw std::runtime_error{"no such key"};
}

std::string unsettled(const std::string& text) {
  Config config;
  REQUIRE(read_yaml(config, text, "node.yml"));
  const auto settled = settle(config);
  return settled ? "" : settled.error().text;
}

}  // namespace

TEST_CASE("a good file makes a configuration that can start a node") {
  Config config;
  REQUIRE(read_yaml(config, kGood, "node.yml"));
  REQUIRE(settle(config));
  CHECK(config.options.cluster == ClusterId{7});
  CHECK(config.options.self == NodeId{2});
  CHECK(config.options.voters == std::vector{NodeId{1}, NodeId{2}, NodeId{3}});
  CHECK(config.listen_peers == Address{"127.0.0.1", 7002});
  CHECK(config.peers[2].address == Address{"::1", 7003});
  CHECK(config.options.segment_bytes == 1U << 20);
  CHECK(config.options.request_timeout == seconds(2));
}

TEST_CASE("an unknown key is told with its line, its column and the nearest known key") {
  CHECK(complaint("cluster_id: 7\nnode-id: 2\n") ==
        "node.yml:2:1: unknown key 'node-id'; did you mean 'node_id'?");
  CHECK(complaint("peers:\n  - { id: 1, adress: 127.0.0.1:1 }\n") ==
        "node.yml:2:14: unknown key 'adress'; did you mean 'address'?");
  CHECK(complaint("wholly_other_matters: 1\n") ==
        "node.yml:1:1: unknown key 'wholly_other_matters'");
}

TEST_CASE("a file must hold one document, of no depth to speak of, and its reading ends") {
  CHECK(complaint("node_id: 1\n---\nnode_id: 2\n") ==
        "node.yml:3:1: a second document; the file must hold one");
  // Found by fuzzing: yaml-cpp found empty documents here without end.
  CHECK(complaint("#\n,") == "node.yml:2:1: a second document; the file must hold one");
  CHECK(complaint("a: " + std::string(20, '[')).ends_with(": nested too deeply"));
  CHECK(complaint("").empty());
  CHECK(complaint("# nothing\n").empty());
}

TEST_CASE("a value of the wrong kind is told with its line and column") {
  CHECK(complaint("node_id: two\n") ==
        "node.yml:1:10: node_id: expected a whole number, found 'two'");
  CHECK(complaint("node_id: 4294967296\n") ==
        "node.yml:1:10: node_id: expected a whole number, found '4294967296'");
  CHECK(complaint("heartbeat_interval: 50\n") ==
        "node.yml:1:21: heartbeat_interval: expected a time up to 24h such as 150ms or 2s, "
        "found '50'");
  CHECK(complaint("park_timeout: 99999999999999999999s\n").starts_with("node.yml:1:15: "));
  CHECK(complaint("segment_size: 99999999999GiB\n").starts_with("node.yml:1:15: "));
  CHECK(complaint("listen_clients: 127.0.0.1:70000\n").starts_with("node.yml:1:17: "));
  CHECK(complaint("data_dir: [a]\n") == "node.yml:1:11: data_dir must be one value");
  CHECK(complaint("peers: { id: 1 }\n") == "node.yml:1:8: peers must be a list of { id, address }");
  CHECK(complaint("peers:\n  - { id: 1 }\n") == "node.yml:2:5: the peer has no address");
  CHECK(complaint("node_id: 1\nnode_id: 2\n") == "node.yml:2:1: 'node_id' is given twice");
  CHECK(complaint("- 1\n").starts_with("node.yml:1:1: expected"));
}

TEST_CASE("bytes that are no YAML get one line, whatever they are") {
  CHECK(complaint("cluster_id: [\n").starts_with("node.yml:"));
  CHECK(complaint(std::string(100'000, '[')).starts_with("node.yml:"));
  CHECK(complaint("a: *nothing\n").starts_with("node.yml:"));
  CHECK(complaint("--- 1\n--- 2\n").starts_with("node.yml:2:"));
  CHECK(complaint(std::string("\0\xff\xfe", 3)) != "");
  CHECK(complaint("") == "");
}

TEST_CASE("what is missing or does not fit together is said before a node starts") {
  CHECK(unsettled("node_id: 1\n").starts_with("cluster_id is missing"));
  CHECK(unsettled("cluster_id: 1\n").starts_with("node_id is missing"));
  CHECK(unsettled("cluster_id: 1\nnode_id: 1\n").starts_with("peers is missing"));
  const std::string base = "cluster_id: 1\nnode_id: 4\ndata_dir: d\npeers: '";
  CHECK(unsettled(base + "1=h:1'\n") ==
        "node.yml:2:10: node_id: expected one of those in peers (1), found '4'");
  CHECK(unsettled(base + "4=h:1,4=h:2'\n") == "node.yml:4:8: peers: member 4 is named twice");
  CHECK(unsettled(base + "4=h:1'\n") == "");
}

TEST_CASE("a value out of its range is told with where it stands, and the range") {
  const std::string base = "cluster_id: 1\nnode_id: 4\ndata_dir: d\npeers: '4=h:1'\n";
  CHECK(unsettled(base + "request_timeout: 0s\n") ==
        "node.yml:5:18: request_timeout: expected a time longer than 0s, found '0s'");
  CHECK(unsettled(base + "election_timeout_min: 500ms\nelection_timeout_max: 400ms\n") ==
        "node.yml:6:23: election_timeout_max: expected a time of at least election_timeout_min "
        "(500ms), found '400ms'");
  CHECK(unsettled(base + "election_timeout_min: 50ms\n") ==
        "node.yml:5:23: election_timeout_min: expected a time longer than heartbeat_interval "
        "(100ms), found '50ms'");
  CHECK(unsettled(base + "heartbeat_interval: 5s\n") ==
        "node.yml:5:21: election_timeout_min: expected a time longer than heartbeat_interval (5s), "
        "found '500ms'");
  CHECK(unsettled(base + "segment_size: 1B\n") ==
        "node.yml:5:15: segment_size: expected a multiple of 4KiB from 64KiB to 1GiB, found '1B'");
  CHECK(unsettled(base + "segment_size: 4MiB\nbatch_size: 2MiB\n") ==
        "node.yml:6:13: batch_size: expected a size from 1B to 4MiB, and to a quarter of "
        "segment_size (4MiB), found '2MiB'");
  CHECK(unsettled(base + "log_level: inof\n") ==
        "node.yml:5:12: log_level: expected trace, debug, info, warn, error or off (did you mean "
        "'info'?), found 'inof'");
  CHECK(unsettled(base + "peer_timeout: 10ms\n").starts_with("node.yml:5:15: peer_timeout: "));
  CHECK(unsettled("cluster_id: 1\nnode_id: 0\ndata_dir: d\npeers: '4=h:1'\n") ==
        "node.yml:2:10: node_id: expected a number from 1 on, found '0'");
  CHECK(unsettled("cluster_id: 0\nnode_id: 4\ndata_dir: d\npeers: '4=h:1'\n") ==
        "node.yml:1:13: cluster_id: expected a number from 1 on, found '0'");
  CHECK(unsettled("cluster_id: 1\nnode_id: 1\ndata_dir: d\npeers:\n  - { id: 1, address: h:1 }\n"
                  "  - { id: 1, address: h:2 }\n") ==
        "node.yml:4:1: peers: member 1 is named twice");
  CHECK(complaint("cluster_id: 1\nrequest_timeout:\nnode_id: 1\n") ==
        "node.yml:2:1: request_timeout has no value");
}

TEST_CASE("a default gives way to a value that leaves it no room") {
  const std::string base = "cluster_id: 1\nnode_id: 4\ndata_dir: d\npeers: '4=h:1'\n";
  Config small;
  REQUIRE(read_yaml(small, base + "segment_size: 4MiB\n", "node.yml"));
  REQUIRE(settle(small));
  CHECK(small.options.batch_bytes_max == 1U << 20);
  Config slow;
  REQUIRE(read_yaml(slow, base + "election_timeout_min: 2s\n", "node.yml"));
  REQUIRE(settle(slow));
  CHECK(slow.options.election_timeout_max == seconds(4));
}

TEST_CASE("where clients reach a member may be told, and is where the node itself listens") {
  Config config;
  REQUIRE(read_yaml(config,
                    "cluster_id: 1\nnode_id: 2\ndata_dir: d\npeers:\n"
                    "  - { id: 1, address: a:1, clients: a:2 }\n"
                    "  - { id: 2, address: b:1, clients: b:2 }\n",
                    "node.yml"));
  REQUIRE(settle(config));
  CHECK(config.listen_clients == Address{"b", 2});
  CHECK(config.peers[0].clients == Address{"a", 2});
  CHECK(show(config, key("peers")) == "1=a:1@a:2,2=b:1@b:2");
  REQUIRE(set(config, key("peers"), "1=[::1]:1@[::2]:2"));
  CHECK(config.peers[0].clients == Address{"::2", 2});
}

TEST_CASE("what a key shows is what sets it") {
  Config config;
  REQUIRE(read_yaml(config, kGood, "node.yml"));
  for (const auto& each : keys()) {
    INFO(each.name);
    const std::string shown = show(config, each);
    Config again;
    if (shown.empty()) continue;
    REQUIRE(set(again, each, shown));
    CHECK(show(again, each) == shown);
  }
  CHECK(show(config, key("request_timeout")) == "2s");
  CHECK(show(config, key("batch_size")) == "64KiB");
  CHECK(show(config, key("peers")) == "1=127.0.0.1:7001,2=127.0.0.1:7002,3=[::1]:7003");
}

TEST_CASE("every key is a flag and a variable") {
  CHECK(flag_of(key("node_id")) == "--node-id");
  CHECK(variable_of(key("node_id")) == "SNOWFLK_NODE_ID");
}

TEST_CASE("the example file is good, and the documentation names every key and its default") {
  const auto example = read_config_file(SNOWFLK_SOURCE_DIR "/docs/node.yml");
  REQUIRE(example);
  Config config;
  const auto read = read_yaml(config, *example, "docs/node.yml");
  INFO((read ? "" : read.error().text));
  REQUIRE(read);
  REQUIRE(settle(config));
  const auto manual = read_config_file(SNOWFLK_SOURCE_DIR "/docs/SERVER.md");
  REQUIRE(manual);
  for (const auto& each : keys()) {
    const std::string shown = show(Config{}, each);
    const bool none = shown.empty() || shown == "0";
    const std::string row = "| `" + std::string{each.name} + "` | " +
                            (none ? std::string{} : "`" + shown + "`") + " | " +
                            std::string{each.meaning} + " |";
    INFO(row);
    CHECK(manual->find(row) != std::string::npos);
  }
}

TEST_CASE("a file that is not there or is a directory is a sentence") {
  CHECK(read_config_file("/no/such/file").error().text ==
        "cannot open /no/such/file: No such file or directory");
  CHECK(!read_config_file("/tmp"));
}

}  // namespace snowflk::real
