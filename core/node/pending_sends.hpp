// Appends to peers that wait until their entries are read back from the log on disk.
//
// Raft sends what it likes; entries that are no longer in memory take a while. The message goes out
// later as it was meant, as if the network had been slow. If the log or the term moves on
// meanwhile, it is dropped, as if the network had lost it.
#pragma once

#include <optional>
#include <vector>

#include "core/bitcask/store.hpp"
#include "core/raft/messages.hpp"
#include "core/wire/frame.hpp"

namespace snowflk::node {

class PendingSends {
 public:
  /// Begins to gather the payloads of `message`, whose rows are `rows`. Those in memory are copied,
  /// the others asked for. Dropped if the peer has kPendingSendsMax waiting already.
  void add(NodeId to, const raft::AppendEntries& message, std::span<const wire::Entry> rows,
           const bitcask::Store& store, bitcask::Output out);

  /// Takes the read `id` if it is one of ours. When that completes a message, send(to, message,
  /// entries) is called; `rotten` is set to the place whose bytes are not what was written.
  template <class Send>
  bool on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
               const bitcask::Store& store, std::optional<bitcask::RecordLocation>& rotten,
               Send send) {
    const std::size_t at = find(id);
    if (at == waiting_.size()) return false;
    const Filled filled = fill(waiting_[at], id, bytes, store, rotten);
    if (filled == Filled::complete) send(waiting_[at].to, waiting_[at].message, entries(at));
    if (filled != Filled::more) waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }

  void clear() { waiting_.clear(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Wanted {
    bitcask::DiskReadId id;
    u32 row = 0;
  };
  struct Waiting {
    NodeId to;
    raft::AppendEntries message;
    std::vector<wire::Entry> rows;  // payloads are set by entries(), when all are there
    std::vector<std::byte> payloads;
    std::vector<Wanted> wanted;
  };
  enum class Filled : u8 { more, complete, failed };

  [[nodiscard]] std::size_t find(bitcask::DiskReadId id) const;
  static Filled fill(Waiting& waiting, bitcask::DiskReadId id,
                     std::expected<Bytes, bitcask::DiskError> bytes, const bitcask::Store& store,
                     std::optional<bitcask::RecordLocation>& rotten);
  std::span<const wire::Entry> entries(std::size_t at);

  std::vector<Waiting> waiting_;
};

}  // namespace snowflk::node
