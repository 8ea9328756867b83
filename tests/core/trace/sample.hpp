// A described struct with a field of every kind, for the tests of trace.
#pragma once

#include "core/base/describe.hpp"
#include "core/base/types.hpp"

namespace snowflk::trace {

enum class Colour : u8 { red = 1, green = 2 };
constexpr std::string_view name_of(Colour colour) {
  switch (colour) {
    case Colour::red: return "red";
    case Colour::green: return "green";
  }
  return "?";
}

struct Inner {
  static constexpr std::string_view kName = "inner";
  Term term;
  bool flag = false;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &Inner::term}, Field{"flag", &Inner::flag}};
  }
  friend bool operator==(const Inner&, const Inner&) = default;
};

/// Of fixed size: 1 + 2 + 4 + 8 + 1 + 9 bytes, though the struct itself has padding.
struct Fixed {
  static constexpr std::string_view kName = "fixed";
  u8 small = 0;
  u16 medium = 0;
  i32 negative = 0;
  Duration duration;
  Colour colour = Colour::red;
  Inner inner;
  static constexpr auto fields() {
    return std::tuple{Field{"small", &Fixed::small},       Field{"medium", &Fixed::medium},
                      Field{"negative", &Fixed::negative}, Field{"duration", &Fixed::duration},
                      Field{"colour", &Fixed::colour},     Field{"inner", &Fixed::inner}};
  }
  friend bool operator==(const Fixed&, const Fixed&) = default;
};

struct Sized {
  static constexpr std::string_view kName = "sized";
  NodeId from;
  Bytes bytes;
  Inner inner;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &Sized::from}, Field{"bytes", &Sized::bytes},
                      Field{"inner", &Sized::inner}};
  }
};

struct Empty {
  static constexpr std::string_view kName = "empty";
  static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace snowflk::trace
