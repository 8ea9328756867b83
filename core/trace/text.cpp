// Text of words and bytes.
#include "core/trace/text.hpp"

#include <algorithm>

namespace snowflk::trace {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_letter(std::string& out, char letter, std::string_view byte_prefix) {
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
  out += byte_prefix;
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 0xf];
}

}  // namespace

void append_hex(std::string& out, u64 word) {
  for (int shift = 60; shift >= 0; shift -= 4) out += kHexDigits[(word >> shift) & 0xf];
}

void append_escaped(std::string& out, Bytes bytes, std::string_view byte_prefix) {
  for (const char letter : as_text(bytes)) append_letter(out, letter, byte_prefix);
}

void append_quoted(std::string& out, Bytes bytes, std::size_t shown_max) {
  const std::size_t shown = std::min(bytes.size(), shown_max);
  out += '"';
  append_escaped(out, bytes.first(shown), "\\x");
  out += '"';
  if (shown == bytes.size()) return;
  out += '+';
  append_number(out, bytes.size() - shown);
}

}  // namespace snowflk::trace
