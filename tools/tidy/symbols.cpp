// Proof that the core does no I/O: what its archive asks of the world is on this short list.
#include <algorithm>
#include <array>
#include <set>

#include "tools/tidy/tidy.hpp"

namespace snowflk::tidy {
namespace {

// Memory, moving it about, and ending the process.
constexpr std::array<std::string_view, 11> kNames{
    "abort",  "memchr", "memcmp", "memcpy", "memmove", "memset", "strlen",
    "bcmp",    // what clang makes of memcmp() == 0
    "_Znwm",   // operator new(unsigned long)
    "_ZdlPv",  // operator delete(void*)
    "_ZdlPvm"  // operator delete(void*, unsigned long)
};
constexpr std::array kBeginnings{
    // std::__throw_…: what the library calls where a container cannot grow. Without exceptions in
    // the core, the end of the process.
    std::string_view{"_ZSt17__throw_"},
    std::string_view{"_ZSt20__throw_"},
    std::string_view{"_ZSt24__throw_"},
    std::string_view{"_ZSt28__throw_"},
    std::string_view{"_ZSt19__throw_"},
    std::string_view{"_ZSt25__throw_"},
    std::string_view{"_ZSt18_Rb_tree_"},  // std::map's own balancing: memory alone
    std::string_view{"_ZSt28_Rb_tree_"},
    std::string_view{"_ZSt29_Rb_tree_"},
    // std::string's own functions.
    std::string_view{"_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE"},
    std::string_view{"_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE"},
    // The compiler's own: counting bits, asking the processor what it can, guarding the stack.
    std::string_view{"__popcount"},
    std::string_view{"__cpu_"},
    std::string_view{"__stack_chk_fail"},
    std::string_view{"_GLOBAL_OFFSET_TABLE_"},
};

bool allowed(std::string_view symbol) {
  if (std::ranges::find(kNames, symbol) != kNames.end()) return true;
  return std::ranges::any_of(kBeginnings,
                             [&](std::string_view start) { return symbol.starts_with(start); });
}

}  // namespace

std::vector<Finding> check_symbols(std::string_view archive, std::string_view nm) {
  std::set<std::string_view> defined;
  std::set<std::string_view> undefined;
  for (const std::string_view line : lines_of(nm)) {
    const std::size_t name_end = line.find(' ');
    if (name_end == std::string_view::npos || name_end + 1 >= line.size()) continue;  // a member
    const char type = line[name_end + 1];
    if (line.ends_with(':')) continue;
    const bool asked_for = type == 'U' || type == 'w' || type == 'v';
    (asked_for ? undefined : defined).insert(line.substr(0, name_end));
  }
  std::vector<Finding> findings;
  const std::string path{archive};
  if (defined.empty()) findings.push_back({path, 0, "no symbols at all: is it an archive?"});
  for (const std::string_view symbol : undefined) {
    if (defined.contains(symbol) || allowed(symbol)) continue;
    findings.push_back({path, 0, "needs " + std::string{symbol} + " from outside"});
  }
  return findings;
}

}  // namespace snowflk::tidy
