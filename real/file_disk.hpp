// The disk of a server: operations on a thread of their own, lane by lane; reads from the page
// cache at once, else on a second thread.
//
// The loop's thread submits, is woken through `ready_fd()`, and collects. The bytes of a Write are
// read by the disk thread where they lie in the core, which keeps them until their DiskDone.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "core/node/boundary.hpp"
#include "real/fd.hpp"
#include "real/file_table.hpp"

namespace snowflk::real {

/// A read that ended, with bytes of its own.
struct ReadResult {
  bitcask::DiskReadId id;
  std::expected<std::vector<std::byte>, bitcask::DiskError> bytes;
};

using DiskResult = std::variant<node::DiskDone, node::DiskRefused, ReadResult>;

class FileDisk {
 public:
  /// Keeps at most `open_max` files open for each of its threads' uses: operations, and reads.
  static Result<std::unique_ptr<FileDisk>> start(Directory directory,
                                                 std::size_t open_max = FileTable::kOpenMax);
  /// Ends both threads. What was submitted and is not done may or may not be.
  ~FileDisk();
  FileDisk(const FileDisk&) = delete;
  FileDisk& operator=(const FileDisk&) = delete;

  [[nodiscard]] const Directory& directory() const { return directory_; }
  /// Readable when there is something to collect.
  [[nodiscard]] int ready_fd() const { return ready_.get(); }

  /// Takes `op`; it begins with the next kick().
  void submit(const bitcask::DiskOp& op) { gathered_.push_back(op); }
  void submit(const bitcask::DiskRead& read);
  /// Hands what was submitted to the threads.
  void kick();
  /// Appends all results so far to `results`: those of a lane in its order, DiskDone cumulative.
  void collect(std::vector<DiskResult>& results);
  /// What was to be done and was refused last, for people; empty if nothing was.
  [[nodiscard]] std::string last_refused();

 private:
  FileDisk(Directory directory, Fd ready, std::size_t open_max);

  void run_operations();
  void run_reads();
  void post(DiskResult result);
  std::optional<ReadResult> read_from_cache(const bitcask::DiskRead& read);

  /// A FIFO of few: what is taken from its front moves the rest.
  template <class T>
  using Queue = std::vector<T>;

  struct PendingRead {
    bitcask::DiskRead read;
    std::shared_ptr<Fd> file;
  };

  Directory directory_;
  Fd ready_;
  std::size_t open_max_;

  // The loop's thread alone:
  FileTable reading_;
  std::vector<bitcask::DiskOp> gathered_;
  std::vector<PendingRead> gathered_reads_;
  std::vector<ReadResult> read_at_once_;
  Queue<bitcask::DiskOp> unfinished_[bitcask::kLaneCount];

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable read_work_;
  // Under mutex_:
  bool stopping_ = false;
  Queue<bitcask::DiskOp> lanes_[bitcask::kLaneCount];
  Queue<PendingRead> reads_;
  std::vector<DiskResult> results_;
  std::string last_refused_;

  std::thread operations_thread_;
  std::thread reads_thread_;
};

}  // namespace snowflk::real
