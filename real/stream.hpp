// One TCP connection that never blocks: what came in and is not understood, what waits to go out.
//
// Knows no protocol. Sends when told to flush, so that all of a turn leaves in one call.
#pragma once

#include <vector>

#include "core/base/types.hpp"
#include "real/fd.hpp"
#include "real/poller.hpp"

namespace snowflk::real {

/// Bytes that are appended at the back and consumed at the front.
class ByteQueue {
 public:
  [[nodiscard]] Bytes unread() const { return Bytes{bytes_}.subspan(from_); }
  [[nodiscard]] std::size_t size() const { return bytes_.size() - from_; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// REQUIRES: count <= size(). Moves bytes only when it frees more than it moves.
  void consume(std::size_t count);
  /// For appending. What is before the unread bytes is not to be touched.
  std::vector<std::byte>& back() { return bytes_; }
  void append(Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  /// Gives memory back that a large burst took.
  void shrink_if_empty();

 private:
  std::vector<std::byte> bytes_;
  std::size_t from_ = 0;
};

class Stream {
 public:
  enum class Health : u8 { open, closed };

  /// Takes over `fd`, which does not block, and has it watched under `token`. `poller` outlives
  /// the stream. `connecting`: waits for room to write first.
  static Result<Stream> adopt(Fd fd, Poller& poller, Token token, bool connecting);

  /// Reads what is there into `input`, up to `most` bytes in it; closed: the other end left.
  Health receive(std::size_t most);
  /// Sends what the other end takes of `output`; the rest goes when it has room again.
  Health flush();
  /// Whether bytes are to be read at all. Off: the other end feels it.
  void want_input(bool wanted);

  /// How many bytes the other end took in all.
  [[nodiscard]] u64 sent() const { return sent_; }
  [[nodiscard]] u64 received() const { return received_; }
  /// What a connect that was begun came to: 0, or an errno.
  [[nodiscard]] int connect_error() const;
  [[nodiscard]] int fd() const { return fd_.get(); }

  ByteQueue input;
  ByteQueue output;

 private:
  Stream(Fd fd, Poller& poller, Token token)
      : fd_(std::move(fd)), poller_(&poller), token_(token) {}
  void watch(bool readable, bool writable);

  Fd fd_;
  Poller* poller_;
  Token token_;
  u64 sent_ = 0;
  u64 received_ = 0;
  bool watches_input_ = true;
  bool watches_output_ = false;
};

}  // namespace snowflk::real
