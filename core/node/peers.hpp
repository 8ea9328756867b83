// Which peers a stream stands to, and under which epoch.
#pragma once

#include <algorithm>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk::node {

class Peers {
 public:
  explicit Peers(const std::vector<NodeId>& voters) {
    for (const NodeId voter : voters) streams_.push_back(Stream{.peer = voter});
  }

  /// An older epoch than the one that stands is news of the past, and ignored.
  void up(NodeId peer, u64 epoch) {
    Stream* stream = find(peer);
    if (stream == nullptr || epoch <= stream->newest) return;
    stream->newest = epoch;
    stream->stands = true;
  }
  void down(NodeId peer, u64 epoch) {
    Stream* stream = find(peer);
    if (stream == nullptr || epoch < stream->newest) return;
    stream->newest = epoch;
    stream->stands = false;
  }
  /// The epoch of the stream to `peer`; zero: none stands.
  [[nodiscard]] u64 epoch(NodeId peer) const {
    const auto found = std::ranges::find(streams_, peer, &Stream::peer);
    if (found == streams_.end() || !found->stands) return 0;
    return found->newest;
  }

 private:
  template <class>
  friend struct snowflk::StateOf;

  struct Stream {
    NodeId peer;
    u64 newest = 0;
    bool stands = false;
  };

  Stream* find(NodeId peer) {
    const auto found = std::ranges::find(streams_, peer, &Stream::peer);
    return found == streams_.end() ? nullptr : &*found;
  }

  std::vector<Stream> streams_;
};

}  // namespace snowflk::node
