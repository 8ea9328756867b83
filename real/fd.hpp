// A file descriptor that somebody owns, and failures that are sentences.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <expected>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace snowflk::real {

/// What went wrong, for a person, in one sentence without a full stop.
struct Failure {
  std::string text;
  bool lasting = false;  // trying again, with the same words, will not help
};

template <class T>
using Result = std::expected<T, Failure>;

/// "cannot WHAT: the system's words for `error`".
inline Failure system_failure(std::string_view what, int error = errno) {
  return Failure{"cannot " + std::string{what} + ": " + std::generic_category().message(error)};
}

/// Closes what it holds. Holds nothing when negative.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  void reset() { Fd{}.swap(*this); }
  void swap(Fd& other) noexcept { std::swap(fd_, other.fd_); }

 private:
  int fd_ = -1;
};

}  // namespace snowflk::real
