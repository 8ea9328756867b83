// Who asked: a client of this node, or a peer that forwards for a client of its own.
#pragma once

#include "core/base/types.hpp"
#include "core/node/boundary.hpp"

namespace snowflk::node {

/// Names one forwarded request; unique within one incarnation of the node that forwards.
struct ForwardId {
  static constexpr bool kScalar = true;
  u64 value = 0;
  friend constexpr auto operator<=>(ForwardId, ForwardId) = default;
};

struct Origin {
  enum class Kind : u8 { nobody, client, peer };

  Kind kind = Kind::nobody;  // nobody: whoever asked has left
  ClientId client;
  RequestId request;
  NodeId peer;
  u64 epoch = 0;  // of the stream on which the peer forwarded
  ForwardId forward;

  static Origin of_client(ClientId client, RequestId request) {
    Origin origin;
    origin.kind = Kind::client;
    origin.client = client;
    origin.request = request;
    return origin;
  }
  static Origin of_peer(NodeId peer, u64 epoch, ForwardId forward) {
    Origin origin;
    origin.kind = Kind::peer;
    origin.peer = peer;
    origin.epoch = epoch;
    origin.forward = forward;
    return origin;
  }
  [[nodiscard]] bool is_client(ClientId id) const { return kind == Kind::client && client == id; }
};

}  // namespace snowflk::node
