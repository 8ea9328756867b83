// The rules of the house that no compiler knows: who may include whom, words that a folder does
// without, lengths, headers that nobody needs, and what the core's archive may ask the world for.
//
// Owns the rules, not the files: everything here judges text it is given. There are no exemptions,
// and no way to grant one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snowflk::tidy {

/// A file of the tree. `path` is relative to its top, with slashes.
struct Source {
  std::string path;
  std::string text;
};

/// What is wrong, where, and what to do instead. Printed as `path:line: sentence`; line 0: none.
struct Finding {
  std::string path;
  int line = 0;
  std::string sentence;
  friend bool operator==(const Finding&, const Finding&) = default;
};

std::string to_text(const Finding& finding);

/// Lines without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// C++ with its comments and the contents of its literals blanked, line for line, so that what is
/// only said is not judged.
std::string code_of(std::string_view text);

/// The design's arrows: base <- trace <- {raft, bitcask, wire} <- kv <- node <- {sim, real} <-
/// {tests, tools}; and core includes the standard library alone.
std::vector<Finding> check_arrows(const Source& source);

/// Words that a folder does without, each with what to use instead.
std::vector<Finding> check_words(const Source& source);

/// 100 columns, no trailing space, no tabs, an end of line at the end.
std::vector<Finding> check_layout(const Source& source);

/// Headers that no file of `sources` includes.
std::vector<Finding> check_unused_headers(std::span<const Source> sources);

/// Symbols that an archive needs from outside and that are not on the core's short list. `nm` is
/// the output of `nm -P -g ARCHIVE`.
std::vector<Finding> check_symbols(std::string_view archive, std::string_view nm);

/// Counted, not enforced.
struct Figures {
  int files = 0;
  int lines = 0;
  int lines_median = 0;
  int files_over_400 = 0;
  std::string longest;
  int longest_lines = 0;
  int head_comments = 0;  // files whose first line is a comment
  int core_lines = 0;     // of code, without comments and blanks
  int core_asserts = 0;
};
Figures figures_of(std::span<const Source> sources);
std::string to_text(const Figures& figures);

}  // namespace snowflk::tidy
