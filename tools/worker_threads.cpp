#include "tools/worker_threads.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "core/base/assert.hpp"

namespace snowflk::tools {
namespace {

using sim::exhaustive::Lost;

/// What the threads of a call share; those that are lost keep it for ever.
struct Shared {
  std::mutex mutex;
  std::condition_variable ended;
  u32 next = 0;
  u32 pieces = 0;
  u32 at_work = 0;
  std::vector<Lost> lost;
  std::function<void(u32)> work;
};

// An assertion that fails knows nothing but its thread.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
/// What this thread works on; null: it is none of ours.
thread_local Shared* shared_of_thread = nullptr;
thread_local u32 piece_of_thread = 0;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

/// Nobody can go on from a failed assertion, and others are still at work: this thread stays here.
void stay_on_assertion(const AssertInfo& info) {
  Shared* shared = shared_of_thread;
  if (shared == nullptr) return;
  {
    const std::lock_guard lock{shared->mutex};
    shared->lost.push_back(
        {.piece = piece_of_thread,
         .assertion = fmt::format("{} ({}:{})", info.expression, info.file, info.line)});
    shared->at_work -= 1;
  }
  shared->ended.notify_all();
  std::mutex never;
  std::unique_lock lock{never};
  std::condition_variable{}.wait(lock, [] { return false; });
}

void work_until_done(const std::shared_ptr<Shared>& shared) {
  shared_of_thread = shared.get();
  while (true) {
    {
      const std::lock_guard lock{shared->mutex};
      // After a loss nobody begins what comes later: all that comes before has begun.
      if (shared->next == shared->pieces || !shared->lost.empty()) break;
      piece_of_thread = shared->next;
      shared->next += 1;
    }
    shared->work(piece_of_thread);
  }
  const std::lock_guard lock{shared->mutex};
  shared->at_work -= 1;
  shared->ended.notify_all();
}

}  // namespace

sim::exhaustive::Workers worker_threads(u32 jobs) {
  return [jobs](u32 pieces, const std::function<void(u32)>& work) {
    const AssertHandler before = set_assert_handler(stay_on_assertion);
    const auto shared = std::make_shared<Shared>();
    shared->pieces = pieces;
    shared->at_work = jobs;
    shared->work = work;
    for (u32 job = 0; job < jobs; ++job) {
      std::thread{[shared] { work_until_done(shared); }}.detach();
    }
    std::unique_lock lock{shared->mutex};
    shared->ended.wait(lock, [&] { return shared->at_work == 0; });
    set_assert_handler(before);
    return shared->lost;
  };
}

}  // namespace snowflk::tools
