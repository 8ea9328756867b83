// Who may include whom: the table of the design, and the check of one file against it.
#include <algorithm>
#include <array>

#include "tools/tidy/tidy.hpp"

namespace snowflk::tidy {
namespace {

struct Arrow {
  std::string_view from;
  std::vector<std::string_view> to;  // folders, or one file
};

// Every row may include its own folder too.
const std::array kArrows{
    Arrow{"core/base", {}},
    Arrow{"core/trace", {"core/base"}},
    Arrow{"core/raft", {"core/base", "core/trace"}},
    Arrow{"core/bitcask", {"core/base", "core/trace"}},
    Arrow{"core/wire", {"core/base", "core/trace", "core/raft/messages.hpp"}},
    Arrow{"core/kv", {"core/base", "core/trace", "core/raft", "core/bitcask", "core/wire"}},
    Arrow{"core/node", {"core"}},
    Arrow{"sim", {"core"}},
    Arrow{"real", {"core"}},
    Arrow{"tools", {"core", "sim", "real"}},
    Arrow{"tests", {"core", "sim", "real", "tools"}},
};

/// The processor's instructions and what it can; the rest of what has a dot is not C++'s library.
constexpr std::array<std::string_view, 3> kCoreHeadersWithDot{"nmmintrin.h", "immintrin.h",
                                                              "cpuid.h"};

bool lies_in(std::string_view path, std::string_view place) {
  return path == place || (path.starts_with(place) && path.substr(place.size()).starts_with("/"));
}

const Arrow* row_of(std::string_view path) {
  const auto* row =
      std::ranges::find_if(kArrows, [&](const Arrow& arrow) { return lies_in(path, arrow.from); });
  return row == kArrows.end() ? nullptr : row;
}

/// What stands between the two characters after #include, or nothing.
std::string_view included(std::string_view line, char open, char close) {
  if (!line.starts_with("#include")) return {};
  const std::size_t from = line.find(open);
  if (from == std::string_view::npos) return {};
  const std::size_t to = line.find(close, from + 1);
  return to == std::string_view::npos ? std::string_view{} : line.substr(from + 1, to - from - 1);
}

std::string wrong_include(const Arrow& arrow, std::string_view header) {
  if (row_of(header) == nullptr) {
    return "include \"" + std::string{header} + "\" by its path from the top of the tree";
  }
  if (lies_in(header, arrow.from)) return {};
  for (const std::string_view place : arrow.to) {
    if (lies_in(header, place)) return {};
  }
  return std::string{arrow.from} + " must not include \"" + std::string{header} +
         "\": no arrow of the house leads there";
}

}  // namespace

std::vector<Finding> check_arrows(const Source& source) {
  const Arrow* arrow = row_of(source.path);
  if (arrow == nullptr) return {};
  std::vector<Finding> findings;
  const std::string code = code_of(source.text);
  int number = 0;
  for (const std::string_view line : lines_of(code)) {
    ++number;
    if (const auto header = included(line, '"', '"'); !header.empty()) {
      const std::string sentence = wrong_include(*arrow, header);
      if (!sentence.empty()) findings.push_back({source.path, number, sentence});
    }
    const auto system = included(line, '<', '>');
    const bool standard =
        system.find_first_of("./") == std::string_view::npos ||
        std::ranges::find(kCoreHeadersWithDot, system) != kCoreHeadersWithDot.end();
    if (lies_in(source.path, "core") && !standard) {
      findings.push_back(
          {source.path, number,
           "core includes the standard library alone, not <" + std::string{system} + ">"});
    }
  }
  return findings;
}

std::vector<Finding> check_unused_headers(std::span<const Source> sources) {
  std::vector<std::string_view> needed;
  for (const Source& source : sources) {
    for (const std::string_view line : lines_of(source.text)) {
      if (const auto header = included(line, '"', '"'); !header.empty()) needed.push_back(header);
    }
  }
  std::ranges::sort(needed);
  std::vector<Finding> findings;
  for (const Source& source : sources) {
    if (!source.path.ends_with(".hpp")) continue;
    if (std::ranges::binary_search(needed, std::string_view{source.path})) continue;
    findings.push_back({source.path, 0, "nobody includes this header: remove it"});
  }
  return findings;
}

}  // namespace snowflk::tidy
