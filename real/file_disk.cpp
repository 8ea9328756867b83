#include "real/file_disk.hpp"

#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>

#include "core/base/assert.hpp"

namespace snowflk::real {
namespace {

using bitcask::DiskError;

unsigned at(bitcask::Lane lane) { return static_cast<unsigned>(lane); }

/// Reads until `into` is full or the file ends; the count, or an error.
std::expected<std::size_t, DiskError> read_whole(int fd, MutableBytes into, u64 offset) {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t count =
        ::pread(fd, into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected{DiskError::io};
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

void ring(int eventfd) {
  const u64 one = 1;
  const ssize_t wrote = ::write(eventfd, &one, sizeof one);
  // A counter that is full rings all the same.
  SNOWFLK_ASSERT(wrote == static_cast<ssize_t>(sizeof one) || errno == EAGAIN);
}

}  // namespace

Result<std::unique_ptr<FileDisk>> FileDisk::start(Directory directory, std::size_t open_max) {
  Fd ready{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!ready.open()) return std::unexpected{system_failure("make an eventfd")};
  return std::unique_ptr<FileDisk>{new FileDisk{std::move(directory), std::move(ready), open_max}};
}

FileDisk::FileDisk(Directory directory, Fd ready, std::size_t open_max)
    : directory_(std::move(directory)),
      ready_(std::move(ready)),
      open_max_(open_max),
      reading_(directory_.fd(), open_max) {
  operations_thread_ = std::thread{[this] { run_operations(); }};
  reads_thread_ = std::thread{[this] { run_reads(); }};
}

FileDisk::~FileDisk() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  work_.notify_one();
  read_work_.notify_one();
  operations_thread_.join();
  reads_thread_.join();
}

void FileDisk::submit(const bitcask::DiskRead& read) {
  if (auto result = read_from_cache(read)) {
    read_at_once_.push_back(std::move(*result));
    return;
  }
  gathered_reads_.push_back({.read = read, .file = reading_.open(read.file)});
}

void FileDisk::kick() {
  if (!gathered_.empty() || !gathered_reads_.empty()) {
    const std::lock_guard lock{mutex_};
    for (const auto& op : gathered_) {
      lanes_[at(op.lane)].push_back(op);
      unfinished_[at(op.lane)].push_back(op);
    }
    for (auto& read : gathered_reads_) reads_.push_back(std::move(read));
  }
  if (!gathered_.empty()) work_.notify_one();
  if (!gathered_reads_.empty()) read_work_.notify_one();
  gathered_.clear();
  gathered_reads_.clear();
  if (!read_at_once_.empty()) ring(ready_.get());
}

void FileDisk::collect(std::vector<DiskResult>& results) {
  u64 rings = 0;
  [[maybe_unused]] const auto got = ::read(ready_.get(), &rings, sizeof rings);
  for (auto& read : read_at_once_) results.emplace_back(std::move(read));
  read_at_once_.clear();
  const std::size_t first = results.size();
  {
    const std::lock_guard lock{mutex_};
    std::ranges::move(results_, std::back_inserter(results));
    results_.clear();
  }
  // A file that was renamed or replaced must be opened anew by the reads that follow.
  const auto finish = [&](bitcask::Lane lane, u64 up_to) {
    auto& unfinished = unfinished_[at(lane)];
    while (!unfinished.empty() && unfinished.front().sequence <= up_to) {
      reading_.forget(unfinished.front().action);
      unfinished.erase(unfinished.begin());
    }
  };
  for (std::size_t i = first; i < results.size(); ++i) {
    if (const auto* done = std::get_if<node::DiskDone>(&results[i])) {
      finish(done->lane, done->up_to);
    } else if (const auto* refused = std::get_if<node::DiskRefused>(&results[i])) {
      finish(refused->lane, refused->sequence);
    }
  }
}

std::string FileDisk::last_refused() {
  const std::lock_guard lock{mutex_};
  return last_refused_;
}

void FileDisk::run_operations() {
  FileTable files{directory_.fd(), open_max_};
  std::unique_lock lock{mutex_};
  auto& log = lanes_[at(bitcask::Lane::log)];
  auto& background = lanes_[at(bitcask::Lane::background)];
  for (;;) {
    work_.wait(lock, [&] { return stopping_ || !log.empty() || !background.empty(); });
    if (stopping_) return;
    auto& lane = log.empty() ? background : log;
    const bitcask::DiskOp op = lane.front();
    lane.erase(lane.begin());
    lock.unlock();
    const auto why_not = files.perform(op.action);
    lock.lock();
    if (why_not) {
      last_refused_ = text_of(op.action);
      post(node::DiskRefused{.lane = op.lane, .sequence = op.sequence, .error = *why_not});
    } else {
      post(node::DiskDone{.lane = op.lane, .up_to = op.sequence});
    }
  }
}

void FileDisk::run_reads() {
  std::unique_lock lock{mutex_};
  for (;;) {
    read_work_.wait(lock, [&] { return stopping_ || !reads_.empty(); });
    if (stopping_) return;
    const PendingRead pending = std::move(reads_.front());
    reads_.erase(reads_.begin());
    lock.unlock();
    ReadResult result{.id = pending.read.id, .bytes = std::unexpected{DiskError::io}};
    if (pending.file) {
      std::vector<std::byte> bytes(pending.read.length);
      const auto got = read_whole(pending.file->get(), bytes, pending.read.offset);
      if (got) {
        bytes.resize(*got);
        result.bytes = std::move(bytes);
      }
    }
    lock.lock();
    post(std::move(result));
  }
}

/// REQUIRES: mutex_ is held. The last DiskDone of a lane says what those before it said.
void FileDisk::post(DiskResult result) {
  const bool rung = !results_.empty();
  auto* done = std::get_if<node::DiskDone>(&result);
  auto* before = rung ? std::get_if<node::DiskDone>(&results_.back()) : nullptr;
  if (done != nullptr && before != nullptr && before->lane == done->lane) {
    before->up_to = done->up_to;
  } else {
    results_.push_back(std::move(result));
  }
  if (!rung) ring(ready_.get());
}

/// The bytes, if the page cache has them all: no wait. Nothing if it has not, or cannot say.
std::optional<ReadResult> FileDisk::read_from_cache(const bitcask::DiskRead& read) {
  const auto file = reading_.open(read.file);
  if (!file) return std::nullopt;  // The reader's thread says that it is not there.
  std::vector<std::byte> bytes(read.length);
  const iovec into{.iov_base = bytes.data(), .iov_len = bytes.size()};
  const ssize_t got = ::preadv2(file->get(), &into, 1, static_cast<off_t>(read.offset), RWF_NOWAIT);
  if (got < 0 || static_cast<std::size_t>(got) != bytes.size()) return std::nullopt;
  return ReadResult{.id = read.id, .bytes = std::move(bytes)};
}

}  // namespace snowflk::real
