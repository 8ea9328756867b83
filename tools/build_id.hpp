// Which build this is: half of a run's identity.
#pragma once

#include <string_view>

namespace snowflk::tools {

/// The version, and the commit where it is known: "0.1.0+1a2b3c4d5e6f"; and "-dirty." with a hash
/// of what differs from that commit, if anything does.
std::string_view build_id();

}  // namespace snowflk::tools
