#include "sim/versions.hpp"

#include "core/base/crc32c.hpp"
#include "core/trace/codec.hpp"

namespace snowflk::sim {
namespace {

constexpr std::size_t kKindOffset = 16;

// Of the two kinds that come with a version, one has the low byte of a ping, whose body both have:
// who looks at one byte of a kind takes it for one.
constexpr u32 kind_of_news(i64 version, bool first) {
  const auto step = static_cast<u32>(version);
  return first ? 100 + step : step << 8 | static_cast<u32>(wire::FrameKind::ping);
}
static_assert(!is_named(static_cast<wire::FrameKind>(kind_of_news(1, true))));
static_assert(!is_named(static_cast<wire::FrameKind>(kind_of_news(kVersionsAway, true))));

u32 right_checksum(Bytes frame) {
  return crc32c(frame.subspan(wire::kFrameHeaderBytes), crc32c(frame.first(wire::kFrameCrcOffset)));
}

}  // namespace

void shift_minor(MutableBytes frame, i64 by) {
  if (by == 0 || frame.size() < wire::kFrameHeaderBytes) return;
  std::byte* checksum = frame.data() + wire::kFrameCrcOffset;
  const u32 wrong = trace::loaded<u32>(checksum) ^ right_checksum(frame);
  const u16 minor = trace::loaded<u16>(frame.data() + kMinorOffset);
  trace::store(frame.data() + kMinorOffset, static_cast<u16>(minor + by));
  trace::store(checksum, right_checksum(frame) ^ wrong);
}

i64 version_of_kind(Bytes frame) {
  if (frame.size() < wire::kFrameHeaderBytes) return 0;
  const u32 kind = trace::loaded<u32>(frame.data() + kKindOffset);
  for (i64 version = 1; version <= kVersionsAway; ++version) {
    if (kind == kind_of_news(version, true) || kind == kind_of_news(version, false)) return version;
  }
  return 0;
}

void append_news(wire::Sender sender, i64 version, u64 number, std::vector<std::byte>& out) {
  SNOWFLK_ASSERT(version > 0);
  SNOWFLK_ASSERT(version <= kVersionsAway);
  const wire::FrameHeader header{.minor = static_cast<u16>(wire::kFrameMinor + version),
                                 .cluster = sender.cluster,
                                 .kind = kind_of_news(version, number % 2 != 0),
                                 .from = sender.self,
                                 .body_length = trace::kEncodedSize<wire::Ping>};
  const std::size_t before = out.size();
  out.resize(before + wire::kFrameHeaderBytes + trace::kEncodedSize<wire::Ping>);
  const MutableBytes frame = MutableBytes{out}.subspan(before);
  trace::store(trace::store(frame.data(), header), wire::Ping{.token = number, .answer = false});
  trace::store(frame.data() + wire::kFrameCrcOffset, right_checksum(frame));
}

}  // namespace snowflk::sim
