// What the frames say that leave a node: for checks that believe no event.
#pragma once

#include <optional>

#include "core/base/hash.hpp"
#include "core/wire/frame.hpp"

namespace snowflk::sim {

/// What kind of frame `bytes` are; nothing if they are too few. For skipping frames cheaply.
std::optional<wire::FrameKind> peek_kind(Bytes bytes);

/// The cluster that the frame names as its own. REQUIRES: peek_kind() knows its kind.
ClusterId peek_cluster(Bytes bytes);

/// The message of type `T` in a frame whose kind says so; nothing if it is damaged.
template <class T>
std::optional<T> message_in(Bytes bytes) {
  const auto frame = wire::decode(peek_cluster(bytes), bytes);
  if (!frame) return std::nullopt;
  const T* message = std::get_if<T>(&frame->body);
  return message == nullptr ? std::nullopt : std::optional<T>{*message};
}

/// The fields of a message as they lie in its frame, unjudged: of a frame that another has judged,
/// or has just made. Nothing: they are not there.
template <class T>
std::optional<T> fields_in(Bytes frame) {
  if (frame.size() < wire::kFrameHeaderBytes) return std::nullopt;
  trace::Reader reader(frame.subspan(wire::kFrameHeaderBytes));
  T message;
  reader.read(message);
  return reader.ok() ? std::optional<T>{message} : std::nullopt;
}

/// The terms of the entries in a frame of AppendEntries, unjudged likewise.
class EntryTerms {
 public:
  explicit EntryTerms(Bytes frame)
      : rows_(frame.size() < kRowsOffset ? Bytes{} : frame.subspan(kRowsOffset)) {}
  [[nodiscard]] Term operator[](u32 i) const {
    SNOWFLK_ASSERT((i + 1ULL) * wire::kEntryRowBytes <= rows_.size());
    return trace::loaded<Term>(rows_.data() + i * wire::kEntryRowBytes);
  }

 private:
  static constexpr std::size_t kRowsOffset =
      wire::kFrameHeaderBytes + trace::kEncodedSize<raft::AppendEntries>;
  Bytes rows_;
};

}  // namespace snowflk::sim
