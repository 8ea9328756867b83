// What `campaign merge` says: each kind of failure, what is missing of each campaign, and a line
// for all.
#pragma once

#include <string>

#include "tools/campaign_merge.hpp"
#include "tools/exit_codes.hpp"

namespace snowflk::tools {

std::string summary_of(const Merged& merged);
/// 42 if anything failed; else 8 if anything is missing.
Exit exit_of(const Merged& merged);

}  // namespace snowflk::tools
