// The keydir: which table a key goes to, and splitting a table that is large.
#include "core/bitcask/keydir.hpp"

#include <utility>

#include "core/base/assert.hpp"
#include "core/base/hash.hpp"

namespace snowflk::bitcask {
namespace {

// The low half of the hash places a key in its table, the high half chooses the table.
constexpr unsigned kDepthMax = 32;

}  // namespace

Keydir::Keydir(u64 salt) : salt_(salt), directory_{0}, tables_{KeydirTable{0}} {}

u32 Keydir::table_of(u64 hash) const {
  if (depth_ == 0) return 0;
  return directory_[hash >> (64 - depth_)];
}

std::optional<u64> Keydir::find(Bytes key) const {
  const u64 hash = hash64(key, salt_);
  return tables_[table_of(hash)].find(hash, key);
}

std::optional<u64> Keydir::put(Bytes key, u64 value) {
  const u64 hash = hash64(key, salt_);
  const u32 table = table_of(hash);
  const auto before = tables_[table].put(hash, key, value);
  if (before) return before;
  size_ += 1;
  if (tables_[table].large() && tables_[table].depth() < kDepthMax) split(table);
  return std::nullopt;
}

bool Keydir::replace(Bytes key, u64 expected, u64 value) {
  const u64 hash = hash64(key, salt_);
  return tables_[table_of(hash)].replace(hash, key, expected, value);
}

std::optional<u64> Keydir::erase(Bytes key) {
  const u64 hash = hash64(key, salt_);
  const auto before = tables_[table_of(hash)].erase(hash, key);
  if (before) size_ -= 1;
  return before;
}

void Keydir::clear() { *this = Keydir{salt_}; }

void Keydir::split(u32 table) {
  const KeydirTable old = std::exchange(tables_[table], KeydirTable{tables_[table].depth() + 1});
  const unsigned depth = old.depth() + 1;
  const u32 upper = static_cast<u32>(tables_.size());
  tables_.emplace_back(depth);
  old.for_each([&](Bytes key, u64 value) {
    const u64 hash = hash64(key, salt_);
    const bool high = ((hash >> (64 - depth)) & 1) != 0;
    tables_[high ? upper : table].put(hash, key, value);
  });
  SNOWFLK_ASSERT(tables_[table].size() + tables_[upper].size() == old.size());
  if (depth > depth_) {
    std::vector<u32> doubled(directory_.size() * 2);
    for (std::size_t row = 0; row < doubled.size(); ++row) doubled[row] = directory_[row / 2];
    directory_ = std::move(doubled);
    depth_ = depth;
  }
  for (std::size_t row = 0; row < directory_.size(); ++row) {
    const bool high = ((row >> (depth_ - depth)) & 1) != 0;
    if (directory_[row] == table && high) directory_[row] = upper;
  }
}

u64 Keydir::memory() const {
  u64 bytes = sizeof(Keydir) + directory_.capacity() * sizeof(u32);
  bytes += (tables_.capacity() - tables_.size()) * sizeof(KeydirTable);
  for (const KeydirTable& table : tables_) bytes += table.memory();
  return bytes;
}

}  // namespace snowflk::bitcask
