#include "real/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace snowflk::real {
namespace {

constexpr int kBacklog = 1024;

void send_at_once(int fd) {
  // Batches are ours to make: the kernel is not to wait for more.
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::string name_of_address(const sockaddr_storage& address, socklen_t size) {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?:0";
  }
  const bool six = address.ss_family == AF_INET6;
  return (six ? "[" + std::string{host} + "]" : std::string{host}) + ":" + port;
}

}  // namespace

Result<Endpoint> Endpoint::find(const Address& address) {
  addrinfo wish{};
  wish.ai_family = AF_UNSPEC;
  wish.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int error = ::getaddrinfo(address.host.c_str(), port.c_str(), &wish, &found);
  if (error != 0) {
    return std::unexpected{
        Failure{"cannot find the host " + address.host + ": " + ::gai_strerror(error)}};
  }
  Endpoint endpoint;
  endpoint.family_ = found->ai_family;
  endpoint.bytes_.assign(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen);
  endpoint.text_ = address.host + ":" + port;
  ::freeaddrinfo(found);
  return endpoint;
}

Result<Fd> Endpoint::listen() const {
  Fd fd{::socket(family_, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd.open()) return std::unexpected{system_failure("make a socket")};
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto* address = reinterpret_cast<const sockaddr*>(bytes_.data());
  if (::bind(fd.get(), address, static_cast<socklen_t>(bytes_.size())) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    return std::unexpected{system_failure("listen at " + text_)};
  }
  return fd;
}

Result<Fd> Endpoint::dial() const {
  Fd fd{::socket(family_, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd.open()) return std::unexpected{system_failure("make a socket")};
  send_at_once(fd.get());
  const auto* address = reinterpret_cast<const sockaddr*>(bytes_.data());
  if (::connect(fd.get(), address, static_cast<socklen_t>(bytes_.size())) != 0 &&
      errno != EINPROGRESS) {
    return std::unexpected{system_failure("connect to " + text_)};
  }
  return fd;
}

std::optional<Fd> accept_one(int listener, int& error) {
  error = 0;
  Fd fd{::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (!fd.open()) {
    // One that left before it was taken is no reason to stop.
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) error = errno;
    return std::nullopt;
  }
  send_at_once(fd.get());
  return fd;
}

void keep_unsent_few(int fd) {
  const int bytes = 128 << 10;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

std::string remote_name(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "?:0";
  return name_of_address(address, size);
}

std::string local_name(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "?:0";
  return name_of_address(address, size);
}

}  // namespace snowflk::real
