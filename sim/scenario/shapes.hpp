// Shapes of values that several tables of a scenario file share.
#pragma once

#include <array>
#include <string_view>

#include "sim/scenario/form.hpp"
#include "sim/scenario/words.hpp"
#include "sim/versions.hpp"

namespace snowflk::sim::scenario {

inline constexpr i64 kIndexMax = 1'000'000'000;
inline constexpr Shape kText{.kind = Kind::text};
inline constexpr Shape kBoolean{.kind = Kind::boolean};
inline constexpr Shape kDuration{.kind = Kind::duration};
inline constexpr Shape kShare{.kind = Kind::share};
inline constexpr Shape kScalar{.kind = Kind::scalar};
inline constexpr Shape kNode{.kind = Kind::node};
inline constexpr Shape kVoter{.kind = Kind::voter};
inline constexpr Shape kLink{.kind = Kind::link};
inline constexpr Shape kNumber{.kind = Kind::integer, .low = 0, .high = kIndexMax};
inline constexpr Shape kTerm{.kind = Kind::integer, .low = 1, .high = kIndexMax};
inline constexpr Shape kFlag{.kind = Kind::boolean};

inline constexpr Shape kTerms{.kind = Kind::list, .element = &kTerm};
inline constexpr Shape kScalars{.kind = Kind::list, .element = &kScalar};
inline constexpr Shape kLinks{.kind = Kind::some, .element = &kLink};
inline constexpr Shape kMember{.kind = Kind::member};
inline constexpr Shape kNodes{.kind = Kind::some, .element = &kMember};
inline constexpr Shape kPlace{.kind = Kind::place};
inline constexpr Shape kPlaces{.kind = Kind::some, .element = &kPlace};
inline constexpr Shape kRole{.kind = Kind::word, .words = kRoleWords};
inline constexpr Shape kOutcome{.kind = Kind::word, .words = kOutcomeWords};
inline constexpr Shape kMessage{.kind = Kind::word, .words = kMessageWords};
inline constexpr Shape kByHandWord{.kind = Kind::word, .words = kByHandWords};
inline constexpr Shape kByHand{.kind = Kind::list, .element = &kByHandWord};

inline constexpr Shape kVersion{
    .kind = Kind::integer, .low = -kVersionsAway, .high = kVersionsAway};
inline constexpr Shape kVersionOfNode{.kind = Kind::by_node, .element = &kVersion};
inline constexpr Shape kRoleOfNode{.kind = Kind::by_node, .element = &kRole};
inline constexpr Shape kNumberOfNode{.kind = Kind::by_node, .element = &kNumber};
inline constexpr Shape kVoteOfNode{.kind = Kind::by_node, .element = &kVoter};
inline constexpr Shape kLogOfNode{.kind = Kind::by_node, .element = &kTerms};
inline constexpr Shape kValues{.kind = Kind::by_name, .element = &kScalar};
inline constexpr Shape kValuesOfNode{.kind = Kind::by_node, .element = &kValues};
inline constexpr Shape kReplies{.kind = Kind::by_reply, .element = &kScalar};
inline constexpr Shape kOutcomes{.kind = Kind::by_reply, .element = &kOutcome};

template <std::size_t kCount>
constexpr Shape word_shape(const std::array<std::string_view, kCount>& words) {
  return Shape{.kind = Kind::word, .words = words};
}

constexpr Shape form_shape(const Form& form) { return Shape{.kind = Kind::form, .form = &form}; }

}  // namespace snowflk::sim::scenario
