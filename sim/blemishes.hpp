// Places of a disk where a read finds something else than what was durably written there.
//
// They lie over the bytes, which stay as they are: a blemish that is lifted, or written over,
// leaves no trace. Of a sector that cannot be read, of a write that went elsewhere or nowhere, of a
// read that does.
#pragma once

#include <vector>

#include "core/base/hash.hpp"
#include "sim/content.hpp"
#include "sim/fault_words.hpp"

namespace snowflk::sim {

struct Blemish {
  BlemishKind kind = BlemishKind::bad_sector;
  u64 inode = 0;
  u64 page = 0;
  u8 sectors = 0xff;  // of that page, a bit each
  bool once = false;  // over when one read has met it
  PageBytes shows;    // what is read instead. Not of a bad sector
};

class Blemishes {
 public:
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] bool any(BlemishKind kind) const;
  void add(Blemish blemish) { all_.push_back(std::move(blemish)); }
  struct Shown {
    bool met = false;      // the read touched a blemish
    bool readable = true;  // else an I/O error
  };
  /// What a read of `out.size()` bytes at `offset` brings, over what is there.
  Shown show(u64 inode, u64 offset, MutableBytes out);
  /// The sectors that these bytes touch are what is written there now.
  void written(u64 inode, u64 offset, u64 size);
  void clear() { all_.clear(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  std::vector<Blemish> all_;
};

}  // namespace snowflk::sim
