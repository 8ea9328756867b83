// The codec: the exact bytes, back again, and every byte of nonsense judged.
#include "core/trace/codec.hpp"

#include "core/base/prng.hpp"
#include "tests/catch.hpp"
#include "tests/core/trace/sample.hpp"
#include "tests/support/property.hpp"

namespace snowflk::trace {
namespace {

Fixed sample() {
  return Fixed{.small = 0x11,
               .medium = 0x2233,
               .negative = -2,
               .duration = nanoseconds(0x0102030405060708),
               .colour = Colour::green,
               .inner = {.term = Term{7}, .flag = true}};
}

template <Described T>
std::vector<std::byte> encoded(const T& value) {
  std::vector<std::byte> out;
  encode(value, out);
  return out;
}

TEST_CASE("fields lie in the order of the list, little-endian, without padding") {
  static_assert(kEncodedSize<Fixed> == 25);
  static_assert(kEncodedSize<Empty> == 0);
  const u8 expected[] = {0x11, 0x33, 0x22, 0xfe, 0xff, 0xff, 0xff, 8, 7, 6, 5, 4, 3,
                         2,    1,    2,    7,    0,    0,    0,    0, 0, 0, 0, 1};
  const auto bytes = encoded(sample());
  REQUIRE(bytes.size() == sizeof expected);
  for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(bytes[i] == std::byte{expected[i]});
}

TEST_CASE("bytes are their length and themselves, and are borrowed when they are read") {
  const auto out = encoded(Sized{.from = NodeId{3}, .bytes = as_bytes("abc"), .inner = {}});
  CHECK(out.size() == 4 + 4 + 3 + 9);
  CHECK(out[4] == std::byte{3});
  Bytes rest = out;
  const auto back = decode<Sized>(rest);
  REQUIRE(back.has_value());
  CHECK(as_text(back->bytes) == "abc");
  CHECK(back->bytes.data() == out.data() + 8);
  CHECK(rest.empty());
}

TEST_CASE("a struct that is cut off is too short, and takes nothing from the bytes") {
  const auto whole = encoded(sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Bytes rest = Bytes{whole}.first(size);
    const auto back = decode<Fixed>(rest);
    REQUIRE(!back.has_value());
    CHECK(back.error() == DecodeFault::too_short);
    CHECK(rest.size() == size);
  }
  const auto sized = encoded(Sized{.from = NodeId{3}, .bytes = as_bytes("abc"), .inner = {}});
  for (std::size_t size = 0; size < sized.size(); ++size) {
    Bytes rest = Bytes{sized}.first(size);
    CHECK(!decode<Sized>(rest).has_value());
  }
}

TEST_CASE("a length beyond the end is too short, however large") {
  auto bytes = encoded(Sized{.from = NodeId{3}, .bytes = as_bytes("abc"), .inner = {}});
  for (const u32 length : {13U, 1000U, UINT32_MAX}) {
    store(bytes.data() + 4, length);
    Bytes rest = bytes;
    CHECK(!decode<Sized>(rest).has_value());
  }
}

TEST_CASE("a bool that is neither, and an enum without a name, are bad values") {
  const auto fault_with = [](std::size_t at, u8 value) {
    auto bytes = encoded(sample());
    bytes[at] = std::byte{value};
    Bytes rest = bytes;
    const auto back = decode<Fixed>(rest);
    return back ? "none" : std::string(name_of(back.error()));
  };
  CHECK(fault_with(24, 0) == "none");
  CHECK(fault_with(24, 2) == "bad_value");
  CHECK(fault_with(15, 1) == "none");
  CHECK(fault_with(15, 0) == "bad_value");
  CHECK(fault_with(15, 3) == "bad_value");
}

TEST_CASE("a reader that failed reads nothing more") {
  const u8 bytes[] = {2, 0, 0, 0, 0, 0, 0, 0, 0};
  Reader reader(std::as_bytes(std::span{bytes}));
  bool flag = false;
  reader.read(flag);
  CHECK(!reader.ok());
  CHECK(reader.take(1).empty());
  CHECK(reader.fault() == DecodeFault::bad_value);
}

TEST_CASE("random bytes are a struct or a fault, and never more than there is") {
  Prng prng(1, 0, 0);
  u64 taken = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::vector<std::byte> bytes(prng.below(40));
    for (auto& byte : bytes)
      byte = static_cast<std::byte>(prng.below(prng.chance({1, 2}) ? 4 : 256));
    Bytes rest = bytes;
    const auto back = decode<Sized>(rest);
    if (!back) continue;
    taken += 1;
    REQUIRE(back->bytes.size() + rest.size() + 17 == bytes.size());
  }
  CHECK(taken > 0);
}

TEST_CASE("a property: what is encoded is decoded") {
  testing::check_property("any numbers", [](u8 small, u16 medium, i32 negative, i64 duration,
                                            bool green, u64 term, bool flag) {
    const Fixed value{.small = small,
                      .medium = medium,
                      .negative = negative,
                      .duration = Duration{duration},
                      .colour = green ? Colour::green : Colour::red,
                      .inner = {.term = Term{term}, .flag = flag}};
    const auto bytes = encoded(value);
    Bytes rest = bytes;
    const auto back = decode<Fixed>(rest);
    return back && *back == value && rest.empty();
  });
}

}  // namespace
}  // namespace snowflk::trace
