// The lines about a disk that refuses again and again: one at once, then ever more rarely.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/types.hpp"

namespace snowflk::real {

class Refusals {
 public:
  /// What is to be logged of a refusal at `now`; nothing if one was logged not long ago.
  std::optional<std::string> tell(Instant now, std::string_view what);

 private:
  Instant last_{0};
  Instant next_{0};
  Duration wait_{0};
  u64 untold_ = 0;
};

}  // namespace snowflk::real
