// A failed run becomes a recording that fails in the same way.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "sim/search/trial.hpp"

namespace snowflk::sim::search {

/// Records the run in a world of `options`, which ended in `failure`, and shows that the recording
/// fails like it. Why not, in a sentence. `runs` counts what was tried.
std::expected<Recording, std::string> record_failure(const scenario::Scenario& scenario,
                                                     const WorldOptions& options,
                                                     const Failure& failure, u32 jobs, u64& runs);

/// The recording that a file is which this command wrote, or a person as it would: its waits are
/// times again, and each message is the one that it was, whatever goes before it. Nothing if the
/// scenario is no such file, or does not fail like `failure` as one.
std::optional<Recording> recorded_before(const scenario::Scenario& scenario,
                                         const WorldOptions& options, const Failure& failure,
                                         u64& runs);

}  // namespace snowflk::sim::search
