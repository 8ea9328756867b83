// Trace files: one run, one JSON object a line. First who it is, then every event with its cause,
// last how it ended.
//
// The first line holds the whole scenario, so that a trace is replayed without any other file. A
// replay writes the same lines again and compares: equal runs give equal files.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/hash.hpp"
#include "core/base/types.hpp"
#include "sim/options.hpp"
#include "sim/record.hpp"

namespace snowflk::sim::trace_file {

inline constexpr std::string_view kSchema = "snowflk.trace/1";

/// Which run: the same header, the same lines.
struct Identity {
  std::string build;
  u32 generator = 0;
  std::string scenario;       // its name: the file that it was read from
  std::string scenario_text;  // the file's bytes
  u64 scenario_hash = 0;
  u64 seed = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};

/// How it ended.
struct Ending {
  std::string verdict;
  std::string property;  // empty on a pass
  std::string sentence;
  u64 events = 0;
  std::string digest;
  friend bool operator==(const Ending&, const Ending&) = default;
};

/// 32 hexadecimal digits.
std::string print(const Digest& digest);

/// JsonWriter writes what is no ASCII byte by byte, as \u00HH; a JSON reader makes UTF-8 of that.
/// Here it becomes the bytes again.
std::string bytes_of(const std::string& text);

// Each appends one line, its end included.
void append_header(std::string& out, const Identity& identity, const WorldOptions& options,
                   std::string_view schema = kSchema);
/// How much of an event a line has: what people look for, or all that is in the digest.
enum class Extent : u8 { brief, whole };
/// `digest`: of the run after this event; `state`: of the world then.
void append_event(std::string& out, const StepRecord& record, const Digest& digest,
                  Extent extent = Extent::brief, const std::optional<Digest>& state = {});
void append_ending(std::string& out, const Ending& ending);

/// The gate of header lines. Why not, in a sentence.
std::expected<Identity, std::string> parse_header(std::string_view line,
                                                  std::string_view wanted = kSchema);
/// Nothing if `line` is no ending.
std::optional<Ending> parse_ending(std::string_view line);

/// Of an event's line, for messages: "event 17 at 0.250000s on node 2: frame_delivered".
std::string describe_event(std::string_view line);

}  // namespace snowflk::sim::trace_file
