#include "sim/page_bytes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/base/assert.hpp"

namespace snowflk::sim {
namespace {

constexpr u64 kWordBytes = sizeof(u64);
constexpr unsigned kWordsPerSector = kSectorBytes / kWordBytes;
static_assert(kWordsPerSector == 64);  // so that a sector's map is one number

u64 words_of(const std::byte* sector) {
  u64 map = 0;
  for (unsigned word = 0; word < kWordsPerSector; ++word) {
    u64 value = 0;
    std::memcpy(&value, sector + word * kWordBytes, kWordBytes);
    map |= u64{value != 0} << word;
  }
  return map;
}

bool blank(const std::byte* sector) {
  u64 any = 0;
  for (unsigned word = 0; word < kWordsPerSector; ++word) {
    u64 value = 0;
    std::memcpy(&value, sector + word * kWordBytes, kWordBytes);
    any |= value;
  }
  return any == 0;
}

/// The words of a map, from a row of them to their places. Where the row ends.
const std::byte* put_words(u64 map, const std::byte* row, std::byte* sector) {
  if (map == UINT64_MAX) {
    std::memcpy(sector, row, kSectorBytes);
    return row + kSectorBytes;
  }
  for (; map != 0; map &= map - 1) {
    std::memcpy(sector + static_cast<u64>(std::countr_zero(map)) * kWordBytes, row, kWordBytes);
    row += kWordBytes;
  }
  return row;
}

u64 count(u64 map) { return static_cast<u64>(std::popcount(map)); }

}  // namespace

bool PageBytes::Map::all() const {
  return std::ranges::all_of(of_sector, [](u64 words) { return words == UINT64_MAX; });
}

PageBytes::PageBytes(Bytes bytes) {
  SNOWFLK_ASSERT(bytes.size() == kPageBytes);
  Map map;
  u64 words = 0;
  for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
    const std::byte* at = bytes.data() + sector * kSectorBytes;
    if (blank(at)) continue;
    map.of_sector[sector] = words_of(at);
    words += count(map.of_sector[sector]);
  }
  const auto packed = std::make_shared_for_overwrite<std::byte[]>(sizeof map + words * kWordBytes);
  std::memcpy(packed.get(), &map, sizeof map);
  std::byte* to = packed.get() + sizeof map;
  for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
    const std::byte* at = bytes.data() + sector * kSectorBytes;
    for (u64 left = map.of_sector[sector]; left != 0; left &= left - 1) {
      const auto word = static_cast<unsigned>(std::countr_zero(left));
      std::memcpy(to, at + word * kWordBytes, kWordBytes);
      to += kWordBytes;
    }
  }
  words_ = packed;
}

PageBytes::Map PageBytes::map() const {
  Map map;
  if (words_ != nullptr) std::memcpy(&map, words_.get(), sizeof map);
  return map;
}

// From the map and the words, sector by sector. `out` is zero so far.
void PageBytes::unpack(u64 at, MutableBytes out) const {
  SNOWFLK_ASSERT(at + out.size() <= kPageBytes);
  if (never_written() || out.empty()) return;
  const Map has = map();
  const std::byte* from = words_.get() + sizeof has;
  const u64 end = at + out.size();
  for (unsigned sector = 0; sector * kSectorBytes < end; ++sector) {
    const u64 begins = sector * kSectorBytes;
    const u64 words = has.of_sector[sector];
    if (begins + kSectorBytes <= at) {
      from += count(words) * kWordBytes;
    } else if (begins >= at && begins + kSectorBytes <= end) {
      from = put_words(words, from, out.data() + (begins - at));
    } else {
      std::array<std::byte, kSectorBytes> whole{};
      from = put_words(words, from, whole.data());
      const u64 first = std::max(begins, at);
      const u64 last = std::min(begins + kSectorBytes, end);
      std::memcpy(out.data() + (first - at), whole.data() + (first - begins), last - first);
    }
  }
}

void PageBytes::read(u64 at, MutableBytes out) const {
  std::ranges::fill(out, std::byte{0});
  unpack(at, out);
}

u64 PageBytes::hash(u64 key) const {
  std::array<std::byte, kPageBytes> bytes{};
  read(0, bytes);
  return hash64(bytes, key);
}

// The only place where sharing shows, and it shows in memory alone.
std::byte* PageBytes::open() {
  const bool is_open = words_ != nullptr && words_.use_count() == 1 && map().all();
  if (!is_open) {
    const auto opened = std::make_shared_for_overwrite<std::byte[]>(sizeof(Map) + kPageBytes);
    std::memset(opened.get(), 0xff, sizeof(Map));
    read(0, MutableBytes{opened.get() + sizeof(Map), kPageBytes});
    words_ = opened;
  }
  return const_cast<std::byte*>(words_.get()) + sizeof(Map);  // made above, and ours alone
}

void PageBytes::pack() {
  if (never_written() || !map().all()) return;
  *this = PageBytes{Bytes{words_.get() + sizeof(Map), kPageBytes}};
}

}  // namespace snowflk::sim
