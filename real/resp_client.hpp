// A client of a server, for our own commands and tests: one request, one answer, a time limit.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "core/wire/resp_reply.hpp"
#include "real/config.hpp"
#include "real/fd.hpp"

namespace snowflk::real {

class RespClient {
 public:
  static Result<RespClient> connect(const Address& address, Duration patience);

  /// Sends a request and waits for its answer. After a failure the outcome of the request is
  /// unknown, and the connection is of no more use.
  Result<wire::RespValue> call(std::span<const std::string_view> words, Duration patience);
  Result<wire::RespValue> call(std::initializer_list<std::string_view> words, Duration patience) {
    return call(std::span{words.begin(), words.size()}, patience);
  }

 private:
  explicit RespClient(Fd fd) : fd_(std::move(fd)) {}
  std::expected<void, Failure> send_all(Bytes bytes, Instant end);
  std::expected<void, Failure> wait_for(short events, Instant end);

  Fd fd_;
  wire::ReplyParser parser_;
  std::vector<std::byte> unread_;
};

}  // namespace snowflk::real
