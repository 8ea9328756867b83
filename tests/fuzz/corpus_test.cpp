// What fuzzing has found worth keeping is fed to its target again: tests/fuzz/corpus/TARGET/*.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/fuzz/targets.hpp"

namespace snowflk::fuzz {
namespace {

namespace fs = std::filesystem;

std::string read_whole(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> corpus_of(std::string_view target) {
  std::vector<fs::path> files;
  const fs::path directory = fs::path{SNOWFLK_SOURCE_DIR "/tests/fuzz/corpus"} / target;
  for (const auto& entry : fs::directory_iterator{directory}) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

TEST_CASE("each input of the corpora ends, and ends well; and so does each part of it") {
  for (const Target& target : targets()) {
    const auto files = corpus_of(target.name);
    INFO(target.name);
    CHECK(!files.empty());
    target.run({});
    for (const fs::path& file : files) {
      INFO(file);
      const std::string input = read_whole(file);
      CHECK(input.size() <= target.input_max);
      target.run(as_bytes(input));
      for (std::size_t tenth = 1; tenth < 10; ++tenth) {
        target.run(as_bytes(input).first(input.size() * tenth / 10));
      }
    }
  }
}

TEST_CASE("the corpora are small") {
  std::size_t files = 0;
  std::size_t bytes = 0;
  for (const Target& target : targets()) {
    for (const fs::path& file : corpus_of(target.name)) {
      files += 1;
      bytes += fs::file_size(file);
    }
  }
  CHECK(files <= 50);
  CHECK(bytes <= 200UL << 10);
}

}  // namespace
}  // namespace snowflk::fuzz
