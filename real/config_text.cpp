// The texts in which configuration values are written: read and shown, each kind once.
#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/describe.hpp"
#include "core/base/quantity.hpp"
#include "real/config.hpp"

namespace snowflk::real {
namespace {

struct Unit {
  std::string_view name;
  u64 factor;
};
// Largest first: a value is shown in the largest unit that divides it.
constexpr std::array<Unit, 4> kSizes{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1024}, {"B", 1}}};
constexpr Duration kLongestTime = seconds(24 * 3600);
constexpr u64 kLargestSize = 1ULL << 40;

std::unexpected<Failure> expected_text(std::string_view what, std::string_view got) {
  constexpr std::size_t kShownMax = 60;
  std::string shown{got.substr(0, kShownMax)};
  if (got.size() > kShownMax) shown += "...";
  return std::unexpected{Failure{"expected " + std::string{what} + ", found '" + shown + "'"}};
}

std::optional<u64> whole_number(std::string_view text) {
  u64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<u64> number_of_units(std::string_view text, std::span<const Unit> units, u64 max) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = whole_number(text.substr(0, digits));
  const auto unit = std::ranges::find(units, text.substr(digits), &Unit::name);
  if (!count || unit == units.end() || *count > max / unit->factor) return std::nullopt;
  return *count * unit->factor;
}

std::string in_units(u64 value, std::span<const Unit> units) {
  if (value == 0) return "0B";
  const auto unit =
      std::ranges::find_if(units, [&](const Unit& u) { return value % u.factor == 0; });
  return std::to_string(value / unit->factor) + std::string{unit->name};
}

Result<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return expected_text("host:port such as 127.0.0.1:7001", text);
  }
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto port = whole_number(text.substr(colon + 1));
  if (!port || *port > 65535) return expected_text("a port from 0 to 65535", text);
  if (host.empty()) return expected_text("host:port such as 127.0.0.1:7001", text);
  return Address{.host = std::string{host}, .port = static_cast<u16>(*port)};
}

std::string text_of(const Address& address) {
  if (!address.given()) return "";
  const bool six = address.host.find(':') != std::string::npos;
  return (six ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<Member> parse_member(std::string_view text) {
  const auto sign = text.find('=');
  const auto id = whole_number(text.substr(0, std::min(sign, text.size())));
  if (sign == std::string_view::npos || !id || *id == 0 || *id > UINT32_MAX) {
    return expected_text("id=host:port such as 1=127.0.0.1:7001", text);
  }
  text.remove_prefix(sign + 1);
  const auto at = std::min(text.find('@'), text.size());
  auto address = parse_address(text.substr(0, at));
  if (!address) return std::unexpected{address.error()};
  Member member{.id = NodeId{static_cast<u32>(*id)}, .address = std::move(*address)};
  if (at < text.size()) {
    auto clients = parse_address(text.substr(at + 1));
    if (!clients) return std::unexpected{clients.error()};
    member.clients = std::move(*clients);
  }
  return member;
}

Result<std::vector<Member>> parse_members(std::string_view text) {
  std::vector<Member> members;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto member = parse_member(text.substr(0, comma));
    if (!member) return std::unexpected{member.error()};
    members.push_back(std::move(*member));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return members;
}

template <class T>
std::expected<void, Failure> assign(T& to, Result<T> value) {
  if (!value) return std::unexpected{value.error()};
  to = std::move(*value);
  return {};
}

std::expected<void, Failure> assign_number(u64& to, std::optional<u64> value, std::string_view what,
                                           std::string_view text) {
  if (!value) return expected_text(what, text);
  to = *value;
  return {};
}

}  // namespace

std::expected<void, Failure> set(Config& config, const Key& key, std::string_view text) {
  return std::visit(
      Overloaded{
          [&](ClusterId* id) {
            return assign_number(id->value, whole_number(text), "a whole number", text);
          },
          [&](NodeId* id) -> std::expected<void, Failure> {
            const auto value = whole_number(text);
            if (!value || *value > UINT32_MAX) return expected_text("a whole number", text);
            id->value = static_cast<u32>(*value);
            return {};
          },
          [&](std::vector<Member>* members) { return assign(*members, parse_members(text)); },
          [&](Address* address) { return assign(*address, parse_address(text)); },
          [&](std::string* string) -> std::expected<void, Failure> {
            *string = text;
            return {};
          },
          [&](Duration* span) -> std::expected<void, Failure> {
            const auto value = parse_duration(text, kLongestTime);
            if (!value) return expected_text("a time up to 24h such as 150ms or 2s", text);
            *span = *value;
            return {};
          },
          [&](SizeSlot slot) {
            return assign_number(*slot.bytes, number_of_units(text, kSizes, kLargestSize),
                                 "a size up to 1024GiB such as 64MiB or 4096B", text);
          },
          [&](CountSlot slot) {
            return assign_number(*slot.count, whole_number(text), "a whole number", text);
          }},
      key.slot(config));
}

std::string show(const Config& config, const Key& key) {
  Config copy = config;
  return std::visit(Overloaded{[](ClusterId* id) { return std::to_string(id->value); },
                               [](NodeId* id) { return std::to_string(id->value); },
                               [](std::vector<Member>* members) {
                                 std::string text;
                                 for (const auto& member : *members) {
                                   if (!text.empty()) text += ',';
                                   text += std::to_string(member.id.value) + "=" +
                                           text_of(member.address);
                                   if (member.clients.given()) {
                                     text += "@" + text_of(member.clients);
                                   }
                                 }
                                 return text;
                               },
                               [](Address* address) { return text_of(*address); },
                               [](std::string* string) { return *string; },
                               [](Duration* span) { return print(*span); },
                               [](SizeSlot slot) { return in_units(*slot.bytes, kSizes); },
                               [](CountSlot slot) { return std::to_string(*slot.count); }},
                    key.slot(copy));
}

}  // namespace snowflk::real
