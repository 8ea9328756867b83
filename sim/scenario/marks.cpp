#include "sim/scenario/marks.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/base/assert.hpp"

// The linker knows where the section of the marks begins and ends, by names that it makes.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
extern const snowflk::Mark __start_snowflk_marks[];
extern const snowflk::Mark __stop_snowflk_marks[];
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
}

namespace snowflk::sim::scenario {
namespace {

// Of the run that is under way; null: nobody asks. One at a time: the simulator has one thread.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
MarkWays* noted = nullptr;

void note(const Mark& mark, bool holds) {
  if (noted == nullptr) return;
  u8& ways = (*noted)[static_cast<std::size_t>(&mark - all_marks().data())];
  ways = static_cast<u8>(ways | (holds ? kWentTrue : kWentFalse));
}

/// Builds name their files from where they stand: "../../core/raft/raft.cpp".
std::string_view in_tree(std::string_view file) {
  return file.substr(std::min(file.rfind("core/"), file.size()));
}

}  // namespace

std::span<const Mark> all_marks() { return {__start_snowflk_marks, __stop_snowflk_marks}; }

MarkNotes::MarkNotes() : ways_(all_marks().size()) {
  SNOWFLK_ASSERT(noted == nullptr);
  noted = &ways_;
  set_mark_handler(note);
}

// The handler stays, and does nothing more.
MarkNotes::~MarkNotes() { noted = nullptr; }

std::vector<std::string> ways_never_gone(const MarkWays& ways) {
  SNOWFLK_ASSERT(ways.size() == all_marks().size());
  std::vector<std::string> never;
  for (std::size_t at = 0; at < ways.size(); ++at) {
    const Mark& mark = all_marks()[at];
    for (const u8 way : kWaysOfMark) {
      if ((ways[at] & way) != 0) continue;
      never.push_back(fmt::format("{}:{} {}: {}", in_tree(mark.file), mark.line,
                                  way == kWentTrue ? "never holds" : "always holds",
                                  mark.condition));
    }
  }
  return never;
}

}  // namespace snowflk::sim::scenario
