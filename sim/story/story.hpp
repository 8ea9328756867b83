// The story of one run, for people: a line for each event worth reading, in the paper's words.
//
// Owns what is worth a line, and how lines look. In a run of few operations every entry, commit,
// refusal and answer is told. In others much of it is gathered (gathered.hpp), so that lines of
// another kind stand out. What a node does again and again is told once, and then counted
// (folding.hpp). The times of lines never fall.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "sim/options.hpp"
#include "sim/record.hpp"
#include "sim/story/actor.hpp"
#include "sim/story/folding.hpp"
#include "sim/story/gathered.hpp"
#include "sim/story/refusals.hpp"

namespace snowflk::sim::story {

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
  void observe_events(const StepRecord& record, const Actor& actor, Sentences& told);
  void observe_event(const StepRecord& record, const Actor& actor, const node::Event& event,
                     Sentences& told);
  void observe_append(VirtualTime at, const Actor& actor, const raft::EntriesAppended& appended);
  void observe_commit(VirtualTime at, const Actor& actor, LogIndex index, Sentences& told);
  void observe_operation(const StepRecord& record, const History& history);
  [[nodiscard]] bool is_told(const StepRecord& record, const Actor& actor,
                             const node::Event& event) const;
  bool gather(const StepRecord& record);

  /// All that a step has to tell of `actor`. Whoever is to be told of at once is not folded.
  void tell(VirtualTime at, const Actor& actor, const Sentences& told, bool at_once = false);
  /// What was gathered, and these repeats, in the order of time.
  void tell_kept_back(VirtualTime now, bool all, std::vector<Repeats> repeats);
  void print_repeats(const Repeats& repeats);
  void print(VirtualTime at, const Actor& actor, const Sentence& sentence);

  Style style_;
  std::string* out_;
  VirtualTime printed_;  // the time of the last line
  u64 commit_told_ = 0;
  Gathered gathered_;
  Refusals refusals_;
  std::array<Folding, kNodesMax + 1> foldings_;  // by node id
};

/// What each column and word means.
std::string_view legend();

}  // namespace snowflk::sim::story
