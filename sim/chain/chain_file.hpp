// Chain files: what two runs are compared by. First who it is, as a trace; then, every few thousand
// events, the digest of all inputs and effects so far and that of the whole state (nodes, disks,
// queue, generators); last how it ended.
//
// A window of events may be written one by one, with all that is in the digests: where the
// difference is known to lie.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/run.hpp"
#include "sim/trace_file/trace_file.hpp"

namespace snowflk::sim::chain {

inline constexpr std::string_view kSchema = "snowflk.chain/1";

/// So many events take some milliseconds, and a digest of all state about as long or longer: it
/// grows with the logs and the history.
inline constexpr u64 kEventsPerCheckpoint = 2048;
/// Of a window of more events than this, only every so many-th has the digest of the state.
inline constexpr u64 kEventsPerState = 64;

/// Events, both included.
struct Window {
  u64 first = 0;
  u64 last = 0;
};

/// Writes the lines of a run, but for the first and the last.
class Writer final : public scenario::Watcher {
 public:
  /// Appends to `out`, borrowed.
  explicit Writer(std::string& out, std::optional<Window> window = {})
      : out_(&out), window_(window) {}
  void event(const World& world, const StepRecord& record) override;
  void say(const World&, std::string_view) override {}
  void ended(const World& world) override;

 private:
  void checkpoint(const World& world);
  [[nodiscard]] bool wants_state(u64 event) const;
  std::string* out_;
  std::optional<Window> window_;
};

/// A line between the first and the last.
struct Line {
  u64 event = 0;  // after which
  i64 at = 0;     // virtual nanoseconds
  std::string digest;
  std::string state;   // empty: not told
  bool whole = false;  // the event is told too, not its digests alone
};
/// The gate of lines. Nothing: it is none.
std::optional<Line> parse_line(std::string_view text);

}  // namespace snowflk::sim::chain
