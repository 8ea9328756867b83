// Words that a folder does without: the table, and the search.
#include <array>
#include <cstdint>

#include "tools/tidy/tidy.hpp"

namespace snowflk::tidy {
namespace {

// Where a word may not begin or end inside a longer one.
enum class Edges : std::uint8_t { both, left, right, none };

struct Word {
  std::string_view text;
  Edges edges;
  std::string_view instead;
};

constexpr std::string_view kDraw = "draw from base/prng.hpp: the same on every library";
constexpr std::string_view kOrder = "its order is not ours: a sorted vector, or the keydir";
constexpr std::string_view kTime = "time comes in as an argument (Instant)";
constexpr std::string_view kThread = "there is one thread here";
constexpr std::string_view kExact = "no float decides: Ratio, or integer nanoseconds";
constexpr std::string_view kEffect = "core does not call out: say it in Effects";
constexpr std::string_view kText = "core prints nothing: it emits events (trace)";
constexpr std::string_view kMemory = "reserve in a container";

// Same seed, same bytes.
constexpr std::array kCoreAndSim{
    Word{"unordered_", Edges::left, kOrder},
    Word{"_distribution", Edges::none, kDraw},
    Word{"std::shuffle", Edges::both, kDraw},
    Word{"random_device", Edges::both, kDraw},
    Word{"mt19937", Edges::left, kDraw},
    Word{"rand(", Edges::left, kDraw},
    Word{"std::hash", Edges::both, "base/hash.hpp: the same on every library"},
    Word{"std::chrono", Edges::both, kTime},
    Word{"::time(", Edges::none, kTime},
    Word{"clock_gettime", Edges::both, kTime},
    Word{"gettimeofday", Edges::both, kTime},
    Word{"std::thread", Edges::both, kThread},
    Word{"std::jthread", Edges::both, kThread},
    Word{"mutex", Edges::both, kThread},
    Word{"atomic", Edges::both, kThread},
    Word{"thread_local", Edges::both, kThread},
    Word{"float", Edges::both, kExact},
    Word{"double", Edges::both, kExact},
    Word{"getenv", Edges::both, "what is given comes in as an argument"},
    Word{"__DATE__", Edges::both, "two builds of one source are equal"},
    Word{"__TIME__", Edges::both, "two builds of one source are equal"},
    Word{"assert(", Edges::left, "SNOWFLK_ASSERT: on in release too"},
};
constexpr std::array kCore{
    Word{"std::function", Edges::both, kEffect},
    Word{"virtual", Edges::both, kEffect},
    Word{"iostream", Edges::both, kText},
    Word{"fstream", Edges::both, kText},
    Word{"printf", Edges::none, kText},
    Word{"std::cout", Edges::both, kText},
    Word{"std::cerr", Edges::both, kText},
    Word{"new ", Edges::left, kMemory},
    Word{"malloc", Edges::right, kMemory},
    Word{"default:", Edges::left, "name every case, so that a new one breaks the build"},
    Word{"throw", Edges::both, "std::expected at a gate, SNOWFLK_ASSERT behind it"},
};
// In comments too, and in every kind of file. Written apart, so that this table does not find
// itself.
constexpr std::array kAnywhere{
    Word{"TO"
         "DO",
         Edges::both, "do it, or write down what is missing where users read it"},
    Word{"FIX"
         "ME",
         Edges::both, "mend it before it lands"},
    Word{"X"
         "XX",
         Edges::both, "say what is wrong in a sentence, or mend it"},
};

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool stands_in(std::string_view line, const Word& word) {
  for (std::size_t at = line.find(word.text); at != std::string_view::npos;
       at = line.find(word.text, at + 1)) {
    const std::size_t end = at + word.text.size();
    const bool left_free = at == 0 || !is_word_char(line[at - 1]);
    const bool right_free = end == line.size() || !is_word_char(line[end]);
    const bool left_counts = word.edges == Edges::both || word.edges == Edges::left;
    const bool right_counts = word.edges == Edges::both || word.edges == Edges::right;
    if ((left_free || !left_counts) && (right_free || !right_counts)) return true;
  }
  return false;
}

void search(const Source& source, std::string_view text, std::span<const Word> words,
            std::vector<Finding>& findings) {
  int number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    for (const Word& word : words) {
      if (!stands_in(line, word)) continue;
      findings.push_back({source.path, number,
                          "\"" + std::string{word.text} + "\": " + std::string{word.instead}});
    }
  }
}

/// What stands in the first column stands at file scope: the layout does not indent namespaces.
void search_file_scope(const Source& source, std::string_view code,
                       std::vector<Finding>& findings) {
  int number = 0;
  for (const std::string_view line : lines_of(code)) {
    ++number;
    if (!line.starts_with("using namespace")) continue;
    findings.push_back(
        {source.path, number, "\"using namespace\" for a whole file: name what is used"});
  }
}

}  // namespace

std::vector<Finding> check_words(const Source& source) {
  std::vector<Finding> findings;
  search(source, source.text, kAnywhere, findings);
  if (!source.path.ends_with(".cpp") && !source.path.ends_with(".hpp")) return findings;
  const std::string code = code_of(source.text);
  const bool core = source.path.starts_with("core/");
  search_file_scope(source, code, findings);
  if (core || source.path.starts_with("sim/")) search(source, code, kCoreAndSim, findings);
  if (core) search(source, code, kCore, findings);
  return findings;
}

}  // namespace snowflk::tidy
