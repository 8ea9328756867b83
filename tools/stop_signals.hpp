// SIGTERM and SIGINT as a wish for an orderly end, which long work asks for now and then.
#pragma once

namespace snowflk::tools {

/// While this is there, the first is only noted; one that comes a second later or more ends the
/// process at once. What was asked for stays asked for: then this is so for the rest of the
/// process, for whoever sends a signal twice may send the second when the work has already ended.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();
  [[nodiscard]] static bool asked();
};

}  // namespace snowflk::tools
