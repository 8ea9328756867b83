// Where two runs part: of two chain files the window of events, of two traces, or two windows, the
// event and the field.
//
// Owns the comparison and its words; the runs are made elsewhere. What is compared came through the
// gates of headers and lines, or is told by its number.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/chain/chain_file.hpp"

namespace snowflk::sim::chain {

/// A file of either kind, in lines.
struct Recording {
  trace_file::Identity identity;
  bool is_chain = false;  // else a trace
  std::string_view header;
  std::vector<std::string_view> lines;  // but for the ending
  std::optional<trace_file::Ending> ending;
};
/// The gate: why it is none, in a sentence. Borrows `text`.
std::expected<Recording, std::string> read_recording(std::string_view text);

/// Why the two are not runs of one scenario and seed, so that a difference would say nothing.
std::optional<std::string> not_comparable(const Recording& a, const Recording& b);

/// Of two chain files: between which checkpoints they part.
struct Parting {
  Window window;
  bool effects = false;  // what happened differs; else the state alone
};
/// Nothing: all that both have is equal. A line that is none ends its file.
std::optional<Parting> parting_of(const Recording& a, const Recording& b);

/// Of two rows of events: the first that differs.
struct Difference {
  u64 event = 0;
  std::string what;  // "event 4711 at 1.203000s on node 2: frame_delivered append_entries"
  std::string
      field;  // "effects: sends[0].leader_commit"; empty: its state differs, or one has ended
  std::string a;
  std::string b;
  bool state_only = false;  // inputs and effects are equal, the state after it is not
};
std::optional<Difference> difference_of(const Recording& a, const Recording& b);
/// How many events it tells.
u64 count_events(const Recording& recording);

/// In one sentence.
std::string print(const Difference& difference);

}  // namespace snowflk::sim::chain
