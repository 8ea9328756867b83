// Described structs: a struct lists its fields once; codec, printer, JSON and digest read the list.
//
//   struct VoteGranted {
//     static constexpr std::string_view kName = "vote_granted";
//     Term term;
//     NodeId candidate;
//     static constexpr auto fields() {
//       return std::tuple{Field{"term", &VoteGranted::term},
//                         Field{"candidate", &VoteGranted::candidate}};
//     }
//   };
//
// A field is a bool, an unsigned or signed integer, an enum (with `name_of`), a scalar type
// (base/types.hpp), Bytes (borrowed), or a described struct.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace snowflk {

template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::* member;
};
template <class Struct, class Member>
Field(const char*, Member Struct::*) -> Field<Struct, Member>;

template <class T>
concept Described = requires {
  { T::kName } -> std::convertible_to<std::string_view>;
  T::fields();
};

template <class T>
concept Scalar = requires(T t) {
  requires T::kScalar;
  requires std::integral<decltype(t.value)>;
};

/// An enum whose values have names: `std::string_view name_of(Enum)` is found by its namespace.
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T t) {
  { name_of(t) } -> std::convertible_to<std::string_view>;
};

namespace detail {

/// Of an enum of one byte: which of the 256 values have a name.
template <NamedEnum T>
  requires(sizeof(T) == 1)
inline constexpr auto kIsNamed = [] {
  std::array<bool, 256> named{};
  for (std::size_t number = 0; number < named.size(); ++number) {
    named[number] = name_of(static_cast<T>(number)) != "?";
  }
  return named;
}();

}  // namespace detail

/// Whether `value` is one of its enum's: asked of what came as bytes.
template <NamedEnum T>
constexpr bool is_named(T value) {
  if constexpr (sizeof(T) == 1) {
    return detail::kIsNamed<T>[static_cast<unsigned char>(value)];
  } else {
    return name_of(value) != "?";
  }
}

/// Calls visit(name, member) for each field, in the order of the list.
template <class T, class Visit>
  requires Described<std::remove_cvref_t<T>>
constexpr void for_each_field(T& value, Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field.name, value.*field.member), ...); },
             std::remove_cvref_t<T>::fields());
}

/// Lambdas joined to one visitor.
template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace snowflk
