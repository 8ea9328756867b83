#include "real/resp_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "real/clock.hpp"
#include "real/socket.hpp"

namespace snowflk::real {
namespace {

std::unexpected<Failure> fail(std::string text) {
  return std::unexpected{Failure{std::move(text)}};
}

}  // namespace

Result<RespClient> RespClient::connect(const Address& address, Duration patience) {
  const auto endpoint = Endpoint::find(address);
  if (!endpoint) return std::unexpected{endpoint.error()};
  auto fd = endpoint->dial();
  if (!fd) return std::unexpected{fd.error()};
  RespClient client{std::move(*fd)};
  const auto writable = client.wait_for(POLLOUT, monotonic_now() + patience);
  if (!writable) return std::unexpected{writable.error()};
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(client.fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return std::unexpected{system_failure("connect", error)};
  return client;
}

std::expected<void, Failure> RespClient::wait_for(short events, Instant end) {
  for (;;) {
    const Duration left = end - monotonic_now();
    if (left <= Duration{0}) return fail("no answer in time");
    pollfd state{.fd = fd_.get(), .events = events, .revents = 0};
    const int ready = ::poll(&state, 1, static_cast<int>(left.value / 1'000'000) + 1);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return std::unexpected{system_failure("wait")};
  }
}

std::expected<void, Failure> RespClient::send_all(Bytes bytes, Instant end) {
  while (!bytes.empty()) {
    const ssize_t took = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (took >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(took));
    } else if (errno == EAGAIN) {
      if (auto room = wait_for(POLLOUT, end); !room) return room;
    } else if (errno != EINTR) {
      return std::unexpected{system_failure("send")};
    }
  }
  return {};
}

Result<wire::RespValue> RespClient::call(std::span<const std::string_view> words,
                                         Duration patience) {
  const Instant end = monotonic_now() + patience;
  std::vector<std::byte> request;
  wire::append_request(request, words);
  if (auto sent = send_all(request, end); !sent) return std::unexpected{sent.error()};
  for (;;) {
    const auto status = parser_.parse(unread_);
    unread_.erase(unread_.begin(),
                  unread_.begin() + static_cast<std::ptrdiff_t>(parser_.consumed()));
    if (status == wire::ReplyParser::Status::reply) return parser_.take();
    if (status == wire::ReplyParser::Status::fault) return fail(std::string{parser_.fault()});
    if (auto came = wait_for(POLLIN, end); !came) return std::unexpected{came.error()};
    // Of it, only what recv wrote is read.  NOLINTNEXTLINE(*-pro-type-member-init)
    std::array<std::byte, 16384> buffer;
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got == 0) return fail("the server closed the connection");
    if (got < 0 && errno != EAGAIN && errno != EINTR) {
      return std::unexpected{system_failure("receive")};
    }
    if (got > 0) unread_.insert(unread_.end(), buffer.begin(), buffer.begin() + got);
  }
}

}  // namespace snowflk::real
