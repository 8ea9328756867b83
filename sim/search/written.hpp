// A recording as a file says it: by order and waiting, without what only memory knows.
#pragma once

#include <string>
#include <string_view>

#include "sim/search/trial.hpp"

namespace snowflk::sim::search {

/// The same run. Times become waits, and a message that was meant by its bytes is the oldest, the
/// newest or the so-manieth of its type on its link.
Recording as_written(const Recording& recording);

/// Waits as a person would write them, where it still fails like `failure`.
Recording with_round_waits(const Recording& recording, const Failure& failure, u64& runs);

/// With a note at each step with which a node comes to lead, if there are not too many steps.
Recording with_leaders_named(const Recording& recording);

/// The text of a scenario file, whose story says what it shows. `failure`: how it fails; `origin`:
/// "seed 7 of FILE".
std::string file_of(const Recording& recording, const Failure& failure, std::string_view origin);

}  // namespace snowflk::sim::search
