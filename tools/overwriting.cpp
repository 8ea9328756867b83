#include "tools/overwriting.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace snowflk::tools {
namespace {

bool is_file(const std::string& path) { return !path.empty() && path != "-"; }

std::filesystem::path whole(const std::string& path) {
  std::error_code error;
  auto found = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? std::filesystem::path{path} : found;
}

/// Of files that are there, whether they are one; else whether their paths mean one.
bool is_same(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error) || whole(a) == whole(b);
}

}  // namespace

std::optional<std::string> overwriting(std::initializer_list<OutputFile> outputs,
                                       const std::string& input) {
  for (const OutputFile* output = outputs.begin(); output != outputs.end(); ++output) {
    if (!is_file(output->path)) continue;
    if (is_file(input) && is_same(output->path, input)) {
      return fmt::format("{}: {} is what is read, and would be lost", output->option, output->path);
    }
    for (const OutputFile* earlier = outputs.begin(); earlier != output; ++earlier) {
      if (!is_file(earlier->path) || !is_same(output->path, earlier->path)) continue;
      return fmt::format("{}: {} is the file of {} too", output->option, output->path,
                         earlier->option);
    }
  }
  return std::nullopt;
}

}  // namespace snowflk::tools
