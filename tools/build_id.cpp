// Alone in its file, so that a new commit compiles nothing else anew. cmake/build_id.cmake defines
// the text anew for each build.
#include "tools/build_id.hpp"

namespace snowflk::tools {

std::string_view build_id() { return SNOWFLK_BUILD_ID; }

}  // namespace snowflk::tools
