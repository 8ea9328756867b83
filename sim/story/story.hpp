// The story of one run, for people: a line for each event worth reading, in the paper's words.
//
// Owns what is worth a line, and how lines look. In a run of few operations every entry, commit and
// answer is told. In others commits and answers are gathered into one line that stands before the
// next line of another kind. What a node does again and again is told once, and then counted.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/node/node.hpp"
#include "sim/options.hpp"
#include "sim/record.hpp"

namespace snowflk::sim::story {

/// What a node is after an event, for the columns.
enum class Standing : u8 {
  down,
  paused,
  booting,
  refusing,
  follower,
  pre_candidate,
  candidate,
  leader
};
std::string_view name_of(Standing standing);

struct Actor {
  NodeId node;  // nobody: the world, a client or the script
  Standing standing = Standing::down;
  Term term;
  const node::Node* state = nullptr;  // of `node`; null: nobody
};

struct Style {
  bool colour = false;
  bool every_operation = true;  // also every entry; else they are gathered
};

class Story {
 public:
  /// Lines are appended to `out`, which the caller may empty at any time between two calls.
  Story(const Style& style, std::string& out) : style_(style), out_(&out) {}

  /// The titles of the columns.
  void head();
  /// REQUIRES: `actor` is record.node, as it is after the event.
  void observe(const StepRecord& record, const Actor& actor, const History& history);
  /// A line of the script: what it does now.
  void say(VirtualTime at, std::string_view text);
  /// Writes what is still gathered.
  void finish();

 private:
  struct Gathered {
    VirtualTime at;
    Actor leader;
    u64 commits_from = 0;
    u64 commits_to = 0;             // 0: none
    std::array<u64, 4> outcomes{};  // by Outcome; pending counts what was asked
  };
  enum class Tone : u8 { plain, fault, success };

  /// What a node did last, and how often again since that was told.
  struct Repeated {
    std::string text;
    Actor actor;
    u64 times = 0;
    VirtualTime last;
  };

  void observe_event(const StepRecord& record, const Actor& actor, const node::Event& event);
  void observe_commit(VirtualTime at, const Actor& actor, LogIndex index);
  [[nodiscard]] bool is_told(const node::Event& event, const Actor& actor) const;
  bool is_repeated(VirtualTime at, const Actor& actor, std::string_view text);
  void tell_repeated(Repeated& repeated);
  void observe_operation(const StepRecord& record, const History& history);
  void gather_commit(VirtualTime at, const Actor& actor, LogIndex index);
  void flush();
  void line(VirtualTime at, const Actor& actor, std::string_view text, Tone tone = Tone::plain);
  /// line(), but what was gathered stays so, and whether it repeats is not asked.
  void put(VirtualTime at, const Actor& actor, std::string_view text, Tone tone);

  Style style_;
  std::string* out_;
  Gathered gathered_;
  u64 commit_told_ = 0;
  std::array<Repeated, kNodesMax + 1> repeated_;  // by node id
};

/// What each column and word means.
std::string_view legend();

}  // namespace snowflk::sim::story
