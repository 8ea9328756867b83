// Making sockets: names to addresses, listening, dialling, accepting. All of them never block.
#pragma once

#include <optional>
#include <string>

#include "real/config.hpp"
#include "real/fd.hpp"

namespace snowflk::real {

/// An address as the kernel takes it.
class Endpoint {
 public:
  /// Looks `address` up; waits for the name service if it is no number.
  static Result<Endpoint> find(const Address& address);

  /// A socket that listens here.
  [[nodiscard]] Result<Fd> listen() const;
  /// A socket that has begun to connect to here.
  [[nodiscard]] Result<Fd> dial() const;

 private:
  int family_ = 0;
  std::string bytes_;  // a sockaddr
  std::string text_;
};

/// The next connection that waits at `listener`; nothing if none does. `error` is set where one
/// could not be taken.
std::optional<Fd> accept_one(int listener, int& error);

/// Has the kernel take little more of what is written to `fd` than it can send: the rest stays with
/// the writer, who may yet put something in front of it.
void keep_unsent_few(int fd);

/// "127.0.0.1:7001": of the other end, or of this one.
std::string remote_name(int fd);
std::string local_name(int fd);

}  // namespace snowflk::real
