// A child process that never outlives us: started, signalled, waited for by its id.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "real/fd.hpp"

namespace snowflk::real {

/// How a process ended.
struct ProcessEnd {
  int exit_code = 0;
  int signal = 0;  // that ended it; 0: it exited by itself
};
/// "with exit code 2", "by signal 9".
std::string text_of(ProcessEnd end);

class Process {
 public:
  /// Starts `words`, the program's path first, in a process group of its own. Its standard output
  /// and error are appended to `log`. When the thread that started it ends, the kernel kills it.
  static Result<Process> start(const std::vector<std::string>& words, const std::string& log);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Kills it, if it runs, and waits for it.
  ~Process();

  [[nodiscard]] pid_t id() const { return id_; }
  [[nodiscard]] bool running();
  /// REQUIRES: nothing; of a process that has ended, nothing happens.
  void signal(int number);
  /// How it ended, if it has.
  std::optional<ProcessEnd> ended();
  /// Waits up to `milliseconds` for its end.
  std::optional<ProcessEnd> wait(int milliseconds);

 private:
  explicit Process(pid_t id) : id_(id) {}
  pid_t id_ = 0;
  std::optional<ProcessEnd> end_;
};

}  // namespace snowflk::real
