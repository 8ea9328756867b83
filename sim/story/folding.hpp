// What one node does again and again: told once, and then counted.
//
// The unit is all that a step has to tell, so that two lines that come together fold together.
#pragma once

#include <string>
#include <vector>

#include "sim/story/actor.hpp"
#include "sim/time.hpp"

namespace snowflk::sim::story {

enum class Tone : u8 { plain, fault, success };

struct Sentence {
  std::string text;
  Tone tone = Tone::plain;
};
/// What a step has to tell, in order.
using Sentences = std::vector<Sentence>;

/// What was counted, and when it came last.
struct Repeats {
  u64 times = 0;  // 0: nothing
  VirtualTime last;
  Actor actor;  // as it was then
  std::string text;
};

class Folding {
 public:
  /// Whether `told` is what was told last: then it is counted.
  bool fold(VirtualTime at, const Actor& actor, const Sentences& told);
  /// This was told. REQUIRES: take() came before.
  void remember(const Sentences& told);
  /// What was counted since; nothing is remembered after it.
  Repeats take();

 private:
  Repeats repeats_;
};

}  // namespace snowflk::sim::story
