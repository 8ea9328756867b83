// What a list of a value's members needs beside fields: members that are left aside, and the proof
// that none is forgotten.
#pragma once

#include <tuple>

#include "core/base/describe.hpp"
#include "core/base/types.hpp"

namespace snowflk {

/// A member that is no part of the value's state: reused from step to step, or given by another.
template <class Struct, class Member>
struct Aside {
  Member Struct::* member;
};
template <class Struct, class Member>
Aside(Member Struct::*) -> Aside<Struct, Member>;

template <class T>
concept Stateful = requires { StateOf<T>::fields(); };

namespace detail {

template <class Struct, class Member>
constexpr std::size_t end_after(std::size_t at, Member Struct::*) {
  return (at + alignof(Member) - 1) / alignof(Member) * alignof(Member) + sizeof(Member);
}

}  // namespace detail

/// Whether the members that are listed, one after the other, make up all of T: who adds one to a
/// class and not to its list hears of it from the compiler, unless it hides in padding.
template <class T>
consteval bool lists_all() {
  const std::size_t end = std::apply(
      [](const auto&... field) {
        std::size_t at = 0;
        ((at = detail::end_after(at, field.member)), ...);
        return at;
      },
      StateOf<T>::fields());
  return (end + alignof(T) - 1) / alignof(T) * alignof(T) == sizeof(T);
}

}  // namespace snowflk
