// Drives a store against a disk in memory until the wanted state is durable.
#include "core/bitcask/image.hpp"

#include "core/base/assert.hpp"
#include "core/bitcask/store.hpp"

namespace snowflk::bitcask {
namespace {

class ImageMaker {
 public:
  explicit ImageMaker(const StoreOptions& options) : store_(options) {
    store_.open({}, output());
    settle(LogIndex{0});
    SNOWFLK_ASSERT(store_.state() == StoreState::ready);
  }

  void set_hard_state(Term term, NodeId vote) {
    // A vote is of its term: first the term alone, as a node would have learned it.
    if (term > Term{0}) store_.set_hard_state(term, vote);
    settle(LogIndex{0});
  }
  void append(LogIndex index, const ImageEntry& entry) {
    store_.append(index, entry.term, entry.kind, entry.time, entry.payload);
    settle(LogIndex{0});
  }
  /// One quiet while more, in which the last batch gets its witness, and the commit is written.
  void close(LogIndex commit) {
    now_ = now_ + Store::kWitnessAfter;
    settle(commit);
    SNOWFLK_ASSERT(store_.durable_ticket() == store_.ticket());
  }
  std::vector<ImageFile> files() const {
    std::vector<ImageFile> files;
    for (const auto& [file, bytes] : disk_.files()) {
      files.push_back({.file = file, .bytes = bytes});
    }
    return files;
  }

 private:
  Output output() { return {.disk = requests_, .events = events_}; }

  // Does all that the store wishes, and all that follows from that.
  void settle(LogIndex commit) {
    store_.flush(now_, commit, output());
    while (!requests_.operations().empty() || !requests_.reads().empty()) {
      const std::vector<DiskOp> operations = requests_.operations();
      const std::vector<DiskRead> reads = requests_.reads();
      requests_.clear();
      for (const DiskOp& op : operations) disk_.perform(op.action);
      for (const DiskRead& read : reads) store_.on_read(read.id, disk_.read(read), output());
      for (const DiskOp& op : operations) store_.on_done(op.lane, op.sequence, output());
      store_.flush(now_, commit, output());
      events_.clear();
    }
  }

  Store store_;
  MemoryDisk disk_;
  DiskRequests requests_;
  std::vector<Event> events_;
  Instant now_;
};

}  // namespace

std::vector<ImageFile> make_image(const StoreOptions& options, const ImageLog& log) {
  SNOWFLK_ASSERT(log.commit.value <= log.entries.size());
  StoreOptions fresh = options;
  fresh.bootstrap = true;
  ImageMaker maker(fresh);
  maker.set_hard_state(log.term, log.vote);
  for (std::size_t i = 0; i < log.entries.size(); ++i) {
    maker.append(LogIndex{i + 1}, log.entries[i]);
  }
  maker.close(log.commit);
  return maker.files();
}

}  // namespace snowflk::bitcask
