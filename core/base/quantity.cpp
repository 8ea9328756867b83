// Durations and decimals as people write them: digits, a point, a unit.
#include "core/base/quantity.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/base/assert.hpp"

namespace snowflk {
namespace {

struct Unit {
  std::string_view name;
  u64 nanoseconds;
};
// Longest first: a duration is printed in the longest that suits it.
constexpr std::array<Unit, 6> kUnits{{{"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};
constexpr std::size_t kDigitsMax = 18;  // 10^18 fits in 64 bits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// `count` of `unit` as whole nanoseconds, if they are whole and at most `most`.
std::optional<u64> scaled(const Decimal& count, u64 unit, u64 most) {
  // What denominator and unit share goes first: what then remains of the denominator must divide
  // the numerator, and no product leaves 64 bits.
  const u64 shared = std::gcd(count.denominator, unit);
  const u64 divisor = count.denominator / shared;
  const u64 factor = unit / shared;
  SNOWFLK_ASSERT(divisor > 0 && factor > 0);  // gcd of two that are not 0
  if (count.numerator % divisor != 0) return std::nullopt;
  const u64 whole = count.numerator / divisor;
  if (whole > most / factor) return std::nullopt;
  return whole * factor;
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && part.empty())) return std::nullopt;
  if (whole.size() + part.size() > kDigitsMax) return std::nullopt;
  if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(part, is_digit)) {
    return std::nullopt;
  }
  Decimal decimal;
  for (const char c : whole) decimal.numerator = decimal.numerator * 10 + static_cast<u64>(c - '0');
  for (const char c : part) {
    decimal.numerator = decimal.numerator * 10 + static_cast<u64>(c - '0');
    decimal.denominator *= 10;
  }
  return decimal;
}

std::optional<Duration> parse_duration(std::string_view text, Duration longest) {
  SNOWFLK_ASSERT(longest >= Duration{0});
  const auto digits =
      static_cast<std::size_t>(std::ranges::find_if(text, is_letter) - text.begin());
  const auto unit = std::ranges::find(kUnits, text.substr(digits), &Unit::name);
  const auto decimal = parse_decimal(text.substr(0, digits));
  if (unit == kUnits.end() || !decimal) return std::nullopt;
  const auto value = scaled(*decimal, unit->nanoseconds, static_cast<u64>(longest.value));
  if (!value) return std::nullopt;
  return Duration{static_cast<i64>(*value)};
}

std::string print(Duration duration) {
  const bool negative = duration < Duration{0};
  const u64 value =
      negative ? 0 - static_cast<u64>(duration.value) : static_cast<u64>(duration.value);
  if (value == 0) return "0s";
  // Up to three decimals, as in 1.5s; m and h only when whole. Nanoseconds always suit.
  const auto unit = std::ranges::find_if(kUnits, [&](const Unit& u) {
    const u64 share = u.nanoseconds <= 1'000'000'000 ? std::min<u64>(u.nanoseconds, 1000) : 1;
    return value >= u.nanoseconds && value % (u.nanoseconds / share) == 0;
  });
  SNOWFLK_ASSERT(unit != kUnits.end());
  std::string text = negative ? "-" : "";
  text += std::to_string(value / unit->nanoseconds);
  u64 rest = value % unit->nanoseconds;
  if (rest != 0) text += '.';
  for (u64 place = unit->nanoseconds / 10; rest != 0; place /= 10) {
    text += static_cast<char>('0' + rest / place);
    rest %= place;
  }
  text += unit->name;
  return text;
}

}  // namespace snowflk
