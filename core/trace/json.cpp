// JSON strings (RFC 8259, §7).
#include "core/trace/json.hpp"

namespace snowflk::trace {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_json_letter(std::string& out, char letter) {
  switch (letter) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
  }
  const auto byte = static_cast<u8>(letter);
  if (byte >= 0x20 && byte < 0x7f) {
    out += letter;
    return;
  }
  out += "\\u00";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 0xf];
}

}  // namespace

void append_json_string(std::string& out, Bytes bytes) {
  out += '"';
  for (const char letter : as_text(bytes)) append_json_letter(out, letter);
  out += '"';
}

}  // namespace snowflk::trace
