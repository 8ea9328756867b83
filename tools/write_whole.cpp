#include "tools/write_whole.hpp"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "tools/output.hpp"

namespace snowflk::tools {

bool write_whole(const std::string& path, std::string_view text) {
  const std::string beside = path + ".new";
  std::ofstream file{beside, std::ios::binary};
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(beside, path, error);
  if (file && !error) return true;
  complain(fmt::format("{}: cannot be written", path));
  std::filesystem::remove(beside, error);
  return false;
}

}  // namespace snowflk::tools
