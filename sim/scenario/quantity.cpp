#include "sim/scenario/quantity.hpp"

#include <charconv>
#include <numeric>

#include "core/base/quantity.hpp"

namespace snowflk::sim::scenario {
namespace {

constexpr Duration kLongest = seconds(3600) * 10'000;

std::optional<u64> parse_digits(std::string_view text) {
  u64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Ratio> reduced(u64 numerator, u64 denominator) {
  if (denominator == 0 || numerator > denominator) return std::nullopt;
  const u64 divisor = std::gcd(numerator, denominator);
  return Ratio{.numerator = numerator / divisor, .denominator = denominator / divisor};
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  return snowflk::parse_duration(text, kLongest);
}

std::optional<Ratio> parse_ratio(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto numerator = parse_digits(text.substr(0, slash));
    const auto denominator = parse_digits(text.substr(slash + 1));
    if (!numerator || !denominator) return std::nullopt;
    return reduced(*numerator, *denominator);
  }
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  const auto decimal = parse_decimal(text);
  if (!decimal) return std::nullopt;
  const u64 hundredth = percent ? 100 : 1;
  if (decimal->denominator > UINT64_MAX / hundredth) return std::nullopt;
  return reduced(decimal->numerator, decimal->denominator * hundredth);
}

}  // namespace snowflk::sim::scenario
