// Appends to peers that wait until their entries are read back from the log on disk.
//
// Raft sends what it likes; entries that are no longer in memory take a while. The message goes out
// later as it was meant, as if the network had been slow, whatever the term is by then. If entries
// of the log are removed meanwhile, it is dropped, as if the network had lost it.
#pragma once

#include <vector>

#include "core/bitcask/store.hpp"
#include "core/node/fetch.hpp"
#include "core/raft/messages.hpp"
#include "core/wire/frame.hpp"

namespace snowflk::node {

class PendingSends {
 public:
  /// Begins to gather the payloads of `message`, whose rows are `rows`. Those in memory are copied,
  /// the others asked for. Dropped if the peer has kPendingSendsMax waiting already.
  void add(NodeId to, const raft::AppendEntries& message, std::span<const wire::Entry> rows,
           const bitcask::Store& store, bitcask::Output out);

  /// Offers a read that is done. When it completes a message, send(to, message, entries) is called.
  template <class Send>
  Fetched on_read(bitcask::DiskReadId id, std::expected<Bytes, bitcask::DiskError> bytes,
                  const bitcask::Store& store, bitcask::Output out, Send send) {
    const std::size_t at = find(id);
    if (at == waiting_.size()) return Fetched::not_asked;
    const Fetched fetched = fill(waiting_[at], id, bytes, store, out);
    const bool complete = waiting_[at].wanted.empty();
    if (complete) send(waiting_[at].to, waiting_[at].message, entries(at));
    // What could not be read is not sent, in whatever form: the next heartbeat's refusal asks
    // again.
    if (complete || fetched != Fetched::taken) {
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return fetched;
  }
  /// Where the rot is. REQUIRES: on_read returned rot.
  [[nodiscard]] const bitcask::RecordLocation& rotten() const { return rotten_; }

  void clear() { waiting_.clear(); }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Wanted {
    bitcask::DiskReadId id;
    u32 row = 0;
    ReadTries tries;
  };
  struct Waiting {
    NodeId to;
    raft::AppendEntries message;
    std::vector<wire::Entry> rows;  // payloads are set by entries(), when all are there
    std::vector<std::byte> payloads;
    std::vector<Wanted> wanted;
  };

  [[nodiscard]] std::size_t find(bitcask::DiskReadId id) const;
  Fetched fill(Waiting& waiting, bitcask::DiskReadId id,
               std::expected<Bytes, bitcask::DiskError> bytes, const bitcask::Store& store,
               bitcask::Output out);
  std::span<const wire::Entry> entries(std::size_t at);

  std::vector<Waiting> waiting_;
  bitcask::RecordLocation rotten_;
};

}  // namespace snowflk::node
