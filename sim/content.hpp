// The bytes of one file of a simulated disk: what reads see (the cache), and what power cannot
// take (the platter), sector by sector.
//
// A sector is dirty from its write to the sync that makes it durable. A failed sync leaves it
// stale: clean, readable as written, and not durable, so that no later sync mends it. The bytes of
// a page are shared by copies of a world until one of them writes, and packed once they are durable
// (sim/page_bytes.hpp).
#pragma once

#include <string_view>
#include <vector>

#include "sim/page_bytes.hpp"
#include "sim/random.hpp"

namespace snowflk::sim {

class Content {
 public:
  /// All zero. The length is not durable before the first sync.
  explicit Content(u64 size = 0);

  [[nodiscard]] u64 size() const { return size_; }
  /// Copies what is at `offset` into `out`; returns how much there was.
  u64 read(u64 offset, MutableBytes out) const;
  /// Appends what is at `offset`, at most `length` bytes of it, to `out`.
  void append_to(std::vector<std::byte>& out, u64 offset, u64 length) const;
  /// REQUIRES: offset + bytes.size() <= size(). With `writeback_ppm`, what is written to a page is
  /// on the platter at once, as if the kernel had just then written it back; returns how often.
  u64 write(u64 offset, Bytes bytes, Prng& prng, u32 writeback_ppm);
  /// All that is dirty is durable.
  void sync();
  /// A sync that a crash cut short: each dirty sector is durable, or still dirty.
  void sync_partly(Prng& prng);
  /// A sync that failed: nothing is dirty any more; each sector that was is durable, or stale.
  void fail_sync(Prng& prng);
  /// Power goes: each dirty sector is old or new, stale ones are old, the length is old or new.
  /// With `garbage_ppm`, dirty sectors that are not new are neither; returns where those begin.
  std::vector<u64> lose_power(Prng& prng, u32 garbage_ppm = 0);
  /// Power goes, and all that is dirty is old, the length too.
  void lose_all();
  /// What power may leave in one way or another: dirty sectors whose new bytes are other than the
  /// old ones, by their places, and last the length where that differs.
  [[nodiscard]] u64 choices() const;
  /// Power goes. The n-th choice is new if `kept` has a '1' there, else old; what lies beyond its
  /// end is old. Returns what is left of `kept`.
  std::string_view lose_power(std::string_view kept);
  /// Turns one bit of the platter at `offset`, and of the cache where that held the same.
  /// REQUIRES: offset < size(), bit < 8.
  void rot(u64 offset, unsigned bit);
  /// Where the `n`-th page stands that was ever written durably; their number is durable_pages().
  [[nodiscard]] u64 durable_page(u64 n) const;
  [[nodiscard]] u64 durable_pages() const;
  /// How many pages from the start were durable before the last two syncs that brought more: of a
  /// file that is only appended to, what those brought proves it.
  [[nodiscard]] u64 settled_pages() const { return settled_ / kPageBytes; }
  /// As a process would read it. REQUIRES: number * kPageBytes < size().
  [[nodiscard]] const PageBytes& page(u64 number) const { return pages_[number].cache; }
  /// Sectors that a power cut may lose.
  [[nodiscard]] u64 dirty_sectors() const;

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Page {
    PageBytes cache;
    PageBytes platter;
    u8 dirty = 0;  // a bit a sector
    u8 stale = 0;
  };

  static void copy_sectors(PageBytes& to, const PageBytes& from, u8 sectors);
  static bool write_page(Page& page, u64 at, Bytes bytes, Prng& prng, u32 writeback_ppm);
  static void settle(Page& page, u8 sectors);
  static u8 changed_sectors(const Page& page);
  [[nodiscard]] std::vector<u32> dirty_pages_in_order() const;
  static u8 spoil(Page& page, u8 sectors, Prng& prng, u32 garbage_ppm);
  void start_from_platter();

  std::vector<Page> pages_;
  std::vector<u32> dirty_pages_;
  u64 size_ = 0;
  u64 durable_size_ = 0;
  u64 written_ = 0;        // the end of what was ever written
  u64 synced_ = 0;         // what that was at the last sync that brought more
  u64 synced_before_ = 0;  // at the one before
  u64 settled_ = 0;        // and before that
};

}  // namespace snowflk::sim
