#include "real/stream.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "core/base/assert.hpp"

namespace snowflk::real {
namespace {

constexpr std::size_t kReceiveBytes = 64 << 10;  // in one call
constexpr std::size_t kReceivesPerTurn = 4;      // then others have their turn
constexpr std::size_t kKeptBytes = 256 << 10;    // of an empty buffer

bool try_again() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

void ByteQueue::consume(std::size_t count) {
  SNOWFLK_ASSERT(count <= size());
  from_ += count;
  if (from_ < bytes_.size() - from_) return;
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(from_));
  from_ = 0;
}

void ByteQueue::shrink_if_empty() {
  if (!empty() || bytes_.capacity() <= kKeptBytes) return;
  bytes_ = {};
  from_ = 0;
}

Result<Stream> Stream::adopt(Fd fd, Poller& poller, Token token, bool connecting) {
  if (auto added = poller.add(fd.get(), token, connecting); !added) {
    return std::unexpected{added.error()};
  }
  Stream stream{std::move(fd), poller, token};
  stream.watches_output_ = connecting;
  return stream;
}

Stream::Health Stream::receive(std::size_t most) {
  // Of it, only what recv wrote is read.  NOLINTNEXTLINE(*-pro-type-member-init)
  std::array<std::byte, kReceiveBytes> scratch;
  for (std::size_t i = 0; i < kReceivesPerTurn && input.size() < most; ++i) {
    const std::size_t room = std::min(kReceiveBytes, most - input.size());
    const ssize_t got = ::recv(fd_.get(), scratch.data(), room, 0);
    if (got == 0) return Health::closed;
    if (got < 0) return try_again() ? Health::open : Health::closed;
    const auto count = static_cast<std::size_t>(got);
    input.append(std::span{scratch}.first(count));
    received_ += count;
    if (count < room) break;
  }
  return Health::open;
}

Stream::Health Stream::flush() {
  while (!output.empty()) {
    const Bytes waiting = output.unread();
    const ssize_t took = ::send(fd_.get(), waiting.data(), waiting.size(), MSG_NOSIGNAL);
    if (took < 0 && errno == EINTR) continue;
    if (took < 0 && !try_again()) return Health::closed;
    if (took < 0) break;
    sent_ += static_cast<u64>(took);
    output.consume(static_cast<std::size_t>(took));
  }
  output.shrink_if_empty();
  watch(watches_input_, !output.empty());
  return Health::open;
}

void Stream::want_input(bool wanted) { watch(wanted, watches_output_); }

int Stream::connect_error() const {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

void Stream::watch(bool readable, bool writable) {
  if (readable == watches_input_ && writable == watches_output_) return;
  poller_->change(fd_.get(), token_, readable, writable);
  watches_input_ = readable;
  watches_output_ = writable;
}

}  // namespace snowflk::real
