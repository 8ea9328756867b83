#include "sim/story/folding.hpp"

#include <utility>

namespace snowflk::sim::story {
namespace {

std::string joined(const Sentences& sentences) {
  std::string text;
  for (const Sentence& sentence : sentences) {
    if (!text.empty()) text += "; ";
    text += sentence.text;
  }
  return text;
}

}  // namespace

bool Folding::fold(VirtualTime at, const Actor& actor, const Sentences& told) {
  if (joined(told) != repeats_.text) return false;
  repeats_.times += 1;
  repeats_.last = at;
  repeats_.actor = actor;
  return true;
}

void Folding::remember(const Sentences& told) { repeats_.text = joined(told); }

Repeats Folding::take() { return std::exchange(repeats_, Repeats{}); }

}  // namespace snowflk::sim::story
