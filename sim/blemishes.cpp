#include "sim/blemishes.hpp"

#include <algorithm>

namespace snowflk::sim {
namespace {

/// Calls visit(sector, first byte, one beyond its last) for the sectors of `blemish` that the bytes
/// from `offset` to `end` touch, clipped to those.
template <class Visit>
void for_each_met(const Blemish& blemish, u64 offset, u64 end, Visit visit) {
  for (unsigned sector = 0; sector < kSectorsPerPage; ++sector) {
    if ((blemish.sectors >> sector & 1) == 0) continue;
    const u64 first = blemish.page * kPageBytes + sector * kSectorBytes;
    const u64 from = std::max(first, offset);
    const u64 to = std::min(first + kSectorBytes, end);
    if (from < to) visit(sector, from, to);
  }
}

}  // namespace

bool Blemishes::any(BlemishKind kind) const {
  return std::ranges::any_of(all_, [&](const Blemish& one) { return one.kind == kind; });
}

Blemishes::Shown Blemishes::show(u64 inode, u64 offset, MutableBytes out) {
  Shown shown;
  std::erase_if(all_, [&](const Blemish& blemish) {
    if (blemish.inode != inode) return false;
    bool met = false;
    for_each_met(blemish, offset, offset + out.size(), [&](unsigned, u64 from, u64 to) {
      met = true;
      if (blemish.kind == BlemishKind::bad_sector) {
        shown.readable = false;
      } else {
        blemish.shows.read(from % kPageBytes, out.subspan(from - offset, to - from));
      }
    });
    shown.met |= met;
    return met && blemish.once;
  });
  return shown;
}

void Blemishes::written(u64 inode, u64 offset, u64 size) {
  std::erase_if(all_, [&](Blemish& blemish) {
    if (blemish.inode != inode) return false;
    u8 over = 0;
    for_each_met(blemish, offset, offset + size,
                 [&](unsigned sector, u64, u64) { over = static_cast<u8>(over | 1U << sector); });
    blemish.sectors = static_cast<u8>(blemish.sectors & ~over);
    return blemish.sectors == 0;
  });
}

}  // namespace snowflk::sim
