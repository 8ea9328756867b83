#include "sim/check/step_view.hpp"

namespace snowflk::sim {

std::string text_of(Instant at) {
  std::string digits = std::to_string(at.value % 1'000'000'000 / 1'000);
  digits.insert(0, 6 - digits.size(), '0');
  return std::to_string(at.value / 1'000'000'000) + "." + digits + " s";
}

}  // namespace snowflk::sim
