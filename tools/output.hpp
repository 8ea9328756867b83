// Standard output and standard error of a command, and what is known of them.
//
// Owns the one way in which commands print: buffered, with errors kept. A reader that has left
// (`| head`) is no error: printing stops, the command ends early and quietly.
#pragma once

#include <string>
#include <string_view>

#include "tools/exit_codes.hpp"

namespace snowflk::tools {

class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { flush(); }

  void write(std::string_view text);
  /// `text` and an end of line.
  void line(std::string_view text);
  void flush();

  /// The reader has left: nothing that is printed from now on arrives.
  [[nodiscard]] bool reader_left() const { return reader_left_; }
  /// Printing failed for another reason, such as a full disk.
  [[nodiscard]] bool failed() const { return failed_; }
  /// `verdict`, unless what was printed did not arrive for a reason that is an error.
  [[nodiscard]] Exit finish(Exit verdict);

 private:
  std::string buffer_;
  bool reader_left_ = false;
  bool failed_ = false;
};

/// One line on standard error: "snowflk: " and `text`, whose control characters are made visible.
void complain(std::string_view text);

bool stdout_is_terminal();
bool stderr_is_terminal();
/// Standard output is a terminal, and NO_COLOR is not set (https://no-color.org).
bool colour_wanted();

}  // namespace snowflk::tools
