#include "sim/scenario/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

namespace snowflk::sim::scenario {
namespace {

struct Unit {
  std::string_view name;
  i64 nanoseconds;
};
constexpr std::array<Unit, 6> kUnits{{{"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};
constexpr i64 kHoursMax = 10'000;
constexpr std::size_t kDigitsMax = 18;  // 10^18 fits in 64 bits

/// A decimal number, as an exact fraction.
struct Decimal {
  u64 numerator = 0;
  u64 denominator = 1;  // a power of ten
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<u64> parse_digits(std::string_view text) {
  u64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

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

std::optional<Ratio> reduced(u64 numerator, u64 denominator) {
  if (denominator == 0 || numerator > denominator) return std::nullopt;
  const u64 divisor = std::gcd(numerator, denominator);
  return Ratio{.numerator = numerator / divisor, .denominator = denominator / divisor};
}

constexpr std::size_t kWordMax = 64;  // what is longer is no slip of the hand

/// REQUIRES: neither is longer than kWordMax.
std::size_t edits(std::string_view a, std::string_view b) {
  std::array<std::size_t, kWordMax + 1> row{};
  std::iota(row.begin(), row.end(), 0UL);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const auto unit_at = std::ranges::find_if(text, [](char c) { return c >= 'a' && c <= 'z'; });
  const auto digits = static_cast<std::size_t>(unit_at - text.begin());
  const auto unit = std::ranges::find(kUnits, text.substr(digits), &Unit::name);
  const auto decimal = parse_decimal(text.substr(0, digits));
  if (unit == kUnits.end() || !decimal) return std::nullopt;
  // In 128 bits no product of 18 digits and an hour overflows.
  __extension__ using Wide = unsigned __int128;
  const Wide scaled = Wide{decimal->numerator} * static_cast<u64>(unit->nanoseconds);
  if (scaled % decimal->denominator != 0) return std::nullopt;
  const Wide nanoseconds = scaled / decimal->denominator;
  if (nanoseconds > static_cast<u64>(kHoursMax * kUnits[0].nanoseconds)) return std::nullopt;
  return Duration{static_cast<i64>(nanoseconds)};
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

std::string print(Duration duration) {
  if (duration.value == 0) return "0s";
  for (const Unit& unit : kUnits) {
    // Up to three decimals, as in 1.5s; m and h only when whole.
    const i64 share = unit.nanoseconds <= 1'000'000'000 ? std::min<i64>(unit.nanoseconds, 1000) : 1;
    if (duration.value < unit.nanoseconds || duration.value % (unit.nanoseconds / share) != 0) {
      continue;
    }
    std::string digits = fmt::format("{}", duration.value / unit.nanoseconds);
    i64 rest = duration.value % unit.nanoseconds;
    if (rest != 0) digits += '.';
    for (i64 place = unit.nanoseconds / 10; rest != 0; place /= 10) {
      digits += static_cast<char>('0' + rest / place);
      rest %= place;
    }
    return fmt::format("{}{}", digits, unit.name);
  }
  return fmt::format("{}ns", duration.value);
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> words) {
  if (word.size() > kWordMax) return {};
  std::string_view best;
  std::size_t fewest = word.size() / 2 + 2;
  for (const std::string_view candidate : words) {
    if (candidate.size() > kWordMax) continue;
    const std::size_t count = edits(word, candidate);
    if (count >= fewest) continue;
    fewest = count;
    best = candidate;
  }
  return best;
}

}  // namespace snowflk::sim::scenario
