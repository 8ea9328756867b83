// The words that stand as values in a scenario, and what the options mean, in a sentence each.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "core/base/types.hpp"
#include "sim/fault_words.hpp"

namespace snowflk::sim::scenario {

inline constexpr std::array<std::string_view, 8> kRoleWords{
    "follower", "pre_candidate", "candidate", "leader", "down", "paused", "refusing", "booting"};

inline constexpr std::array<std::string_view, 4> kOutcomeWords{"pending", "ok", "failed",
                                                               "unknown"};

/// "any": of whatever type. "unknown": of one that a newer version sends, and ours does not know.
inline constexpr std::array<std::string_view, 16> kMessageWords{"any",
                                                                "request_vote",
                                                                "request_vote_reply",
                                                                "pre_vote",
                                                                "pre_vote_reply",
                                                                "append_entries",
                                                                "append_entries_reply",
                                                                "read_index",
                                                                "read_index_reply",
                                                                "read_round",
                                                                "read_round_reply",
                                                                "forward",
                                                                "forward_reply",
                                                                "hello",
                                                                "ping",
                                                                "unknown"};

inline constexpr std::array<std::string_view, 5> kByHandWords{"timers", "messages", "disks",
                                                              "streams", "reads"};

inline constexpr std::array<std::string_view, 3> kConditionWords{"leader", "answered", "idle"};

/// Effects at which a node may be made to crash: "before sync", "after request_vote_reply".
std::span<const std::string_view> moment_words();

inline constexpr std::array<std::string_view, 3> kModeWords{"lite", "swarm", "beyond"};

inline constexpr std::array<std::string_view, 4> kVerdictWords{"pass", "safety", "liveness",
                                                               "linearizability"};

/// In which order a jam lets go what it held.
inline constexpr std::array<std::string_view, 3> kOrderWords{"drawn", "kept", "reversed"};

inline constexpr std::array<std::string_view, 3> kUnsyncedWords{"drawn", "lost", "kept"};

inline constexpr std::array<std::string_view, 6> kOperationWords{
    "create", "write", "sync", "sync_directory", "rename", "unlink"};
/// Reads too may fail; in no lane they wait.
inline constexpr std::array<std::string_view, 7> kFailingWords{
    "create", "write", "sync", "sync_directory", "rename", "unlink", "read"};

inline constexpr std::array<std::string_view, 2> kLaneWords{"log", "background"};

inline constexpr std::array<std::string_view, 3> kUnderWayWords{"none", "log", "background"};
inline constexpr std::array<std::string_view, 2> kErrorWords{"no_space", "io"};
/// The names of LastingFault but for none.
inline constexpr std::array<std::string_view, kLastingFaultCount> kLastingWords{
    "down", "isolated", "deaf", "mute", "frozen", "disk_full", "disk_stalled"};

/// What becomes of frames between nodes of different versions, counted as events are: it was taken,
/// from a peer of a newer or of an older version; it was refused, for its kind or its version.
inline constexpr std::array<std::string_view, 4> kForeignWords{
    "newer_frame_taken", "older_frame_taken", "unknown_kind_refused", "version_refused"};

/// The names of all events of a node, and kForeignWords.
std::span<const std::string_view> event_words();

/// What the option `key` of `group` ("network") means; empty if nobody has said.
std::string_view meaning_of_option(std::string_view group, std::string_view key);

}  // namespace snowflk::sim::scenario
