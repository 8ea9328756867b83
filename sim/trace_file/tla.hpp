// A run as actions of Raft's specification: one JSON object a line, for checking with TLC
// (docs/TRACES.md says what the lines hold).
//
// Owns the form of the lines. Which actions a step was, sim/check/refinement.hpp says.
#pragma once

#include <string>
#include <vector>

#include "core/trace/json.hpp"
#include "sim/check/refinement.hpp"
#include "sim/trace_file/trace_file.hpp"

namespace snowflk::sim::trace_file {

inline constexpr std::string_view kTlaSchema = "snowflk.tla/1";

class TlaWriter final : public ActionListener {
 public:
  /// Appends to `out`, borrowed, first the line that says which run it is.
  TlaWriter(std::string& out, const Identity& identity, u32 servers);

  /// Appends the lines of a step: its actions, then what it says. After the first step that the
  /// specification does not allow, and its line, nothing.
  void observe(const StepView& view);

  void taken(const StepView& view, spec::Action action, NodeId peer,
             const spec::Server& server) override;

 private:
  void write_log(const spec::Server& server, trace::JsonWriter& json);
  void write_said(const StepView& view, const node::Send& send);

  std::string* out_;
  u32 servers_;
  Refinement refinement_;
  std::vector<std::vector<Term>> logs_;  // as the lines so far have them
  bool ended_ = false;
};

}  // namespace snowflk::sim::trace_file
