// What `snowflk inspect` prints of a directory: each batch, its class, the rule that decided it.
#pragma once

#include <string>

#include "core/bitcask/recovery.hpp"

namespace snowflk::tools {

// Of a recovery that has ended, however it ended, and the judgement of what it had read by then.
std::string inspect_as_json(bitcask::Recovery& recovery, const bitcask::LogJudgement& judgement);
/// Lines, without the end of the last.
std::string inspect_as_text(bitcask::Recovery& recovery, const bitcask::LogJudgement& judgement);

}  // namespace snowflk::tools
