// Frames between peers: raw, and as they come out of a peer that computes its checksum right.
#include "core/wire/frame.hpp"

#include "core/base/crc32c.hpp"
#include "core/kv/command.hpp"
#include "tests/fuzz/targets.hpp"

namespace snowflk::fuzz {
namespace {

constexpr ClusterId kCluster{7};

/// What was decoded is within the frame, and comes out of it once more as it went in.
void decode_one(Bytes bytes) {
  const auto frame = wire::decode(kCluster, bytes);
  if (!frame) {
    SNOWFLK_ASSERT(name_of(frame.error()) != "?");
    return;
  }
  std::vector<std::byte> again;
  const wire::Sender sender{.cluster = kCluster, .self = frame->from};
  if (const auto* append = std::get_if<wire::AppendEntriesView>(&frame->body)) {
    std::vector<wire::Entry> entries;
    append->for_each([&](const wire::Entry& entry) {
      SNOWFLK_ASSERT(entry.payload.size() == entry.info.size);
      static_cast<void>(kv::decode_command(entry.payload));
      entries.push_back(entry);
    });
    SNOWFLK_ASSERT(entries.size() == append->size());
    std::vector<raft::EntryInfo> infos;
    append->copy_infos(infos);
    SNOWFLK_ASSERT(infos.size() == entries.size());
    wire::encode(sender, append->message, entries, again);
  } else {
    std::visit(
        [&](const auto& body) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(body)>, wire::AppendEntriesView>) {
            wire::encode(sender, body, again);
          }
        },
        frame->body);
  }
  // A minor version beside ours is read, and written as ours.
  const auto twice = wire::decode(kCluster, again);
  SNOWFLK_ASSERT(twice.has_value());
  SNOWFLK_ASSERT(twice->from == frame->from);
  SNOWFLK_ASSERT(twice->body.index() == frame->body.index());
  SNOWFLK_ASSERT(again.size() == bytes.size());
}

}  // namespace

void peer_frames(Bytes input) {
  static_cast<void>(wire::frame_kind(input));
  if (const auto length = wire::frame_length(kCluster, input); length && *length) {
    SNOWFLK_ASSERT(**length >= wire::kFrameHeaderBytes);
    SNOWFLK_ASSERT(**length <= wire::kFrameBytesMax);
  }
  decode_one(input);

  // The same with a header that is right, but for kind, sender and minor version.
  if (input.size() < wire::kFrameHeaderBytes) return;
  std::vector<std::byte> bytes(input.begin(), input.end());
  const auto put = [&](std::size_t at, auto number) {
    for (std::size_t i = 0; i < sizeof number; ++i) {
      bytes[at + i] = static_cast<std::byte>(static_cast<u64>(number) >> (8 * i));
    }
  };
  put(0, wire::kFrameMagic);
  put(4, wire::kFrameMajor);
  put(8, kCluster.value);
  put(24, static_cast<u32>(bytes.size() - wire::kFrameHeaderBytes));
  Bytes whole{bytes};
  const u32 head = crc32c(whole.first(wire::kFrameCrcOffset));
  put(wire::kFrameCrcOffset, crc32c(whole.subspan(wire::kFrameHeaderBytes), head));
  const auto length = wire::frame_length(kCluster, whole);
  if (length) SNOWFLK_ASSERT(*length == bytes.size());
  decode_one(whole);
}

}  // namespace snowflk::fuzz
