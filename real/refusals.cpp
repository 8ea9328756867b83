#include "real/refusals.hpp"

#include <algorithm>

namespace snowflk::real {
namespace {

constexpr Duration kWaitMin = seconds(1);
constexpr Duration kWaitMax = seconds(60);
constexpr Duration kForgottenAfter = seconds(10);  // of no refusal: the next is another matter

}  // namespace

std::optional<std::string> Refusals::tell(Instant now, std::string_view what) {
  if (now - last_ >= kForgottenAfter) {
    next_ = now;
    wait_ = Duration{0};
    untold_ = 0;
  }
  last_ = now;
  if (now < next_) {
    untold_ += 1;
    return std::nullopt;
  }
  std::string text{what};
  if (untold_ > 0) text += " (and " + std::to_string(untold_) + " times since this was last said)";
  untold_ = 0;
  wait_ = std::clamp(wait_ * 2, kWaitMin, kWaitMax);
  next_ = now + wait_;
  return text;
}

}  // namespace snowflk::real
