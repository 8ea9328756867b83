// RESP, both ways: a stream gives the same, whole and however it is torn.
#include "core/wire/resp.hpp"

#include <algorithm>

#include "core/kv/command.hpp"
#include "core/wire/resp_reply.hpp"
#include "tests/fuzz/targets.hpp"

namespace snowflk::fuzz {
namespace {

/// What a stream of requests came to, as text: requests, then the fault.
std::string requests_of(Bytes stream, std::size_t piece, wire::RequestLimits limits) {
  wire::RequestParser parser;
  std::vector<std::byte> unread;
  std::string seen;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    const Bytes more = stream.subspan(at, std::min(piece, stream.size() - at));
    unread.insert(unread.end(), more.begin(), more.end());
    auto status = wire::RequestParser::Status::request;
    while (status == wire::RequestParser::Status::request) {
      status = parser.parse(unread, limits);
      if (status == wire::RequestParser::Status::fault) {
        SNOWFLK_ASSERT(parser.fault().starts_with("ERR Protocol error"));
        return seen + std::string{parser.fault()};
      }
      if (status == wire::RequestParser::Status::request) {
        SNOWFLK_ASSERT(!parser.args(unread).empty());
        std::vector<std::byte> command;
        seen += kv::encode_command(parser.args(unread), command) ? "command" : "refused";
        for (const Bytes word : parser.args(unread)) seen += std::string{as_text(word)} + '\0';
      }
      SNOWFLK_ASSERT(parser.consumed() <= unread.size());
      unread.erase(unread.begin(), unread.begin() + static_cast<i64>(parser.consumed()));
    }
  }
  return seen;
}

std::string replies_of(Bytes stream, std::size_t piece) {
  wire::ReplyParser parser;
  std::vector<std::byte> unread;
  std::string seen;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    const Bytes more = stream.subspan(at, std::min(piece, stream.size() - at));
    unread.insert(unread.end(), more.begin(), more.end());
    auto status = wire::ReplyParser::Status::reply;
    while (status == wire::ReplyParser::Status::reply) {
      status = parser.parse(unread);
      if (status == wire::ReplyParser::Status::fault) return seen + std::string{parser.fault()};
      if (status == wire::ReplyParser::Status::reply) seen += to_text(parser.reply()) + "\n";
      SNOWFLK_ASSERT(parser.consumed() <= unread.size());
      unread.erase(unread.begin(), unread.begin() + static_cast<i64>(parser.consumed()));
    }
  }
  return seen;
}

}  // namespace

void resp_requests(Bytes input) {
  if (input.empty()) return;
  // The first byte says how the stream is torn, and whether its client has said who it is.
  const auto choice = std::to_integer<std::size_t>(input[0]);
  const wire::RequestLimits limits{.authenticated = choice % 2 == 0};
  const Bytes stream = input.subspan(1);
  const std::string whole = requests_of(stream, stream.size() + 1, limits);
  SNOWFLK_ASSERT(whole == requests_of(stream, 1 + choice / 2 % 16, limits));

  wire::Words words;
  if (wire::split_line(as_text(stream), words)) {
    for (std::size_t at = 0; at < words.size(); ++at) {
      SNOWFLK_ASSERT(words[at].size() <= stream.size());
    }
  }
}

void resp_replies(Bytes input) {
  if (input.empty()) return;
  const auto choice = std::to_integer<std::size_t>(input[0]);
  const Bytes stream = input.subspan(1);
  SNOWFLK_ASSERT(replies_of(stream, stream.size() + 1) == replies_of(stream, 1 + choice % 16));
}

}  // namespace snowflk::fuzz
