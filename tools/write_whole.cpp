#include "tools/write_whole.hpp"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "tools/output.hpp"

namespace snowflk::tools {

namespace {

bool write(const std::string& path, std::string_view text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  file.close();
  return file.good();
}

}  // namespace

bool write_whole(const std::string& path, std::string_view text) {
  std::error_code error;
  // A device, a pipe or a link to whatever is written to, not replaced.
  const auto status = std::filesystem::symlink_status(path, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    if (write(path, text)) return true;
    complain(fmt::format("{}: cannot be written", path));
    return false;
  }
  const std::string beside = path + ".new";
  const bool written = write(beside, text);
  if (written) std::filesystem::rename(beside, path, error);
  if (written && !error) return true;
  complain(fmt::format("{}: cannot be written", path));
  std::filesystem::remove(beside, error);
  return false;
}

}  // namespace snowflk::tools
