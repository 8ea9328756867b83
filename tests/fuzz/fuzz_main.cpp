// The fuzzer: libFuzzer with one of the targets, named by its first argument. The bounds that
// libFuzzer holds are made of the target's own.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "tests/fuzz/targets.hpp"

namespace snowflk::fuzz {
namespace {

const Target*& chosen() {
  static const Target* target = nullptr;
  return target;
}

/// libFuzzer counts in mebibytes. What its own tables and the sanitizers need comes on top of what
/// all allocations of a target may need together.
u64 mebibytes(u64 bytes) { return (bytes + (1U << 20) - 1) >> 20; }
constexpr u64 kResidentMaxMb = 2048;
constexpr u64 kSecondsMax = 5;

void choose(int& count, char**& arguments) {
  const std::string_view name = count > 1 ? arguments[1] : "";
  const auto found = std::ranges::find(targets(), name, &Target::name);
  if (found == targets().end()) {
    std::fprintf(stderr, "usage: snowflk_fuzz TARGET [libFuzzer's options] [DIR...]; targets:");
    for (const Target& each : targets())
      std::fprintf(stderr, " %s", std::string{each.name}.c_str());
    std::fprintf(stderr, "\n");
    std::exit(1);
  }
  chosen() = &*found;

  static std::deque<std::string> words;  // libFuzzer keeps pointers to them
  static std::vector<char*> pointers;
  words.emplace_back(arguments[0]);
  words.push_back("-max_len=" + std::to_string(found->input_max));
  words.push_back("-malloc_limit_mb=" + std::to_string(mebibytes(found->allocation_max)));
  words.push_back("-rss_limit_mb=" + std::to_string(kResidentMaxMb));
  words.push_back("-timeout=" + std::to_string(kSecondsMax));
  for (int at = 2; at < count; ++at) words.emplace_back(arguments[at]);
  for (std::string& word : words) pointers.push_back(word.data());
  count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  arguments = pointers.data();
}

}  // namespace
}  // namespace snowflk::fuzz

// NOLINTBEGIN(readability-identifier-naming): libFuzzer's names.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments);
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size);

int LLVMFuzzerInitialize(int* count, char*** arguments) {
  snowflk::fuzz::choose(*count, *arguments);
  return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  snowflk::fuzz::chosen()->run(std::as_bytes(std::span{data, size}));
  return 0;
}
// NOLINTEND(readability-identifier-naming)
