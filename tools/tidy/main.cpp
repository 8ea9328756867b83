// Holds the tree to its rules.
//
// usage: snowflk_tidy tree TOP            every file of the tree at TOP
//        snowflk_tidy symbols ARCHIVE     what an archive of the core asks of the world
//
// Prints a line a finding. Exit: 0 none, 1 some, 2 it could not look.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include "tools/tidy/tidy.hpp"

namespace {

namespace fs = std::filesystem;
using snowflk::tidy::Finding;
using snowflk::tidy::Source;

constexpr const char* kPlaces[] = {"core",     "sim",       "real",  "tools", "tests",
                                   "docs",     "scenarios", "cmake", ".ci",   "CMakeLists.txt",
                                   "README.md"};

Source read_source(const fs::path& top, const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {fs::relative(file, top).generic_string(),
          std::string{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}}};
}

bool is_foreign(const fs::path& file) {
  return std::ranges::any_of(file, [](const fs::path& part) { return part == "node_modules"; });
}

std::vector<Source> read_tree(const fs::path& top) {
  std::vector<Source> sources;
  for (const char* place : kPlaces) {
    const fs::path path = top / place;
    if (fs::is_regular_file(path)) sources.push_back(read_source(top, path));
    if (!fs::is_directory(path)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file() && !is_foreign(entry.path())) {
        sources.push_back(read_source(top, entry.path()));
      }
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

int report(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) std::cout << to_text(finding) << "\n";
  return findings.empty() ? 0 : 1;
}

int check_tree(const fs::path& top) {
  if (!fs::is_directory(top / "core")) {
    std::cerr << "snowflk_tidy: no core/ in " << top.string() << "\n";
    return 2;
  }
  const std::vector<Source> sources = read_tree(top);
  std::vector<Finding> findings;
  const auto add = [&](const std::vector<Finding>& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  for (const Source& source : sources) {
    add(snowflk::tidy::check_arrows(source));
    add(snowflk::tidy::check_words(source));
    add(snowflk::tidy::check_layout(source));
  }
  add(snowflk::tidy::check_unused_headers(sources));
  const int code = report(findings);
  std::cout << to_text(snowflk::tidy::figures_of(sources)) << "\n";
  return code;
}

std::optional<std::string> output_of(const std::string& command) {
  const auto close = [](std::FILE* pipe) { ::pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(::popen(command.c_str(), "r"), close);
  if (!pipe) return std::nullopt;
  std::string text;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) {
    text.append(buffer, got);
  }
  return text;
}

int check_archive(const std::string& archive) {
  if (!fs::is_regular_file(archive) || archive.find('\'') != std::string::npos) {
    std::cerr << "snowflk_tidy: no archive at " << archive << "\n";
    return 2;
  }
  const auto nm = output_of("nm -P -g '" + archive + "'");
  if (!nm) {
    std::cerr << "snowflk_tidy: nm did not run\n";
    return 2;
  }
  return report(snowflk::tidy::check_symbols(archive, *nm));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "tree") return check_tree(words[1]);
  if (words.size() == 2 && words[0] == "symbols") return check_archive(words[1]);
  std::cerr << "usage: snowflk_tidy tree TOP | snowflk_tidy symbols ARCHIVE\n";
  return 2;
}
