#include "sim/runner.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "core/base/assert.hpp"

namespace snowflk::sim {
namespace {

/// A signal that comes right before poll(2) is seen that much later.
constexpr int kAskAgainMs = 200;

struct Header {
  u64 seed = 0;
  u64 status = 0;
  u64 size = 0;
};
static_assert(std::has_unique_object_representations_v<Header>);

bool write_all(int file, const void* bytes, std::size_t size) {
  const char* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(file, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool read_all(int file, void* bytes, std::size_t size) {
  char* at = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t got = ::read(file, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

// ---- In a worker ----------------------------------------------------------------------------

/// What this process works on: the handler of assertions has no argument of ours. One seed at a
/// time.
struct Assignment {
  int results = -1;
  u64 seed = 0;
};
Assignment& assignment() {
  static Assignment only;
  return only;
}

void send_result(RunStatus status, std::string_view text) {
  const auto& [results, seed] = assignment();
  const Header header{seed, static_cast<u64>(status), text.size()};
  const bool sent =
      write_all(results, &header, sizeof header) && write_all(results, text.data(), text.size());
  if (!sent) ::_exit(2);  // nobody listens any more
}

void on_assertion(const AssertInfo& info) {
  send_result(RunStatus::assertion, std::string(info.expression) + " (" + info.file + ":" +
                                        std::to_string(info.line) + ")");
  ::_exit(7);
}

[[noreturn]] void work_until_closed(int seeds, int results,
                                    const std::function<std::string(u64)>& work) {
  u64& seed = assignment().seed;
  assignment().results = results;
  set_assert_handler(on_assertion);
  while (read_all(seeds, &seed, sizeof seed)) {
    const std::string text = work(seed);
    send_result(RunStatus::finished, text);
  }
  ::_exit(0);
}

// ---- In the parent --------------------------------------------------------------------------

struct Worker {
  pid_t process = -1;
  int seeds = -1;    // we write
  int results = -1;  // we read
  std::optional<u64> seed;
};

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) {
    const char* const name = ::sigdescr_np(WTERMSIG(status));  // strsignal() is not for threads
    return std::string("signal ") + (name != nullptr ? name : "unknown");
  }
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

/// No process does this to itself: it may have been anybody, and of any seed. One that is killed
/// again and again is the seed's own doing, such as its hunger for memory.
bool was_killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
constexpr u32 kKillsForgiven = 2;

class Pool {
 public:
  Pool(SeedRange range, const std::function<std::string(u64)>& work)
      : range_(range), work_(work), next_(range.first) {}
  ~Pool() {
    for (Worker& worker : workers_) end(worker);
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  bool start(u32 jobs) {
    for (u32 job = 0; job < jobs; ++job) {
      workers_.emplace_back();
      if (!spawn(workers_.back())) return false;
    }
    return true;
  }

  bool run(const std::function<bool(const SeedResult&)>& emit,
           const std::function<bool()>& goes_on) {
    u64 emitted = range_.first;
    while (emitted <= range_.last) {
      if (goes_on && !goes_on()) return true;
      for (Worker& worker : workers_) give_seed(worker, emitted);
      if (!wait_for_results(goes_on ? kAskAgainMs : -1)) return false;
      for (auto first = done_.begin(); first != done_.end() && first->first == emitted;
           first = done_.begin()) {
        const bool more = emit(first->second);
        done_.erase(first);
        if (!more) return true;
        if (emitted == range_.last) return true;
        emitted += 1;
      }
    }
    return true;
  }

 private:
  bool spawn(Worker& worker) {
    int down[2];
    int up[2];
    if (::pipe(down) != 0) return false;
    if (::pipe(up) != 0) return false;
    const pid_t process = ::fork();
    if (process < 0) return false;
    if (process == 0) {
      for (const Worker& other : workers_) {
        if (other.process > 0) {
          ::close(other.seeds);
          ::close(other.results);
        }
      }
      ::close(down[1]);
      ::close(up[0]);
      work_until_closed(down[0], up[1], work_);
    }
    ::close(down[0]);
    ::close(up[1]);
    worker = Worker{.process = process, .seeds = down[1], .results = up[0], .seed = {}};
    return true;
  }

  int end(Worker& worker) {
    if (worker.process <= 0) return 0;
    ::close(worker.seeds);
    if (worker.seed) ::kill(worker.process, SIGKILL);
    ::close(worker.results);
    int status = 0;
    while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
    }
    worker.process = -1;
    return status;
  }

  void give_seed(Worker& worker, u64 emitted) {
    const u64 window = 64 * workers_.size();  // who is ahead waits for who is not
    if (worker.seed || exhausted_ || next_ - emitted > window) return;
    tell(worker, next_);
    if (next_ == range_.last) exhausted_ = true;
    next_ += 1;
  }

  static void tell(Worker& worker, u64 seed) {
    worker.seed = seed;
    static_cast<void>(write_all(worker.seeds, &seed, sizeof seed));  // a dead worker is seen below
  }

  bool wait_for_results(int wait_max_ms) {
    std::vector<pollfd> files;
    files.reserve(workers_.size());
    for (const Worker& worker : workers_) {
      files.push_back({.fd = worker.seed ? worker.results : -1, .events = POLLIN, .revents = 0});
    }
    if (::poll(files.data(), files.size(), wait_max_ms) < 0) return errno == EINTR;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].revents == 0) continue;
      if (!take_result(workers_[i])) return false;
    }
    return true;
  }

  bool take_result(Worker& worker) {
    SeedResult result{.seed = *worker.seed, .status = RunStatus::crashed, .text = {}};
    Header header;
    if (read_all(worker.results, &header, sizeof header)) {
      SNOWFLK_ASSERT(header.seed == result.seed);
      result.status = static_cast<RunStatus>(header.status);
      result.text.resize(header.size);
      if (!read_all(worker.results, result.text.data(), header.size)) {
        result.status = RunStatus::crashed;
      }
    }
    worker.seed.reset();
    bool goes_on = true;
    if (result.status != RunStatus::finished) {
      const int status = end(worker);
      if (result.status == RunStatus::crashed) result.text = describe_end(status);
      goes_on = spawn(worker);
      if (goes_on && was_killed(status) && kills_[result.seed]++ < kKillsForgiven) {
        tell(worker, result.seed);
        return true;
      }
    }
    done_.emplace(result.seed, std::move(result));
    return goes_on;
  }

  SeedRange range_;
  const std::function<std::string(u64)>& work_;
  u64 next_;
  bool exhausted_ = false;
  std::vector<Worker> workers_;
  std::map<u64, SeedResult> done_;
  std::map<u64, u32> kills_;
};

}  // namespace

bool run_seeds(SeedRange range, u32 jobs, const std::function<std::string(u64 seed)>& work,
               const std::function<bool(const SeedResult&)>& emit,
               const std::function<bool()>& goes_on) {
  SNOWFLK_ASSERT(range.first <= range.last);
  SNOWFLK_ASSERT(jobs >= 1);
  // A worker that died does not take us along when we tell it of its next seed.
  struct sigaction ignore = {};
  struct sigaction before = {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  bool ran = false;
  {
    Pool pool{range, work};
    ran = pool.start(jobs) && pool.run(emit, goes_on);
  }
  ::sigaction(SIGPIPE, &before, nullptr);
  return ran;
}

}  // namespace snowflk::sim
