// docs/BUGS.md and tests/mutants/ say the same: each mutant has a row, and each row its mutant.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "tests/catch.hpp"

namespace snowflk {
namespace {

const std::filesystem::path kTop = SNOWFLK_SOURCE_DIR;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The names of all patches.
std::set<std::string> patches() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{kTop / "tests" / "mutants"}) {
    if (entry.path().extension() == ".patch") names.insert(entry.path().stem().string());
  }
  return names;
}

/// The names that follow "mutant" in a cell: "mutant B25, S23". False: it names none.
bool add_mutants_of(const std::string& cell, std::set<std::string>& names) {
  constexpr std::string_view kWord = "mutant ";
  if (!cell.starts_with(kWord)) return false;
  std::istringstream list{cell.substr(kWord.size())};
  for (std::string name; std::getline(list, name, ',');) {
    std::erase(name, ' ');
    names.insert(name);
  }
  return true;
}

/// What docs/BUGS.md names, row by row. A row without a mutant says why.
std::set<std::string> named_mutants() {
  std::set<std::string> names;
  std::istringstream lines{text_of(kTop / "docs" / "BUGS.md")};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.starts_with("| ---") || line.starts_with("| id ")) continue;
    std::istringstream cells{line.substr(2)};
    bool accounted_for = false;
    for (std::string cell; std::getline(cells, cell, '|');) {
      cell.erase(0, cell.find_first_not_of(' '));
      const bool reason = cell.starts_with("cannot occur") || cell.starts_with("waits for ");
      accounted_for = add_mutants_of(cell, names) || reason || accounted_for;
    }
    INFO(line);
    CHECK(accounted_for);
  }
  return names;
}

/// The value of a line `key: value` in the head of a patch.
std::string head_of(const std::string& patch, const std::string& key) {
  std::istringstream lines{patch};
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    if (line.starts_with(key + ": ")) return line.substr(key.size() + 2);
  }
  return {};
}

TEST_CASE("each mutant has a row in docs/BUGS.md, and each row that says mutant a patch") {
  const std::set<std::string> there = patches();
  REQUIRE(there.size() >= 40);
  CHECK(named_mutants() == there);
}

TEST_CASE("each mutant says what it breaks, and has a witness that exists") {
  for (const std::string& name : patches()) {
    INFO(name);
    const std::string patch = text_of(kTop / "tests" / "mutants" / (name + ".patch"));
    CHECK(!head_of(patch, "rule").empty());
    CHECK(!head_of(patch, "property").empty());
    CHECK(!head_of(patch, "seed").empty());
    const std::string witness = head_of(patch, "witness");
    const std::size_t colon = witness.find(": ");
    const std::string text = text_of(kTop / witness.substr(0, colon));
    CHECK(!text.empty());
    if (colon == std::string::npos) continue;
    CHECK(text.find("TEST_CASE(\"" + witness.substr(colon + 2)) != std::string::npos);
  }
}

}  // namespace
}  // namespace snowflk
