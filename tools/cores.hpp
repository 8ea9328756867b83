// How many processor cores this process may keep busy.
#pragma once

#include "core/base/types.hpp"

namespace snowflk::tools {

/// Those it may run on, or less where a control group bounds its time (a container's limit). At
/// least 1.
u32 usable_cores();

}  // namespace snowflk::tools
