// The bytes of one page of a simulated disk. Words that are zero take no memory: most of a log is
// that, since a batch begins on a page and seldom fills it, and a log is kept for ever.
//
// A value whose bytes are shared by its copies until one of them is written. It is either packed
// (a map of the words that are not zero, and those words) or open to be written (all words). What
// it reads as is the same; only memory shows which.
#pragma once

#include <cstddef>
#include <memory>

#include "core/base/hash.hpp"
#include "core/base/types.hpp"

namespace snowflk::sim {

inline constexpr u64 kSectorBytes = 512;
inline constexpr u64 kPageBytes = 4096;
inline constexpr unsigned kSectorsPerPage = 8;
static_assert(kSectorBytes * kSectorsPerPage == kPageBytes);

class PageBytes {
 public:
  /// Never written: reads as zero.
  PageBytes() = default;
  /// Packed. REQUIRES: bytes.size() == kPageBytes.
  explicit PageBytes(Bytes bytes);

  [[nodiscard]] bool never_written() const { return words_ == nullptr; }
  /// Whether both are copies of one value that neither has written since. Equal bytes may be two.
  [[nodiscard]] bool shares(const PageBytes& other) const { return words_ == other.words_; }

  /// What is at `at`. REQUIRES of these: at + out.size() <= kPageBytes.
  void read(u64 at, MutableBytes out) const;
  /// Likewise, into bytes that are zero.
  void unpack(u64 at, MutableBytes out) const;
  /// It is read soon. Restarts read pages that nobody looked at for long, one after the other, and
  /// to wait for the first bytes of each was half of what that took.
  void prefetch() const { __builtin_prefetch(words_.get()); }
  /// All of it, to be written; nobody else's. Good until the next call of any kind.
  std::byte* open();
  /// Of all bytes, under a key: however it is held, equal bytes have equal hashes.
  [[nodiscard]] u64 hash(u64 key) const;
  /// Gives back the memory of words that are zero. No effect if that was done.
  void pack();

 private:
  /// A bit a word, of each sector.
  struct Map {
    u64 of_sector[kSectorsPerPage] = {};
    [[nodiscard]] bool all() const;
  };
  [[nodiscard]] Map map() const;

  // The map, then the words that it names, in order.
  std::shared_ptr<const std::byte[]> words_;
};

}  // namespace snowflk::sim
