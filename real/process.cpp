#include "real/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace snowflk::real {
namespace {

/// The child's side, from fork to the program. Only calls that are safe there.
[[noreturn]] void become(char* const* words, int log, pid_t parent) {
  constexpr int kCannotStart = 127;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotStart);  // It ended before the line above.
  ::setpgid(0, 0);  // Ctrl-C on the terminal is for the parent to pass on.
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0) ::_exit(kCannotStart);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::execv(words[0], words);
  ::_exit(kCannotStart);
}

}  // namespace

std::string text_of(ProcessEnd end) {
  if (end.signal != 0) return "by signal " + std::to_string(end.signal);
  return "with exit code " + std::to_string(end.exit_code);
}

Result<Process> Process::start(const std::vector<std::string>& words, const std::string& log) {
  const Fd file{::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!file.open()) return std::unexpected{system_failure("open " + log)};
  std::vector<std::string> copies = words;
  std::vector<char*> pointers;
  pointers.reserve(copies.size() + 1);
  for (auto& word : copies) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t id = ::fork();
  if (id < 0) return std::unexpected{system_failure("start a process")};
  if (id == 0) become(pointers.data(), file.get(), parent);
  return Process{id};
}

Process::Process(Process&& other) noexcept : id_(std::exchange(other.id_, 0)), end_(other.end_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(end_, other.end_);
  return *this;
}

Process::~Process() {
  if (id_ == 0 || end_) return;
  ::kill(id_, SIGKILL);
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
}

bool Process::running() { return id_ != 0 && !ended(); }

void Process::signal(int number) {
  if (running()) ::kill(id_, number);
}

std::optional<ProcessEnd> Process::ended() {
  if (end_ || id_ == 0) return end_;
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
  end_ = WIFSIGNALED(status) ? ProcessEnd{.signal = WTERMSIG(status)}
                             : ProcessEnd{.exit_code = WEXITSTATUS(status)};
  return end_;
}

std::optional<ProcessEnd> Process::wait(int milliseconds) {
  constexpr int kStep = 5;
  for (int waited = 0; !ended() && waited < milliseconds; waited += kStep) {
    ::poll(nullptr, 0, kStep);
  }
  return ended();
}

}  // namespace snowflk::real
