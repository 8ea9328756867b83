// `snowflk sim replay --at`: the world at any event of a run, back and forth.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/trace_file/trace_file.hpp"
#include "tools/failed_run.hpp"

namespace snowflk::tools {

struct ReplayAt {
  std::vector<std::string> at;  // "4711", "1.203s"
  bool walk = false;            // then lines of standard input say where to go
  bool state = false;           // every part of the state, not what people look for
  bool json = false;
};

Exit replay_at(const FailedRun& run, const ReplayAt& wanted);

}  // namespace snowflk::tools
