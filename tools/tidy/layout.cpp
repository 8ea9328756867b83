// How a file lies on the page, and the figures over all files.
#include <algorithm>

#include "tools/tidy/tidy.hpp"

namespace snowflk::tidy {
namespace {

constexpr int kColumnsMax = 100;
constexpr int kLinesAim = 400;

/// Characters, not bytes: what continues a character of UTF-8 has no column of its own.
int columns_of(std::string_view line) {
  return static_cast<int>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Prose and data are as wide as they are.
bool has_columns(std::string_view path) {
  return !path.ends_with(".md") && !path.ends_with(".json") && !path.ends_with(".golden") &&
         !path.ends_with(".patch") && !path.ends_with(".txt");
}

}  // namespace

std::vector<Finding> check_layout(const Source& source) {
  std::vector<Finding> findings;
  if (source.path.ends_with(".patch")) return findings;  // A patch's blank is a line of context.
  if (source.path.ends_with(".input")) return findings;  // A fuzzer's: bytes, no text.
  const bool code = source.path.ends_with(".cpp") || source.path.ends_with(".hpp");
  int number = 0;
  for (const std::string_view line : lines_of(source.text)) {
    ++number;
    const int columns = columns_of(line);
    if (columns > kColumnsMax && has_columns(source.path)) {
      findings.push_back({source.path, number, std::to_string(columns) + " columns, 100 at most"});
    }
    if (line.ends_with(' ') || line.ends_with('\t') || line.ends_with('\r')) {
      findings.push_back({source.path, number, "space at the end of the line"});
    }
    if (code && line.find('\t') != std::string_view::npos) {
      findings.push_back({source.path, number, "a tab: indent with spaces"});
    }
  }
  if (!source.text.empty() && !source.text.ends_with('\n')) {
    findings.push_back({source.path, number, "no end of line at the end of the file"});
  }
  return findings;
}

Figures figures_of(std::span<const Source> sources) {
  Figures figures;
  std::vector<int> lengths;
  for (const Source& source : sources) {
    if (!source.path.ends_with(".cpp") && !source.path.ends_with(".hpp")) continue;
    const int length = static_cast<int>(lines_of(source.text).size());
    lengths.push_back(length);
    figures.lines += length;
    figures.head_comments += source.text.starts_with("//") ? 1 : 0;
    figures.files_over_400 += length > kLinesAim ? 1 : 0;
    if (length > figures.longest_lines) {
      figures.longest_lines = length;
      figures.longest = source.path;
    }
    if (!source.path.starts_with("core/")) continue;
    const std::string code = code_of(source.text);
    for (const std::string_view line : lines_of(code)) {
      figures.core_lines += line.find_first_not_of(' ') != std::string_view::npos ? 1 : 0;
      figures.core_asserts += line.find("SNOWFLK_ASSERT(") != std::string_view::npos ? 1 : 0;
    }
  }
  std::ranges::sort(lengths);
  figures.files = static_cast<int>(lengths.size());
  if (!lengths.empty()) figures.lines_median = lengths[lengths.size() / 2];
  return figures;
}

std::string to_text(const Figures& figures) {
  const auto text = [](int number) { return std::to_string(number); };
  return "files=" + text(figures.files) + " lines=" + text(figures.lines) +
         " lines_median=" + text(figures.lines_median) +
         " files_over_400=" + text(figures.files_over_400) + " longest=" + figures.longest + ":" +
         text(figures.longest_lines) + " head_comments=" + text(figures.head_comments) +
         " core_code_lines=" + text(figures.core_lines) +
         " core_asserts=" + text(figures.core_asserts);
}

}  // namespace snowflk::tidy
