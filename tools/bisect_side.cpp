#include "tools/bisect_side.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "tools/output.hpp"
#include "tools/read_file.hpp"

namespace snowflk::tools {
namespace {

std::unexpected<Exit> broken(const std::string& sentence) {
  complain(sentence);
  return std::unexpected(Exit::environment);
}

std::string complaints_beside(const std::string& file) { return file + ".err"; }

/// Of the child: what it prints goes to `file`, what it complains of beside it, then it is another
/// program. Returns if it cannot.
void become(const std::vector<std::string>& words, const std::string& file) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  // execv takes them as char*, and changes none.
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const int out = ::open(file.c_str(), kNew, 0666);
  if (out < 0 || ::dup2(out, STDOUT_FILENO) < 0) return;
  const int err = ::open(complaints_beside(file).c_str(), kNew, 0666);
  if (err < 0 || ::dup2(err, STDERR_FILENO) < 0) return;
  ::execv(words.front().c_str(), arguments.data());
}

/// Memory that is got, and what was given back, is full of other bytes than it would be.
constexpr const char* kStirred = "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0";

/// Runs `words` to its end. A complaint, or its exit code.
OrExit<int> run_program(const std::vector<std::string>& words, const std::string& file,
                        bool stirred) {
  constexpr int kCannotRun = 127;
  const pid_t child = ::fork();
  if (child < 0) return broken("cannot start a process: " + std::generic_category().message(errno));
  if (child == 0) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): this process has one thread.
    if (stirred) ::setenv("GLIBC_TUNABLES", kStirred, 1);
    become(words, file);
    complain(fmt::format("{}: {}", words.front(), std::generic_category().message(errno)));
    ::_exit(kCannotRun);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return broken("lost a process");
  }
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  if (WEXITSTATUS(status) == kCannotRun) return std::unexpected(Exit::environment);
  return WEXITSTATUS(status);
}

void add_seed(std::vector<std::string>& words, const std::string& seed) {
  if (seed.empty()) return;
  words.emplace_back("--seed");
  words.push_back(seed);
}

/// What a child complained of, as it was said; it is told where its answer is not what was asked
/// for.
void repeat_complaints(const std::string& file) {
  const auto text = read_file(complaints_beside(file));
  if (text) fmt::print(stderr, "{}", *text);
}

/// Exit codes that say that nothing was run.
bool nothing_ran(int exit) {
  return exit == static_cast<int>(Exit::usage) || exit == static_cast<int>(Exit::environment);
}

}  // namespace

ScratchDirectory::~ScratchDirectory() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool ScratchDirectory::make() {
  std::error_code error;
  path_ = (std::filesystem::temp_directory_path(error) / "snowflk-bisect-XXXXXX").string();
  if (!error && ::mkdtemp(path_.data()) != nullptr) return true;
  complain(fmt::format("{}: {}", path_, std::generic_category().message(errno)));
  path_.clear();
  return false;
}

std::string ScratchDirectory::file(std::string_view name) const {
  return (std::filesystem::path{path_} / name).string();
}

OrExit<Read> read_side(const std::string& file) {
  auto text = read_file(file);
  if (!text) {
    complain(text.error().sentence);
    return std::unexpected(text.error().exit);
  }
  Read read;
  read.text = *std::move(text);
  auto recording = sim::chain::read_recording(read.text);
  if (!recording) {
    complain(fmt::format("{}: {}", file, recording.error()));
    return std::unexpected(Exit::usage);
  }
  // What it borrows moves along: a long text keeps its place.
  read.recording = *std::move(recording);
  return read;
}

std::string Side::build() const { return binary_ == kThisBuild ? "this build" : binary_; }

OrExit<std::string> Side::chain(const std::string& file, const std::string& seed,
                                const std::string& window) const {
  std::string chain = scratch_->file(name_ + ".chain");
  std::vector<std::string> words{binary_, "sim", "replay", file, "--chain", chain};
  if (!window.empty()) {
    words.emplace_back("--window");
    words.push_back(window);
  }
  add_seed(words, seed);
  const std::string out = scratch_->file(name_ + ".out");
  const auto exit = run_program(words, out, stirred_);
  if (!exit || nothing_ran(*exit)) repeat_complaints(out);
  if (!exit) return std::unexpected(exit.error());
  if (nothing_ran(*exit)) {
    return broken(fmt::format("{}: {} could not run it (exit code {})", file, build(), *exit));
  }
  if (std::error_code error; !std::filesystem::exists(chain, error)) {
    complain(fmt::format("{}: it leaves no chain file: no build of snowflk that can be compared",
                         build()));
    return std::unexpected(Exit::usage);
  }
  return chain;
}

OrExit<std::string> Side::state(const std::string& file, const std::string& seed, u64 event) const {
  const std::string out = scratch_->file(name_ + ".state");
  std::vector<std::string> words{binary_,  "sim", "replay", file, "--at", std::to_string(event),
                                 "--state"};
  add_seed(words, seed);
  const auto exit = run_program(words, out, stirred_);
  if (!exit) return std::unexpected(exit.error());
  auto text = read_file(out);
  if (!text) return broken(text.error().sentence);
  return *std::move(text);
}

}  // namespace snowflk::tools
