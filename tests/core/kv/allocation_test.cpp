// A warm command, from the bytes of a connection to the bytes of its answer, allocates nothing.
#include <cstdlib>

#include "core/kv/machine.hpp"
#include "core/wire/frame.hpp"
#include "core/wire/resp.hpp"
#include "tests/catch.hpp"
#include "tests/support/allocations.hpp"

namespace snowflk::kv {
namespace {

/// All that a request passes, with its buffers reused.
class Path {
 public:
  Path() : machine_({.cache_bytes = 4096, .salt = 0}) {}

  void request(std::string_view text) {
    const Bytes unread = as_bytes(text);
    require(parser_.parse(unread) == wire::RequestParser::Status::request);
    payload_.clear();
    require(encode_command(parser_.args(unread), payload_).has_value());
    travel();
    const auto command = decode_command(payload_);
    require(command.has_value());
    reply_.clear();
    ReplyWriter reply(reply_);
    derived_.clear();
    wanted_.clear();
    machine_.missing_operands(*command, operands_, wanted_);
    require(wanted_.empty());
    const LogIndex index = machine_.applied().next();
    machine_.apply(index, Term{1}, *command, {.segment = 1, .offset = 8 * (index.value % 1000)},
                   operands_, {reply, derived_});
    for (const Derived& derived : derived_) {
      machine_.derived_durable(derived.index, derived.sub,
                               bitcask::RecordLocation::of(2, 8 * (index.value % 1000), 64));
    }
    resp_.clear();
    require(write_resp(reply_, wire::Protocol::resp2, resp_));
  }

 private:
  /// As an entry to a peer, and back.
  void travel() {
    const wire::Entry entry{.info = {.term = Term{1},
                                     .size = static_cast<u32>(payload_.size()),
                                     .kind = raft::EntryKind::command},
                            .time_ms = 1,
                            .payload = payload_};
    frame_.clear();
    wire::encode({ClusterId{1}, NodeId{1}},
                 raft::AppendEntries{.term = Term{1},
                                     .prev_log_index = {},
                                     .prev_log_term = {},
                                     .leader_commit = {},
                                     .entry_count = 1},
                 std::span{&entry, 1}, frame_);
    require(wire::decode(ClusterId{1}, frame_).has_value());
  }
  /// Not Catch's: that one allocates.
  static void require(bool truth) {
    if (!truth) std::abort();
  }

  Machine machine_;
  wire::RequestParser parser_;
  Operands operands_;
  std::vector<bitcask::RecordLocation> wanted_;
  std::vector<Derived> derived_;
  std::vector<std::byte> payload_;
  std::vector<std::byte> frame_;
  std::vector<std::byte> reply_;
  std::vector<std::byte> resp_;
};

void work(Path& path, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    path.request("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n");
    path.request("SET key \"other value\"\r\n");
    path.request("*2\r\n$4\r\nINCR\r\n$7\r\ncounter\r\n");
    path.request("MSET a 1 b 2\r\n");
    path.request("GET key\r\n");
    path.request("SET a x IFEQ 1 GET\r\n");
  }
}

TEST_CASE("a warm command allocates nothing, from socket to answer") {
  Path path;
  work(path, 2000);  // Warm: the cache has gone round, every buffer has its size.
  const u64 before = testing::allocations();
  work(path, 2000);
  const u64 after = testing::allocations();
  CHECK(after == before);
}

}  // namespace
}  // namespace snowflk::kv
