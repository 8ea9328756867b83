// JSON strings (RFC 8259, §7).
#include "core/trace/json.hpp"

namespace snowflk::trace {

void append_json_string(std::string& out, Bytes bytes) {
  out += '"';
  append_escaped(out, bytes, "\\u00");
  out += '"';
}

}  // namespace snowflk::trace
