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

}  // namespace snowflk::sim
