#include "sim/content.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <utility>

namespace snowflk::sim {
namespace {

u8 drawn_sectors(Prng& prng) { return static_cast<u8>(prng.next() >> 56); }

}  // namespace

Content::Content(u64 size) : pages_((size + kPageBytes - 1) / kPageBytes), size_(size) {}

void Content::copy_sectors(PageBytes& to, const PageBytes& from, u8 sectors) {
  if (sectors == 0) return;
  std::byte* target = to.open();
  for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
    if ((sectors >> sector & 1) == 0) continue;
    const u64 at = sector * kSectorBytes;
    from.read(at, MutableBytes{target + at, kSectorBytes});
  }
}

u64 Content::read(u64 offset, MutableBytes out) const {
  if (offset >= size_) return 0;
  const u64 length = std::min<u64>(out.size(), size_ - offset);
  for (u64 done = 0; done < length;) {
    const u64 at = (offset + done) % kPageBytes;
    const u64 count = std::min(kPageBytes - at, length - done);
    pages_[(offset + done) / kPageBytes].cache.read(at, out.subspan(done, count));
    done += count;
  }
  return length;
}

void Content::append_to(std::vector<std::byte>& out, u64 offset, u64 length) const {
  const u64 end = std::min(size_, offset + std::min(length, size_));
  if (offset >= end) return;
  const std::size_t before = out.size();
  out.resize(before + (end - offset));
  for (std::byte* to = out.data() + before; offset < end;) {
    const u64 at = offset % kPageBytes;
    const u64 count = std::min(kPageBytes - at, end - offset);
    if (offset + count < end) pages_[offset / kPageBytes + 1].cache.prefetch();
    pages_[offset / kPageBytes].cache.unpack(at, MutableBytes{to, count});
    offset += count;
    to += count;
  }
}

u64 Content::write(u64 offset, Bytes bytes, Prng& prng, u32 writeback_ppm) {
  u64 written_back = 0;
  SNOWFLK_ASSERT(offset <= size_);
  SNOWFLK_ASSERT(bytes.size() <= size_ - offset);
  written_ = std::max(written_, offset + bytes.size());
  for (u64 done = 0; done < bytes.size();) {
    const u64 at = (offset + done) % kPageBytes;
    const u64 count = std::min<u64>(kPageBytes - at, bytes.size() - done);
    const u64 number = (offset + done) / kPageBytes;
    Page& page = pages_[number];
    if (page.dirty == 0) dirty_pages_.push_back(static_cast<u32>(number));
    if (write_page(page, at, bytes.subspan(done, count), prng, writeback_ppm)) written_back += 1;
    if (page.dirty == 0) std::erase(dirty_pages_, static_cast<u32>(number));
    done += count;
  }
  return written_back;
}

// True: the kernel has written it back at once, which it may do at any time before a sync.
bool Content::write_page(Page& page, u64 at, Bytes bytes, Prng& prng, u32 writeback_ppm) {
  u8 touched = 0;
  const u64 last = (at + bytes.size() - 1) / kSectorBytes;
  for (u64 sector = at / kSectorBytes; sector <= last; ++sector) {
    touched = static_cast<u8>(touched | 1U << sector);
  }
  if (bytes.size() == kPageBytes) {
    page.cache = PageBytes{bytes};
  } else {
    std::memcpy(page.cache.open() + at, bytes.data(), bytes.size());
  }
  page.dirty = static_cast<u8>(page.dirty | touched);
  page.stale = static_cast<u8>(page.stale & ~touched);
  if (!happens(prng, writeback_ppm)) return false;
  settle(page, touched);
  page.dirty = static_cast<u8>(page.dirty & ~touched);
  return true;
}

// The sectors of `page` are durable as the cache has them.
void Content::settle(Page& page, u8 sectors) {
  const u8 left = static_cast<u8>((page.dirty & ~sectors) | page.stale);
  if (left == 0) {
    page.cache.pack();  // what is durable is seldom written again
    page.platter = page.cache;
  } else {
    copy_sectors(page.platter, page.cache, sectors);
  }
}

void Content::sync() {
  for (const u32 number : dirty_pages_) {
    Page& page = pages_[number];
    settle(page, page.dirty);
    page.dirty = 0;
  }
  dirty_pages_.clear();
  durable_size_ = size_;
  if (written_ == synced_) return;
  settled_ = std::exchange(synced_before_, synced_);
  synced_ = written_;
}

void Content::sync_partly(Prng& prng) {
  std::vector<u32> left;
  for (const u32 number : dirty_pages_) {
    Page& page = pages_[number];
    const u8 done = static_cast<u8>(page.dirty & drawn_sectors(prng));
    settle(page, done);
    page.dirty = static_cast<u8>(page.dirty & ~done);
    if (page.dirty != 0) left.push_back(number);
  }
  dirty_pages_ = std::move(left);
  if (prng.chance({1, 2})) durable_size_ = size_;
}

void Content::fail_sync(Prng& prng) {
  for (const u32 number : dirty_pages_) {
    Page& page = pages_[number];
    const u8 done = static_cast<u8>(page.dirty & drawn_sectors(prng));
    settle(page, done);
    page.stale = static_cast<u8>(page.stale | (page.dirty & ~done));
    page.dirty = 0;
  }
  dirty_pages_.clear();
  if (prng.chance({1, 2})) durable_size_ = size_;
}

std::vector<u64> Content::lose_power(Prng& prng, u32 garbage_ppm) {
  std::vector<u64> spoilt;
  for (const u32 number : dirty_pages_) {
    Page& page = pages_[number];
    const u8 done = static_cast<u8>(page.dirty & drawn_sectors(prng));
    settle(page, done);
    const u8 garbage = spoil(page, static_cast<u8>(page.dirty & ~done), prng, garbage_ppm);
    for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
      if ((u32{garbage} >> sector & 1U) == 0) continue;
      spoilt.push_back(u64{number} * kPageBytes + sector * kSectorBytes);
    }
  }
  if (prng.chance({1, 2})) durable_size_ = size_;
  start_from_platter();
  return spoilt;
}

// The device was writing these when power went. Returns which of them are garbage now.
u8 Content::spoil(Page& page, u8 sectors, Prng& prng, u32 garbage_ppm) {
  u8 spoilt = 0;
  for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
    if ((sectors >> sector & 1) == 0 || !happens(prng, garbage_ppm)) continue;
    std::byte* at = page.platter.open() + sector * kSectorBytes;
    for (u64 word = 0; word < kSectorBytes; word += sizeof(u64)) {
      const u64 drawn = prng.next();
      std::memcpy(at + word, &drawn, sizeof drawn);
    }
    spoilt = static_cast<u8>(spoilt | 1U << sector);
  }
  return spoilt;
}

// Of the dirty ones, those whose bytes the platter has otherwise.
u8 Content::changed_sectors(const Page& page) {
  std::array<std::byte, kSectorBytes> was{};
  std::array<std::byte, kSectorBytes> is{};
  u8 changed = 0;
  for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
    if ((page.dirty >> sector & 1) == 0) continue;
    const u64 at = sector * kSectorBytes;
    page.platter.read(at, was);
    page.cache.read(at, is);
    if (was == is) continue;
    changed = static_cast<u8>(changed | 1U << sector);
  }
  return changed;
}

std::vector<u32> Content::dirty_pages_in_order() const {
  std::vector<u32> pages = dirty_pages_;
  std::ranges::sort(pages);
  return pages;
}

u64 Content::choices() const {
  u64 count = size_ != durable_size_ ? 1 : 0;
  for (const u32 number : dirty_pages_) {
    count += std::bitset<kSectorsPerPage>{changed_sectors(pages_[number])}.count();
  }
  return count;
}

std::string_view Content::lose_power(std::string_view kept) {
  const auto take = [&] {
    const bool is_kept = kept.starts_with('1');
    if (!kept.empty()) kept.remove_prefix(1);
    return is_kept;
  };
  for (const u32 number : dirty_pages_in_order()) {
    Page& page = pages_[number];
    const u8 changed = changed_sectors(page);
    u8 done = 0;
    for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
      if ((changed >> sector & 1) == 0 || !take()) continue;
      done = static_cast<u8>(done | 1U << sector);
    }
    settle(page, done);
  }
  if (size_ != durable_size_ && take()) durable_size_ = size_;
  start_from_platter();
  return kept;
}

void Content::lose_all() { start_from_platter(); }

// What the machine finds when it is back.
void Content::start_from_platter() {
  dirty_pages_.clear();
  size_ = durable_size_;
  pages_.resize((size_ + kPageBytes - 1) / kPageBytes);
  for (Page& page : pages_) {
    page.cache = page.platter;
    page.dirty = 0;
    page.stale = 0;
  }
}

void Content::rot(u64 offset, unsigned bit) {
  SNOWFLK_ASSERT(offset < size_);
  SNOWFLK_ASSERT(bit < 8);
  Page& page = pages_[offset / kPageBytes];
  const u8 sector = static_cast<u8>(1U << (offset % kPageBytes / kSectorBytes));
  const std::byte mask{static_cast<unsigned char>(1U << bit)};
  const bool same = page.cache.shares(page.platter);
  page.platter.open()[offset % kPageBytes] ^= mask;
  page.platter.pack();
  if (same) {
    page.cache = page.platter;
  } else if (((page.dirty | page.stale) & sector) == 0) {
    page.cache.open()[offset % kPageBytes] ^= mask;
  }
}

u64 Content::durable_pages() const {
  u64 count = 0;
  for (const Page& page : pages_) {
    if (!page.platter.never_written()) count += 1;
  }
  return count;
}

u64 Content::durable_page(u64 n) const {
  for (u64 number = 0; number < pages_.size(); ++number) {
    if (pages_[number].platter.never_written()) continue;
    if (n == 0) return number * kPageBytes;
    n -= 1;
  }
  SNOWFLK_ASSERT(false);  // REQUIRES: n < durable_pages().
}

u64 Content::dirty_sectors() const {
  u64 count = 0;
  for (const u32 number : dirty_pages_) {
    count += std::bitset<kSectorsPerPage>{pages_[number].dirty}.count();
  }
  return count;
}

}  // namespace snowflk::sim
