// The ring of computed values.
#include "core/kv/pending_derived.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/base/assert.hpp"

namespace snowflk::kv {

u64 PendingDerived::add(LogIndex index, u32 sub, Bytes key, Bytes value) {
  if (size() > 0) {
    const Slot& last = slot(next_ - 1);
    SNOWFLK_ASSERT(std::tie(last.index, last.sub) < std::tie(index, sub));
  }
  if (size() == ring_.size()) grow();
  Slot& added = slot(next_);
  added.index = index;
  added.sub = sub;
  added.done = false;
  added.key_bytes = key.size();
  added.bytes.assign(key.begin(), key.end());
  added.bytes.insert(added.bytes.end(), value.begin(), value.end());
  bytes_ += added.bytes.size();
  return next_++;
}

std::optional<u64> PendingDerived::find(LogIndex index, u32 sub) const {
  u64 low = first_;
  u64 high = next_;
  while (low < high) {
    const u64 middle = low + (high - low) / 2;
    const Slot& at = slot(middle);
    if (std::tie(at.index, at.sub) < std::tie(index, sub)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == next_) return std::nullopt;
  const Slot& found = slot(low);
  if (found.index != index || found.sub != sub || found.done) return std::nullopt;
  return low;
}

Bytes PendingDerived::key(u64 handle) const {
  SNOWFLK_ASSERT(handle >= first_);
  SNOWFLK_ASSERT(handle < next_);
  const Slot& at = slot(handle);
  return Bytes{at.bytes}.first(at.key_bytes);
}

Bytes PendingDerived::value(u64 handle) const {
  SNOWFLK_ASSERT(handle >= first_);
  SNOWFLK_ASSERT(handle < next_);
  const Slot& at = slot(handle);
  SNOWFLK_ASSERT(!at.done);
  return Bytes{at.bytes}.subspan(at.key_bytes);
}

void PendingDerived::done(u64 handle) {
  SNOWFLK_ASSERT(handle >= first_);
  SNOWFLK_ASSERT(handle < next_);
  Slot& at = slot(handle);
  SNOWFLK_ASSERT(!at.done);
  bytes_ -= at.bytes.size();
  at.done = true;
  while (first_ < next_ && slot(first_).done) ++first_;
}

void PendingDerived::grow() {
  std::vector<Slot> larger(std::max<std::size_t>(8, 2 * ring_.size()));
  for (u64 handle = first_; handle < next_; ++handle) {
    larger[handle % larger.size()] = std::move(slot(handle));
  }
  ring_ = std::move(larger);
}

}  // namespace snowflk::kv
