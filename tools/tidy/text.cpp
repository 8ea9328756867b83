// Text as the rules see it: lines, and code without what it only says.
#include <algorithm>

#include "tools/tidy/tidy.hpp"

namespace snowflk::tidy {

std::string to_text(const Finding& finding) {
  std::string text = finding.path;
  if (finding.line > 0) text += ":" + std::to_string(finding.line);
  return text + ": " + finding.sentence;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

namespace {

/// Blanks [from, to) of `code`, but for the ends of lines. Returns `to`.
std::size_t blank(std::string& code, std::size_t from, std::size_t to) {
  to = std::min(to, code.size());
  for (std::size_t i = from; i < to; ++i) {
    if (code[i] != '\n') code[i] = ' ';
  }
  return to;
}

/// Where the thing that begins before `from` and ends with `end` is over: behind `end`.
std::size_t behind(std::string_view text, std::string_view end, std::size_t from) {
  const std::size_t found = text.find(end, from);
  return found == std::string_view::npos ? text.size() : found + end.size();
}

/// The end of a literal in quotes that opens at `open`: behind its closing quote.
std::size_t behind_literal(std::string_view text, std::size_t open) {
  const char quote = text[open];
  std::size_t at = open + 1;
  while (at < text.size() && text[at] != quote && text[at] != '\n') {
    at += text[at] == '\\' ? 2U : 1U;
  }
  return std::min(at + 1, text.size());
}

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// An #include's quotes are no literal: the arrows need them.
bool on_include_line(std::string_view text, std::size_t at) {
  const std::size_t line = text.rfind('\n', at) + 1;  // npos + 1 is 0
  return text.substr(line).starts_with("#include");
}

}  // namespace

std::string code_of(std::string_view text) {
  std::string code{text};
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("//")) {
      at = blank(code, at, std::min(text.find('\n', at), text.size()));
    } else if (rest.starts_with("/*")) {
      at = blank(code, at, behind(text, "*/", at + 2));
    } else if (rest.starts_with("R\"") && (at == 0 || !is_word_char(text[at - 1]))) {
      const std::size_t open = std::min(text.find('(', at), text.size());
      const std::string end = ")" + std::string{text.substr(at + 2, open - at - 2)} + "\"";
      at = blank(code, at, behind(text, end, open));
    } else if (rest.front() == '"' && !on_include_line(text, at)) {
      const std::size_t end = behind_literal(text, at);
      blank(code, at + 1, end - 1);
      at = end;
    } else if (rest.front() == '\'' && (at == 0 || !is_word_char(text[at - 1]))) {
      const std::size_t end = behind_literal(text, at);  // Not the ' of 1'000.
      blank(code, at + 1, end - 1);
      at = end;
    } else {
      ++at;
    }
  }
  return code;
}

}  // namespace snowflk::tidy
