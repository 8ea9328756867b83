// Commands of the connection: what each answers, word for word where clients compare words.
#include "real/connection_commands.hpp"

#include "core/wire/resp.hpp"
#include "core/wire/resp_reply.hpp"
#include "tests/catch.hpp"

namespace snowflk::real {
namespace {

struct Desk {
  Config config;
  NodeStatus node;
  Sessions sessions;
  Counters counters;
  bool closed = false;
  std::vector<u64> ended;

  Desk() {
    config.options.cluster = ClusterId{1};
    config.options.self = NodeId{2};
    for (u32 i = 1; i <= 3; ++i) {
      config.peers.push_back({.id = NodeId{i},
                              .address = {"127.0.0.1", static_cast<u16>(7000 + i)},
                              .clients = {"127.0.0.1", static_cast<u16>(6000 + i)}});
    }
    node.phase = "running";
    node.running = true;
    node.leader = NodeId{1};
    sessions[5].id = 5;
    sessions[5].address = "127.0.0.1:40000";
  }
  Session& session() { return sessions[5]; }

  /// The raw answer to an inline request.
  std::string raw(std::string_view line) {
    wire::Words words;
    REQUIRE(wire::split_line(line, words));
    std::vector<Bytes> args;
    for (std::size_t i = 0; i < words.size(); ++i) args.push_back(words[i]);
    const auto spec = kv::check_call(args);
    if (!spec) return "-" + spec.error().text;
    std::vector<std::byte> out;
    const ServerView view{.config = config,
                          .node = node,
                          .sessions = sessions,
                          .counters = counters,
                          .now = {.monotonic = Instant{5'000'000'000}, .wall = WallTime{1500}},
                          .started = Instant{0},
                          .run_id = "0123"};
    Call call{.args = args, .session = session(), .server = view, .out = out, .ended = {}};
    carry_out(**spec, call);
    closed = call.closes;
    ended = call.ended;
    return std::string{as_text(out)};
  }
  wire::RespValue value(std::string_view line) {
    const std::string text = raw(line);
    wire::ReplyParser parser;
    REQUIRE(parser.parse(as_bytes(text)) == wire::ReplyParser::Status::reply);
    CHECK(parser.consumed() == text.size());
    return parser.take();
  }
  std::string text(std::string_view line) { return value(line).text; }
};

bool has_line(const std::string& info, const std::string& line) {
  return info.find(line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("every connection command of the table is carried out") {
  for (const auto& spec : kv::commands()) {
    if ((spec.flags & kv::kConnection) == 0) continue;
    INFO(spec.name);
    Desk desk;
    const int words = spec.arity < 0 ? -spec.arity : spec.arity;
    std::string line{spec.name};
    for (int i = 1; i < words; ++i) line += " x";
    CHECK(desk.raw(line).size() > 2);
  }
}

TEST_CASE("HELLO answers seven pairs, as a map where the client speaks RESP3") {
  Desk desk;
  CHECK(desk.raw("HELLO").starts_with("*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n"));
  const auto three = desk.raw("hello 3 AUTH default any SETNAME me");
  CHECK(three.starts_with("%7\r\n"));
  CHECK(three.find("$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:5\r\n") != std::string::npos);
  CHECK(desk.session().name == "me");
  CHECK(desk.session().protocol == wire::Protocol::resp3);
  CHECK(desk.raw("CLIENT GETNAME") == "$2\r\nme\r\n");
  CHECK(desk.raw("HELLO 2").starts_with("*14\r\n"));
}

TEST_CASE("a HELLO that is wrong in one word changes nothing") {
  Desk desk;
  CHECK(desk.raw("HELLO 4") == "-NOPROTO unsupported protocol version\r\n");
  CHECK(desk.raw("HELLO x") == "-ERR Protocol version is not an integer or out of range\r\n");
  CHECK(desk.raw("HELLO 3 NONSENSE") == "-ERR Syntax error in HELLO option 'NONSENSE'\r\n");
  CHECK(desk.raw("HELLO 3 SETNAME x AUTH eve y").starts_with("-WRONGPASS "));
  CHECK(desk.session().protocol == wire::Protocol::resp2);
  CHECK(desk.session().name.empty());
}

TEST_CASE("PING, ECHO, SELECT, AUTH and QUIT answer as Redis does") {
  Desk desk;
  CHECK(desk.raw("ping") == "+PONG\r\n");
  CHECK(desk.raw("PING hi") == "$2\r\nhi\r\n");
  CHECK(desk.raw("PING a b") == "-ERR wrong number of arguments for 'ping' command\r\n");
  CHECK(desk.raw("ECHO hi") == "$2\r\nhi\r\n");
  CHECK(desk.raw("SELECT 0") == "+OK\r\n");
  CHECK(desk.raw("SELECT 1") == "-ERR DB index is out of range\r\n");
  CHECK(desk.raw("SELECT x") == "-ERR value is not an integer or out of range\r\n");
  CHECK(desk.raw("AUTH secret").starts_with("-ERR AUTH <password> called without any password"));
  CHECK(desk.raw("AUTH default x") == "+OK\r\n");
  CHECK(desk.raw("AUTH eve x").starts_with("-WRONGPASS "));
  CHECK(desk.raw("CLUSTER NODES") == "-ERR This instance has cluster support disabled\r\n");
  CHECK(desk.raw("QUIT") == "+OK\r\n");
  CHECK(desk.closed);
}

TEST_CASE("what client libraries send when they connect is understood or refused in known words") {
  Desk desk;
  CHECK(desk.raw("client SETINFO LIB-NAME ioredis") == "+OK\r\n");
  CHECK(desk.raw("CLIENT SETINFO LIB-VER 5.11.1") == "+OK\r\n");
  CHECK(desk.raw("CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type external-ip") ==
        "-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.\r\n");
  CHECK(desk.raw("CLIENT SETINFO lib-name 'a b'") ==
        "-ERR lib-name cannot contain spaces, newlines or special characters.\r\n");
  CHECK(desk.raw("CLIENT SETINFO other x") == "-ERR Unrecognized option 'other'\r\n");
  CHECK(desk.raw("CLIENT ID x") == "-ERR wrong number of arguments for 'client|id' command\r\n");
  const std::string info = desk.text("CLIENT INFO");
  CHECK(info.starts_with("id=5 addr=127.0.0.1:40000 "));
  CHECK(info.ends_with("lib-name=ioredis lib-ver=5.11.1\n"));
}

TEST_CASE("CLIENT LIST shows all, or those asked for") {
  Desk desk;
  desk.sessions[9].id = 9;
  CHECK(desk.text("CLIENT LIST").find("id=9 ") != std::string::npos);
  CHECK(desk.text("CLIENT LIST ID 5").find("id=9 ") == std::string::npos);
  CHECK(desk.text("CLIENT LIST TYPE pubsub").empty());
  CHECK(desk.raw("CLIENT LIST ID x") == "-ERR Invalid client ID\r\n");
  CHECK(desk.raw("CLIENT LIST NONSENSE") == "-ERR syntax error\r\n");
}

TEST_CASE("CLIENT KILL closes those that fit, and the one that asks only if it says so") {
  Desk desk;
  desk.sessions[6].id = 6;
  desk.sessions[6].address = "127.0.0.1:40001";
  CHECK(desk.raw("CLIENT KILL 127.0.0.1:40001") == "+OK\r\n");
  CHECK(desk.ended == std::vector<u64>{6});
  CHECK(desk.raw("CLIENT KILL 127.0.0.1:1") == "-ERR No such client\r\n");
  CHECK(desk.raw("CLIENT KILL ID 6") == ":1\r\n");
  CHECK(desk.ended == std::vector<u64>{6});
  CHECK(desk.raw("CLIENT KILL ID 6 ADDR 127.0.0.1:1") == ":0\r\n");
  CHECK(desk.raw("CLIENT KILL TYPE normal") == ":1\r\n");
  CHECK(!desk.closed);
  CHECK(desk.raw("CLIENT KILL TYPE normal SKIPME no") == ":2\r\n");
  CHECK(desk.closed);
  CHECK(desk.raw("CLIENT KILL ID 0") == "-ERR client-id should be greater than 0\r\n");
  CHECK(desk.raw("CLIENT KILL NONSENSE x") == "-ERR syntax error\r\n");
  CHECK(desk.raw("CLIENT KILL") == "-ERR wrong number of arguments for 'client|kill' command\r\n");
}

TEST_CASE("INFO of a leader has a line for each follower, and all has what tools read") {
  Desk desk;
  desk.node.role = raft::Role::leader;
  desk.node.followers = {
      {.id = NodeId{1}, .match = LogIndex{9}, .last_heard = Instant{3'000'000'000}}};
  const std::string info = desk.text("INFO");
  CHECK(has_line(info, "connected_slaves:1"));
  CHECK(has_line(info, "slave0:ip=127.0.0.1,port=6001,state=online,offset=9,lag=2"));
  for (const auto* field : {"hz:", "executable:/", "config_file:", "instantaneous_ops_per_sec:",
                            "keyspace_hits:", "keyspace_misses:", "expired_keys:", "run_id:0123"}) {
    INFO(field);
    CHECK(info.find(std::string{"\n"} + field) != std::string::npos);
  }
}

TEST_CASE("INFO says who leads, as what process, and how far its log is") {
  Desk desk;
  const std::string follower = desk.text("INFO");
  CHECK(has_line(follower, "role:slave"));
  CHECK(has_line(follower, "master_port:6001"));
  CHECK(has_line(follower, "process_id:" + std::to_string(::getpid())));
  CHECK(has_line(follower, "loading:0"));
  CHECK(has_line(follower, "redis_version:7.2.0"));
  desk.node.role = raft::Role::leader;
  desk.node.commit_index = LogIndex{12};
  desk.node.keys = 3;
  const std::string leader = desk.text("info");
  CHECK(has_line(leader, "role:master"));
  CHECK(has_line(leader, "db0:keys=3,expires=0,avg_ttl=0"));
  CHECK(has_line(
      leader,
      "# Raft\r\nraft_cluster_id:1\r\nraft_node_id:2\r\nraft_state:running\r\nraft_role:leader"));
  CHECK(has_line(leader, "raft_commit_index:12"));
  CHECK(leader.find("# Bitcask\r\n") != std::string::npos);
}

TEST_CASE("INFO of some sections shows those alone, and while a node loads it says so") {
  Desk desk;
  desk.node.phase = "booting";
  const std::string text = desk.text("INFO PERSISTENCE raft");
  CHECK(text.starts_with("# Persistence\r\nloading:1\r\n"));
  CHECK(text.find("# Raft\r\n") != std::string::npos);
  CHECK(text.find("# Server\r\n") == std::string::npos);
  CHECK(desk.text("INFO nothing").empty());
}

TEST_CASE("COMMAND is made of the core's table") {
  Desk desk;
  const auto count = static_cast<i64>(kv::commands().size());
  CHECK(desk.value("COMMAND COUNT").integer == count);
  CHECK(desk.value("COMMAND").items.size() == kv::commands().size());
  CHECK(desk.value("COMMAND LIST").items.size() == kv::commands().size());
  const auto info = desk.value("COMMAND INFO get nothing");
  REQUIRE(info.items.size() == 2);
  CHECK(info.items[0].items.size() == 10);
  CHECK(info.items[0].items[0].text == "get");
  CHECK(info.items[1].kind == wire::RespValue::Kind::null);
  CHECK(desk.value("COMMAND DOCS").items.size() == 2 * kv::commands().size());
  CHECK(desk.raw("COMMAND GETKEYS MSET a 1 b 2") == "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  CHECK(desk.raw("COMMAND GETKEYS GET") ==
        "-ERR Invalid number of arguments specified for command\r\n");
  CHECK(desk.raw("COMMAND GETKEYS PING") == "-ERR The command has no key arguments\r\n");
  CHECK(desk.raw("COMMAND NONSENSE") ==
        "-ERR unknown subcommand 'NONSENSE'. Try COMMAND HELP.\r\n");
}

TEST_CASE("CONFIG GET knows what redis-benchmark asks, patterns, and our own keys") {
  Desk desk;
  CHECK(desk.raw("CONFIG GET save") == "*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
  CHECK(desk.raw("config get APPENDONLY") == "*2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n");
  CHECK(desk.value("CONFIG GET maxmemory*").items.size() == 4);
  CHECK(desk.value("CONFIG GET request_timeout save").items.size() == 4);
  CHECK(desk.value("CONFIG GET nothing").items.empty());
  CHECK(desk.raw("CONFIG SET save 1").starts_with("-ERR CONFIG SET is not supported"));
  desk.counters.commands = 9;
  CHECK(desk.raw("CONFIG RESETSTAT") == "+OK\r\n");
  CHECK(desk.counters.commands == 0);
}

TEST_CASE("ROLE and TIME have the shapes of Redis") {
  Desk desk;
  const auto follower = desk.value("ROLE");
  REQUIRE(follower.items.size() == 5);
  CHECK(follower.items[0].text == "slave");
  CHECK(follower.items[2].integer == 6001);
  desk.node.role = raft::Role::leader;
  const auto leader = desk.value("ROLE");
  REQUIRE(leader.items.size() == 3);
  CHECK(leader.items[0].text == "master");
  CHECK(leader.items[2].items.size() == 2);
  CHECK(desk.raw("TIME") == "*2\r\n$1\r\n1\r\n$6\r\n500000\r\n");
}

TEST_CASE("RESET makes a session new") {
  Desk desk;
  desk.raw("HELLO 3 SETNAME me");
  CHECK(desk.raw("RESET") == "+RESET\r\n");
  CHECK(desk.session().protocol == wire::Protocol::resp2);
  CHECK(desk.raw("CLIENT GETNAME") == "$-1\r\n");
}

}  // namespace snowflk::real
