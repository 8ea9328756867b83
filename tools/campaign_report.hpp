// Merged results as one page of HTML that needs no other file, no network and no server.
#pragma once

#include <string>

#include "tools/campaign_merge.hpp"

namespace snowflk::tools {

std::string html_report(const Merged& merged);

/// "a &lt; b": `text` as it may stand in an element or between the quotes of an attribute.
std::string escape_html(std::string_view text);

}  // namespace snowflk::tools
