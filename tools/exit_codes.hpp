// What the command's exit codes mean: scripts and schedulers decide by them.
#pragma once

#include <cstdint>
#include <string_view>

namespace snowflk::tools {

enum class Exit : std::uint8_t {
  pass = 0,
  usage = 1,
  environment = 2,
  safety = 3,
  liveness = 4,
  linearizability = 5,
  nondeterminism = 6,
  assertion = 7,
  unfinished = 8,
  diverged = 9,
  found = 42,  // any of 3 to 7, for schedulers that know one code
};

constexpr std::string_view meaning_of(Exit code) {
  switch (code) {
    case Exit::pass: return "pass";
    case Exit::usage: return "usage, configuration or scenario is wrong";
    case Exit::environment: return "environment or I/O (a retry may help)";
    case Exit::safety: return "a safety property does not hold";
    case Exit::liveness: return "a liveness property does not hold";
    case Exit::linearizability: return "the client history is not linearizable";
    case Exit::nondeterminism: return "the same seed gave two different runs";
    case Exit::assertion: return "an assertion failed or the run crashed";
    case Exit::unfinished: return "stopped before a verdict (can be resumed)";
    case Exit::diverged: return "the replay differs from what was recorded";
    case Exit::found: return "a campaign found failures (a retry finds them again)";
  }
  return "?";
}

inline constexpr Exit kAllExits[] = {Exit::pass,           Exit::usage,     Exit::environment,
                                     Exit::safety,         Exit::liveness,  Exit::linearizability,
                                     Exit::nondeterminism, Exit::assertion, Exit::unfinished,
                                     Exit::diverged,       Exit::found};

}  // namespace snowflk::tools
