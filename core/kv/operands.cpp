// Values by location, for one command.
#include "core/kv/operands.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"

namespace snowflk::kv {

void Operands::clear() {
  if (held_.empty()) return;
  held_.clear();
  bytes_.clear();
  std::fill(table_.begin(), table_.end(), 0U);
}

void Operands::add(bitcask::RecordLocation location, Bytes value) {
  if (find(location)) return;  // The same record: the same value.
  if (2 * (held_.size() + 1) > table_.size()) grow();
  held_.push_back(Held{.location = location.pack(), .from = bytes_.size(), .size = value.size()});
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  table_[slot_of(location.pack())] = static_cast<u32>(held_.size());
}

std::optional<Bytes> Operands::find(bitcask::RecordLocation location) const {
  if (held_.empty()) return std::nullopt;
  const u32 place = table_[slot_of(location.pack())];
  if (place == 0) return std::nullopt;
  const Held& held = held_[place - 1];
  return Bytes{bytes_}.subspan(held.from, held.size);
}

/// Where `location` stands in the table, or the empty slot where it would go.
std::size_t Operands::slot_of(u64 location) const {
  SNOWFLK_ASSERT(held_.size() < table_.size());
  const std::size_t mask = table_.size() - 1;
  std::size_t at = mix64(location) & mask;
  while (table_[at] != 0 && held_[table_[at] - 1].location != location) at = (at + 1) & mask;
  return at;
}

void Operands::grow() {
  const std::size_t size = std::max<std::size_t>(8, 2 * table_.size());
  table_.assign(size, 0U);
  for (std::size_t i = 0; i < held_.size(); ++i) {
    table_[slot_of(held_[i].location)] = static_cast<u32>(i + 1);
  }
}

}  // namespace snowflk::kv
