// What is ready: a thin cover of epoll, level-triggered. Owns no connection and calls nobody.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <span>

#include "core/base/types.hpp"
#include "real/fd.hpp"

namespace snowflk::real {

/// Whose descriptor is ready. Numbers within a kind are never used twice, so an event for one that
/// has been closed in the same turn finds nobody.
enum class Source : u8 { signals, disk, peer_listener, client_listener, peer, client };

struct Token {
  Source source = Source::signals;
  u64 number = 0;  // below 2^56
};

struct Ready {
  Token token;
  bool readable = false;  // or the other end left: a read says which
  bool writable = false;
  bool broken = false;  // both ways: neither will ever be of use
};

class Poller {
 public:
  static Result<Poller> make();

  /// Watches `fd` for bytes to read, and for room to write if `writable`.
  std::expected<void, Failure> add(int fd, Token token, bool writable = false);
  /// Changes what is watched for. REQUIRES: fd was added.
  void change(int fd, Token token, bool readable, bool writable);

  /// What is ready, at the latest after `patience` (rounded up to whole milliseconds; negative is
  /// zero). Borrowed until the next call.
  std::span<const Ready> wait(Duration patience);

 private:
  explicit Poller(Fd epoll) : epoll_(std::move(epoll)) {}

  static constexpr std::size_t kReadyMax = 256;
  Fd epoll_;
  std::array<epoll_event, kReadyMax> events_{};
  std::array<Ready, kReadyMax> ready_{};
};

}  // namespace snowflk::real
