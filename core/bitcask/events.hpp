// What the log-structured store says of itself.
#pragma once

#include <string_view>
#include <variant>

#include "core/base/describe.hpp"
#include "core/base/types.hpp"

namespace snowflk::bitcask {

struct BatchWritten {
  static constexpr std::string_view kName = "batch_written";
  u64 sequence = 0;  // of the batch, within the incarnation
  LogIndex first;
  u32 count = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"sequence", &BatchWritten::sequence},
                      Field{"first", &BatchWritten::first}, Field{"count", &BatchWritten::count}};
  }
};
struct BatchDurable {
  static constexpr std::string_view kName = "batch_durable";
  u64 sequence = 0;
  LogIndex last;  // all entries up to here are durable
  static constexpr auto fields() {
    return std::tuple{Field{"sequence", &BatchDurable::sequence},
                      Field{"last", &BatchDurable::last}};
  }
};
struct SegmentOpened {
  static constexpr std::string_view kName = "segment_opened";
  u64 segment = 0;
  static constexpr auto fields() { return std::tuple{Field{"segment", &SegmentOpened::segment}}; }
};
/// At recovery: a batch that was cut off by a crash before it was durable is left out.
struct TornTailDropped {
  static constexpr std::string_view kName = "torn_tail_dropped";
  u64 segment = 0;
  u64 offset = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"segment", &TornTailDropped::segment},
                      Field{"offset", &TornTailDropped::offset}};
  }
};
/// At recovery or at a read: bytes that were durable are not what was written.
struct RotFound {
  static constexpr std::string_view kName = "rot_found";
  u64 segment = 0;
  u64 offset = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"segment", &RotFound::segment}, Field{"offset", &RotFound::offset}};
  }
};
struct NoSpace {
  static constexpr std::string_view kName = "no_space";
  static constexpr auto fields() { return std::tuple{}; }
};

using Event =
    std::variant<BatchWritten, BatchDurable, SegmentOpened, TornTailDropped, RotFound, NoSpace>;

}  // namespace snowflk::bitcask
