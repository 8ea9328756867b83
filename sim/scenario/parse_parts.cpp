#include "sim/scenario/parse_parts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/scenario/reference.hpp"

namespace snowflk::sim::scenario {
namespace {

constexpr std::array kSubjects{Subject::role,          Subject::term,
                               Subject::vote,          Subject::log,
                               Subject::last_index,    Subject::commit,
                               Subject::commit_min,    Subject::applied,
                               Subject::value,         Subject::value_at,
                               Subject::reply,         Subject::outcome,
                               Subject::leader,        Subject::logs_equal,
                               Subject::term_max,      Subject::leaders_per_term_max,
                               Subject::elections_max, Subject::leaderships_max,
                               Subject::events_min,    Subject::events_max};

u64 number_of(const Value& value) {
  return value.kind == ValueKind::boolean ? u64{value.boolean} : static_cast<u64>(value.integer);
}

std::vector<u64> numbers_of(const Value& list) {
  std::vector<u64> numbers;
  numbers.reserve(list.items.size());
  for (const Value& item : list.items) numbers.push_back(number_of(item));
  return numbers;
}

/// One claim a member of an object: `add` reads the member into it.
template <class Add>
void add_each(const Value& object, const Claim& base, std::vector<Claim>& claims, Add add) {
  for (std::size_t at = 0; at < object.items.size(); ++at) {
    Claim claim = base;
    claim.path = fmt::format("{}.{}", base.path, object.keys[at]);
    claim.line = object.items[at].line;
    add(claim, object.keys[at], object.items[at]);
    claims.push_back(std::move(claim));
  }
}

void add_values_at(const Value& by_node, const Claim& base, std::vector<Claim>& claims) {
  for (std::size_t at = 0; at < by_node.items.size(); ++at) {
    Claim of_node = base;
    of_node.node = node_ref(by_node.keys[at]);
    of_node.path = fmt::format("{}.{}", base.path, by_node.keys[at]);
    add_each(by_node.items[at], of_node, claims,
             [](Claim& claim, const std::string& key, const Value& value) {
               claim.word = key;
               claim.value = scalar(value);
             });
  }
}

void add_claims(const Value& value, const Claim& base, std::vector<Claim>& claims) {
  switch (base.subject) {
    case Subject::role:
      add_each(value, base, claims, [](Claim& claim, const std::string& key, const Value& item) {
        claim.node = node_ref(key);
        claim.word = item.text;
      });
      return;
    case Subject::vote:
      add_each(value, base, claims, [](Claim& claim, const std::string& key, const Value& item) {
        claim.node = node_ref(key);
        claim.other = node_ref(item);
      });
      return;
    case Subject::log:
      add_each(value, base, claims, [](Claim& claim, const std::string& key, const Value& item) {
        claim.node = node_ref(key);
        claim.terms = numbers_of(item);
      });
      return;
    case Subject::term:
    case Subject::last_index:
    case Subject::commit:
    case Subject::commit_min:
    case Subject::applied:
      add_each(value, base, claims, [](Claim& claim, const std::string& key, const Value& item) {
        claim.node = node_ref(key);
        claim.number = number_of(item);
      });
      return;
    case Subject::value:
    case Subject::reply:
      add_each(value, base, claims, [](Claim& claim, const std::string& key, const Value& item) {
        claim.word = key;
        claim.value = scalar(item);
      });
      return;
    case Subject::outcome:
      add_each(value, base, claims, [](Claim& claim, const std::string& key, const Value& item) {
        claim.word = key;
        claim.text = item.text;
      });
      return;
    case Subject::events_min:
    case Subject::events_max:
      add_each(value, base, claims, [](Claim& claim, const std::string& key, const Value& item) {
        claim.word = key;
        claim.number = number_of(item);
      });
      return;
    case Subject::value_at: add_values_at(value, base, claims); return;
    case Subject::leader:
      claims.push_back(base);
      claims.back().other = node_ref(value);
      return;
    case Subject::logs_equal:
    case Subject::term_max:
    case Subject::leaders_per_term_max:
    case Subject::elections_max:
    case Subject::leaderships_max:
      claims.push_back(base);
      claims.back().number = number_of(value);
      return;
  }
}

}  // namespace

std::string print(const NodeRef& node) {
  return node.number != 0 || node.name.empty() ? fmt::format("{}", node.number) : node.name;
}

NodeRef node_ref(std::string_view text) {
  if (const auto number = parse_node_number(text)) return NodeRef{.number = *number, .name = {}};
  return NodeRef{.number = 0, .name = std::string{text}};
}

NodeRef node_ref(const Value& value) {
  if (value.kind == ValueKind::text) return node_ref(value.text);
  SNOWFLK_ASSERT(value.kind == ValueKind::integer);
  return NodeRef{.number = static_cast<u32>(value.integer), .name = {}};
}

Scalar scalar(const Value& value) {
  if (value.kind == ValueKind::null) return std::nullopt;
  if (value.kind == ValueKind::integer) return fmt::format("{}", value.integer);
  return value.text;
}

std::vector<Claim> claims_of(const Value& expectation, const std::string& path) {
  std::vector<Claim> claims;
  for (std::size_t at = 0; at < expectation.items.size(); ++at) {
    const auto subject = std::ranges::find(kSubjects, expectation.keys[at],
                                           [](Subject candidate) { return name_of(candidate); });
    SNOWFLK_ASSERT(subject != kSubjects.end());
    Claim base;
    base.subject = *subject;
    base.path = fmt::format("{}.{}", path, expectation.keys[at]);
    base.line = expectation.items[at].line;
    add_claims(expectation.items[at], base, claims);
  }
  return claims;
}

bool flag_of(const Value& object, std::string_view key, bool otherwise) {
  const Value* value = object.find(key);
  return value == nullptr ? otherwise : value->boolean;
}

std::string text_of(const Value& object, std::string_view key) {
  const Value* value = object.find(key);
  return value == nullptr ? std::string{} : value->text;
}

std::vector<const Value*> items_of(const Value* value) {
  std::vector<const Value*> items;
  if (value == nullptr) return items;
  if (value->kind != ValueKind::list) return {value};
  for (const Value& item : value->items) items.push_back(&item);
  return items;
}

}  // namespace snowflk::sim::scenario
