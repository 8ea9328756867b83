// RESP requests: words in, however the stream is cut; and Redis' words for what is broken.
#include "core/wire/resp.hpp"

#include "core/base/prng.hpp"
#include "core/wire/resp_reply.hpp"
#include "tests/catch.hpp"
#include "tests/support/property.hpp"

namespace snowflk::wire {
namespace {

using Status = RequestParser::Status;
using Request = std::vector<std::string>;

/// A connection: bytes arrive in pieces, requests come out.
class Connection {
 public:
  explicit Connection(RequestLimits limits = {}) : limits_(limits) {}

  void receive(std::string_view text) {
    const Bytes bytes = as_bytes(text);
    unread_.insert(unread_.end(), bytes.begin(), bytes.end());
    while (true) {
      const Status status = parser_.parse(unread_, limits_);
      if (status == Status::fault) {
        fault_ = std::string(parser_.fault());
        return;
      }
      if (status == Status::request) {
        Request request;
        for (const Bytes arg : parser_.args(unread_)) request.emplace_back(as_text(arg));
        requests_.push_back(request);
      }
      REQUIRE(parser_.consumed() <= unread_.size());
      unread_.erase(unread_.begin(),
                    unread_.begin() + static_cast<std::ptrdiff_t>(parser_.consumed()));
      if (status == Status::need_more) return;
    }
  }
  [[nodiscard]] const std::vector<Request>& requests() const { return requests_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] std::size_t unread() const { return unread_.size(); }

 private:
  RequestLimits limits_;
  RequestParser parser_;
  std::vector<std::byte> unread_;
  std::vector<Request> requests_;
  std::string fault_;
};

std::vector<Request> requests_of(std::string_view stream) {
  Connection connection;
  connection.receive(stream);
  CHECK(connection.fault().empty());
  CHECK(connection.unread() == 0);
  return connection.requests();
}

std::string fault_of(std::string_view stream, RequestLimits limits = {}) {
  Connection connection(limits);
  connection.receive(stream);
  return connection.fault();
}

TEST_CASE("an array of bulks is a request") {
  const auto requests = requests_of("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n");
  CHECK(requests == std::vector<Request>{{"SET", "k", "a\r\nb"}});
  CHECK(requests_of("*1\r\n$0\r\n\r\n") == std::vector<Request>{{""}});
}

TEST_CASE("a line is a request, with quotes as Redis has them") {
  CHECK(requests_of("PING\r\n") == std::vector<Request>{{"PING"}});
  CHECK(requests_of("PING\n") == std::vector<Request>{{"PING"}});
  CHECK(requests_of("  SET  k \"a b\"\t'c d' \r\n") ==
        std::vector<Request>{{"SET", "k", "a b", "c d"}});
  CHECK(requests_of("E \"\\x41\\n\\t\\\"\\q\" 'it\\'s' \\x\n") ==
        std::vector<Request>{{"E", "A\n\t\"q", "it's", "\\x"}});
  CHECK(requests_of("SET k \"\"\n") == std::vector<Request>{{"SET", "k", ""}});
}

TEST_CASE("empty lines and empty arrays are no requests") {
  CHECK(requests_of("\r\n\n   \r\n*0\r\n*-1\r\nPING\r\n\r\n") == std::vector<Request>{{"PING"}});
}

TEST_CASE("a pipeline is its requests in order") {
  const auto requests = requests_of("PING\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nECHO x\r\n");
  CHECK(requests == std::vector<Request>{{"PING"}, {"GET", "k"}, {"ECHO", "x"}});
}

TEST_CASE("what is broken is named in Redis' words") {
  const std::pair<std::string, std::string> cases[] = {
      {"*x\r\n", "invalid multibulk length"},
      {"*\r\n", "invalid multibulk length"},
      {"*1048577\r\n", "invalid multibulk length"},
      {"*99999999999999999999\r\n", "invalid multibulk length"},
      {"*01\r\n", "invalid multibulk length"},
      {"*1\r\n:1\r\n", "expected '$', got ':'"},
      {"*1\r\n\r\n", "expected '$', got ' '"},
      {"*1\r\n$x\r\n", "invalid bulk length"},
      {"*1\r\n$-1\r\n", "invalid bulk length"},
      {"*1\r\n$8388609\r\n", "invalid bulk length"},
      {"*1\r\n$1\r\nabc", "expected a line end after a bulk"},
      {"SET k \"abc\r\n", "unbalanced quotes in request"},
      {"SET k 'abc\r\n", "unbalanced quotes in request"},
      {"SET k \"a\"b\r\n", "unbalanced quotes in request"},
      {std::string(65537, 'a'), "too big inline request"},
      {std::string(65536, 'a') + "\r\n", "too big inline request"},
      {"*" + std::string(65537, '1'), "too big mbulk count string"},
      {"*1\r\n$" + std::string(65537, '1'), "too big bulk count string"},
  };
  for (const auto& [stream, fault] : cases) {
    INFO(stream.substr(0, 30));
    CHECK(fault_of(stream) == "ERR Protocol error: " + fault);
  }
  CHECK(fault_of(std::string(65534, 'a') + "\r\n").empty());
}

TEST_CASE("a request above its bound is refused before it is held") {
  std::string stream = "*5\r\n";
  for (int i = 0; i < 3; ++i) {
    stream += "$8388608\r\n" + std::string(8388608, 'x') + "\r\n";
  }
  CHECK(fault_of(stream).empty());
  CHECK(fault_of(stream + "$8388608\r\n") == "ERR Protocol error: too big request");
}

TEST_CASE("before it has said who it is, a client may ask only little") {
  const RequestLimits stranger{.authenticated = false};
  CHECK(fault_of("*11\r\n", stranger) == "ERR Protocol error: unauthenticated multibulk length");
  CHECK(fault_of("*10\r\n", stranger).empty());
  CHECK(fault_of("*1\r\n$16385\r\n", stranger) ==
        "ERR Protocol error: unauthenticated bulk length");
  CHECK(fault_of("*1\r\n$16384\r\n", stranger).empty());
}

TEST_CASE("after a fault nothing more is read") {
  Connection connection;
  connection.receive("*x\r\n");
  const auto fault = connection.fault();
  connection.receive("PING\r\n");
  CHECK(connection.fault() == fault);
  CHECK(connection.requests().empty());
}

TEST_CASE("a parser that is copied within a request goes on in both copies") {
  RequestParser parser;
  CHECK(parser.parse(as_bytes("*2\r\n$3\r\nGET\r\n$1")) == Status::need_more);
  RequestParser copy = parser;
  const std::string whole = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
  for (RequestParser* each : {&parser, &copy}) {
    REQUIRE(each->parse(as_bytes(whole)) == Status::request);
    CHECK(as_text(each->args(as_bytes(whole))[1]) == "k");
  }
}

TEST_CASE("a long bulk that comes byte by byte is not read again and again") {
  const std::string stream = "*1\r\n$300000\r\n" + std::string(300000, 'x') + "\r\n";
  RequestParser parser;
  const Bytes all = as_bytes(stream);
  for (std::size_t size = 0; size < all.size(); ++size) {
    REQUIRE(parser.parse(all.first(size)) == Status::need_more);  // Seconds, if it were quadratic.
  }
  CHECK(parser.parse(all) == Status::request);
}

std::string stream_of(const std::vector<Request>& requests) {
  std::vector<std::byte> out;
  for (const Request& request : requests) {
    const std::vector<std::string_view> words(request.begin(), request.end());
    append_request(out, std::span<const std::string_view>{words});
  }
  return std::string(as_text(out));
}

TEST_CASE("a property: requests come out as they went in, however the stream is cut") {
  testing::check_property("any words, any cuts", [] {
    const auto requests =
        *rc::gen::container<std::vector<Request>>(rc::gen::nonEmpty(rc::gen::arbitrary<Request>()));
    const std::string stream = stream_of(requests);
    Connection connection;
    std::size_t at = 0;
    while (at < stream.size()) {
      const auto size = *rc::gen::inRange<std::size_t>(1, stream.size() - at + 1);
      connection.receive(std::string_view(stream).substr(at, size));
      at += size;
    }
    RC_ASSERT(connection.fault().empty());
    RC_ASSERT(connection.unread() == 0);
    RC_ASSERT(connection.requests() == requests);
  });
}

TEST_CASE("any stream gives the same requests and the same fault, whole and byte by byte") {
  Prng prng(5, 0, 0);
  constexpr std::string_view kLetters = "*$0123-:\r\n\r\n\"' ax\\";
  u64 faults = 0;
  u64 requests = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string stream;
    const u64 size = prng.below(40);
    for (u64 at = 0; at < size; ++at) stream += kLetters[prng.below(kLetters.size())];
    Connection whole;
    whole.receive(stream);
    Connection torn;
    for (const char letter : stream) torn.receive(std::string_view(&letter, 1));
    REQUIRE(whole.requests() == torn.requests());
    REQUIRE(whole.fault() == torn.fault());
    if (!whole.fault().empty()) faults += 1;
    requests += whole.requests().size();
  }
  CHECK(faults > 1000);
  CHECK(requests > 1000);
}

TEST_CASE("a line from the terminal is split into words") {
  Words words;
  REQUIRE(split_line("SET k \"a b\"", words));
  REQUIRE(words.size() == 3);
  CHECK(as_text(words[2]) == "a b");
  CHECK(!split_line("SET k \"a b", words));
  REQUIRE(split_line("", words));
  CHECK(words.size() == 0);
}

}  // namespace
}  // namespace snowflk::wire
