// All that a value is made of, part by part: what a digest of it, a list of it, a comparison are
// made from.
//
// A class is walked through its list of members, a StateOf (sim/state/of_*.hpp), a described struct
// through its fields, a container through its elements. A visitor is told of words, of bytes, and
// of the names on the way to them; that a walk over equal states says the same is the whole point:
// nothing of it depends on addresses, capacities or padding.
//
//   struct Visitor {
//     void value(const auto& scalar);          // a number, an enum, a scalar type
//     void bytes(Bytes bytes);
//     void page(const PageBytes& page);        // of a disk
//     void enter(std::string_view name);       // a member
//     void enter(std::size_t place);           // an element
//     void leave();
//   };
#pragma once

#include <algorithm>
#include <array>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ring.hpp"
#include "sim/content.hpp"
#include "sim/schedule.hpp"
#include "sim/slots.hpp"
#include "sim/state/aside.hpp"

namespace snowflk {

template <class T>
struct StateOf<sim::Slots<T>> {
  using S = sim::Slots<T>;
  static constexpr auto fields() {
    return std::tuple{Field{"values", &S::values_}, Field{"free", &S::free_}};
  }
};

}  // namespace snowflk

namespace snowflk::sim::state {

template <class V, class T>
void walk(V& visitor, const T& value);

template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T> || Scalar<T>;

template <class V, class Struct, class Member>
void walk_member(V& visitor, const Struct& value, const Field<Struct, Member>& field) {
  visitor.enter(field.name);
  walk(visitor, value.*field.member);
  visitor.leave();
}
template <class V, class Struct, class Member>
void walk_member(V&, const Struct&, const Aside<Struct, Member>&) {}

template <class V, class Row>
void walk_elements(V& visitor, const Row& row) {
  visitor.enter("size");
  visitor.value(static_cast<u64>(row.size()));
  visitor.leave();
  for (std::size_t at = 0; at < row.size(); ++at) {
    visitor.enter(at);
    walk(visitor, row[at]);
    visitor.leave();
  }
}

/// Whether there is something, and then what.
template <class V, class T>
void walk_maybe(V& visitor, bool there, const T* held) {
  visitor.value(there);
  if (there) walk(visitor, *held);
}

// What is known by its type alone.
template <class V, class T>
void walk_kind(V& visitor, const std::optional<T>& value) {
  walk_maybe(visitor, value.has_value(), value ? &*value : nullptr);
}
template <class V, class T>
void walk_kind(V& visitor, const std::shared_ptr<T>& value) {
  walk_maybe(visitor, value != nullptr, value.get());
}
template <class V, class... Ts>
void walk_kind(V& visitor, const std::variant<Ts...>& value) {
  visitor.value(static_cast<u64>(value.index()));
  std::visit([&](const auto& held) { walk(visitor, held); }, value);
}
template <class V, class Key, class T>
void walk_kind(V& visitor, const std::map<Key, T>& value) {
  visitor.enter("size");
  visitor.value(static_cast<u64>(value.size()));
  visitor.leave();
  std::size_t at = 0;
  for (const auto& [key, held] : value) {
    visitor.enter(at++);
    visitor.enter("key");
    walk(visitor, key);
    visitor.leave();
    walk(visitor, held);
    visitor.leave();
  }
}
template <class V, class T>
void walk_kind(V& visitor, const std::vector<T>& value) {
  walk_elements(visitor, value);
}
template <class V, class T>
void walk_kind(V& visitor, const Ring<T>& value) {
  walk_elements(visitor, value);
}
template <class V, class T, std::size_t kSize>
void walk_kind(V& visitor, const std::array<T, kSize>& value) {
  walk_elements(visitor, value);
}
template <class V, class T, std::size_t kSize>
void walk_kind(V& visitor, const T (&value)[kSize]) {
  walk_elements(visitor, std::span<const T>{value});
}

template <class V, class T>
void walk(V& visitor, const T& value) {
  if constexpr (Number<T>) {
    visitor.value(value);
  } else if constexpr (std::is_same_v<T, PageBytes>) {
    visitor.page(value);
  } else if constexpr (std::is_convertible_v<const T&, std::span<const std::byte>>) {
    visitor.bytes(value);
  } else if constexpr (std::is_convertible_v<const T&, std::span<const char>>) {
    visitor.bytes(std::as_bytes(std::span<const char>{value}));
  } else if constexpr (Stateful<T>) {
    static_assert(lists_all<T>(), "a member is missing in StateOf");
    std::apply([&](const auto&... field) { (walk_member(visitor, value, field), ...); },
               StateOf<T>::fields());
    if constexpr (std::is_same_v<T, Schedule>) {
      visitor.enter("pending");
      walk(visitor, value.in_order());
      visitor.leave();
    }
  } else if constexpr (Described<T>) {
    for_each_field(value, [&](std::string_view name, const auto& member) {
      visitor.enter(name);
      walk(visitor, member);
      visitor.leave();
    });
  } else {
    walk_kind(visitor, value);
  }
}

}  // namespace snowflk::sim::state
