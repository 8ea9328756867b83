// How a described struct becomes bytes and comes back: little-endian, fixed layout, no padding.
//
// Layout: the fields in the order of their list. A bool and an enum take their own size, an integer
// and a scalar theirs, a described struct its fields, Bytes a u32 length and the bytes. Reading is
// a gate: whatever the bytes are, the answer is a value or a fault, and no byte outside is touched.
#pragma once

#include <bit>
#include <cstring>
#include <expected>
#include <type_traits>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/describe.hpp"
#include "core/base/types.hpp"

namespace snowflk::trace {

enum class DecodeFault : u8 {
  too_short,  // the bytes end before the fields do
  bad_value,  // a bool that is neither 0 nor 1, or an enum value without a name
};
constexpr std::string_view name_of(DecodeFault fault) {
  switch (fault) {
    case DecodeFault::too_short: return "too_short";
    case DecodeFault::bad_value: return "bad_value";
  }
  return "?";
}

namespace detail {

template <class T>
inline constexpr bool kIsBytes = std::is_same_v<T, Bytes>;

template <class T>
consteval bool fixed() {
  if constexpr (kIsBytes<T>) {
    return false;
  } else if constexpr (Described<T>) {
    return std::apply([]<class... M>(const Field<T, M>&...) { return (fixed<M>() && ...); },
                      T::fields());
  } else {
    return true;
  }
}

/// Of a struct with Bytes: that of the struct with all of them empty.
template <class T>
consteval std::size_t size_at_least() {
  if constexpr (kIsBytes<T>) {
    return sizeof(u32);
  } else if constexpr (Described<T>) {
    return std::apply(
        []<class... M>(const Field<T, M>&...) {
          return (std::size_t{0} + ... + size_at_least<M>());
        },
        T::fields());
  } else if constexpr (Scalar<T>) {
    return sizeof(T::value);
  } else {
    static_assert(std::is_enum_v<T> || std::is_integral_v<T>, "no field type of base/describe.hpp");
    return sizeof(T);
  }
}

template <class U>
U little_endian(U word) {
  if constexpr (std::endian::native == std::endian::big && sizeof(U) > 1) {
    U swapped = 0;
    for (std::size_t i = 0; i < sizeof(U); ++i) {
      swapped = static_cast<U>((swapped << 8) | ((word >> (8 * i)) & 0xff));
    }
    return swapped;
  } else {
    return word;
  }
}

}  // namespace detail

/// The encoded size of a struct without Bytes.
template <class T>
  requires(detail::fixed<T>())
inline constexpr std::size_t kEncodedSize = detail::size_at_least<T>();

/// Stores `value` at `at` and returns where it ends. REQUIRES: room for it.
template <class T>
std::byte* store(std::byte* at, const T& value) {
  if constexpr (detail::kIsBytes<T>) {
    SNOWFLK_ASSERT(value.size() <= UINT32_MAX);
    at = store(at, static_cast<u32>(value.size()));
    if (!value.empty()) std::memcpy(at, value.data(), value.size());
    return at + value.size();
  } else if constexpr (Described<T>) {
    for_each_field(value, [&](std::string_view, const auto& member) { at = store(at, member); });
    return at;
  } else if constexpr (Scalar<T>) {
    return store(at, value.value);
  } else if constexpr (std::is_same_v<T, bool>) {
    return store(at, value ? u8{1} : u8{0});
  } else if constexpr (std::is_enum_v<T>) {
    return store(at, static_cast<std::underlying_type_t<T>>(value));
  } else {
    const auto word = detail::little_endian(static_cast<std::make_unsigned_t<T>>(value));
    std::memcpy(at, &word, sizeof word);
    return at + sizeof word;
  }
}

/// The integer or scalar that lies at `at`. REQUIRES: that many bytes are there.
template <class T>
T loaded(const std::byte* at) {
  if constexpr (Scalar<T>) {
    return T{loaded<decltype(T::value)>(at)};
  } else {
    static_assert(std::is_integral_v<T> && !std::is_same_v<T, bool>);
    std::make_unsigned_t<T> word{};
    std::memcpy(&word, at, sizeof word);
    return static_cast<T>(detail::little_endian(word));
  }
}

/// Bytes that encode(value, …) appends.
template <class T>
constexpr std::size_t encoded_size(const T& value) {
  if constexpr (detail::fixed<T>()) {
    return detail::size_at_least<T>();
  } else if constexpr (detail::kIsBytes<T>) {
    return sizeof(u32) + value.size();
  } else {
    std::size_t size = 0;
    for_each_field(value,
                   [&](std::string_view, const auto& member) { size += encoded_size(member); });
    return size;
  }
}

/// Appends `value` to `out`. Each Bytes in it is shorter than 4 GiB.
template <Described T>
void encode(const T& value, std::vector<std::byte>& out) {
  const std::size_t before = out.size();
  out.resize(before + encoded_size(value));
  const std::byte* end = store(out.data() + before, value);
  SNOWFLK_ASSERT(end == out.data() + out.size());
}

/// Takes values off the front of borrowed bytes. After the first fault every read is a fault.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  /// Reads into `value`; what it holds after a fault is unspecified. Bytes in it borrow from the
  /// reader's bytes.
  template <class T>
  void read(T& value) {
    if constexpr (detail::fixed<T>()) {
      const Bytes taken = take(detail::size_at_least<T>());
      if (ok()) load(taken.data(), value);
    } else if constexpr (detail::kIsBytes<T>) {
      u32 size = 0;
      read(size);
      value = take(size);
    } else {
      for_each_field(value, [&](std::string_view, auto& member) { read(member); });
    }
  }

  /// The next `size` bytes; nothing, and a fault, if there are fewer.
  Bytes take(std::size_t size) {
    if (rest_.size() < size) fail(DecodeFault::too_short);
    if (!ok()) return {};
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  [[nodiscard]] bool ok() const { return !failed_; }
  /// REQUIRES: !ok().
  [[nodiscard]] DecodeFault fault() const {
    SNOWFLK_ASSERT(failed_);
    return fault_;
  }
  [[nodiscard]] Bytes rest() const { return rest_; }

 private:
  template <class T>
  const std::byte* load(const std::byte* at, T& value) {
    if constexpr (Described<T>) {
      for_each_field(value, [&](std::string_view, auto& member) { at = load(at, member); });
      return at;
    } else if constexpr (std::is_same_v<T, bool>) {
      const u8 byte = std::to_integer<u8>(*at);
      if (byte > 1) fail(DecodeFault::bad_value);
      value = byte == 1;
      return at + 1;
    } else if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      at = load(at, number);
      value = static_cast<T>(number);
      if constexpr (NamedEnum<T>) {
        if (!is_named(value)) fail(DecodeFault::bad_value);
      }
      return at;
    } else {
      value = loaded<T>(at);
      return at + sizeof value;
    }
  }

  void fail(DecodeFault fault) {
    if (ok()) fault_ = fault;
    failed_ = true;
  }

  Bytes rest_;
  DecodeFault fault_ = DecodeFault::too_short;
  bool failed_ = false;
};

/// A T at the front of `bytes`, which are moved behind it. At a fault `bytes` stay as they were.
template <Described T>
std::expected<T, DecodeFault> decode(Bytes& bytes) {
  Reader reader(bytes);
  T value{};
  reader.read(value);
  if (!reader.ok()) return std::unexpected(reader.fault());
  bytes = reader.rest();
  return value;
}

}  // namespace snowflk::trace
