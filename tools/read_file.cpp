#include "tools/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace snowflk::tools {
namespace {

constexpr std::size_t kChunkBytes = 1UL << 20;
constexpr std::size_t kFileBytesMax = 4UL << 30;

std::unexpected<FileProblem> problem(const std::string& path, int error, Exit exit) {
  return std::unexpected(
      FileProblem{.exit = exit, .sentence = path + ": " + std::generic_category().message(error)});
}

std::expected<std::string, FileProblem> read_all(const std::string& path, int descriptor) {
  std::string text;
  std::size_t size = 0;
  for (;;) {
    if (size > kFileBytesMax) {
      return std::unexpected(FileProblem{
          .exit = Exit::usage, .sentence = path + ": has more than 4 GiB, or does not end"});
    }
    text.resize(size + kChunkBytes);
    const ssize_t count = ::read(descriptor, text.data() + size, kChunkBytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return problem(path, errno, errno == EISDIR ? Exit::usage : Exit::environment);
    size += static_cast<std::size_t>(count);
    if (count == 0) break;
  }
  text.resize(size);
  return text;
}

}  // namespace

std::expected<std::string, FileProblem> read_file(const std::string& path) {
  if (path == "-") return read_all("standard input", STDIN_FILENO);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return problem(path, errno, Exit::usage);
  struct stat status{};
  if (::fstat(descriptor, &status) == 0 && (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))) {
    ::close(descriptor);
    return std::unexpected(
        FileProblem{.exit = Exit::usage, .sentence = path + ": is a device, not a file"});
  }
  auto text = read_all(path, descriptor);
  ::close(descriptor);
  return text;
}

}  // namespace snowflk::tools
