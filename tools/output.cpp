// Printing through write(2): its errors are seen, which stdio's at exit are not.
#include "tools/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

namespace snowflk::tools {
namespace {

constexpr std::size_t kBufferBytes = 64UL << 10;

/// Returns 0 or what went wrong.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

void Output::write(std::string_view text) {
  if (reader_left_ || failed_) return;
  buffer_ += text;
  if (buffer_.size() >= kBufferBytes) flush();
}

void Output::line(std::string_view text) {
  write(text);
  write("\n");
}

void Output::flush() {
  if (buffer_.empty()) return;
  const int error = write_all(STDOUT_FILENO, buffer_);
  buffer_.clear();
  if (error == EPIPE) {
    reader_left_ = true;
  } else if (error != 0) {
    failed_ = true;
    complain(fmt::format("standard output: {}", std::generic_category().message(error)));
  }
}

Exit Output::finish(Exit verdict) {
  flush();
  return failed_ && verdict == Exit::pass ? Exit::environment : verdict;
}

void complain(std::string_view text) {
  std::string line = "snowflk: ";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code != 0x7f) {
      line += c;
    } else {
      line += fmt::format("\\x{:02x}", code);
    }
  }
  line += '\n';
  static_cast<void>(write_all(STDERR_FILENO, line));
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

bool colour_wanted() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets the environment.
  const char* unwanted = std::getenv("NO_COLOR");
  if (unwanted != nullptr && *unwanted != '\0') return false;
  return stdout_is_terminal();
}

}  // namespace snowflk::tools
