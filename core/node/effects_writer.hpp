// Writes the frames and replies of one step into the arena of its effects.
//
// The arena moves while it grows, so what was written is known by its place until finish() turns
// places into spans.
#pragma once

#include <vector>

#include "core/node/boundary.hpp"

namespace snowflk::node {

class EffectsWriter {
 public:
  /// Calls encode(arena), which appends one frame, and sends that to `to`.
  template <class Encode>
  void send(Effects& effects, NodeId to, Channel channel, u64 epoch, Encode encode) {
    const std::size_t begin = effects.arena.size();
    encode(effects.arena);
    frames_.push_back(Place{.begin = begin, .end = effects.arena.size()});
    effects.sends.push_back(Send{.to = to, .channel = channel, .epoch = epoch, .frame = {}});
  }

  /// Calls encode(arena), which appends one reply, and answers `request` of `client` with it.
  template <class Encode>
  void reply(Effects& effects, ClientId client, RequestId request, Encode encode) {
    const std::size_t begin = effects.arena.size();
    encode(effects.arena);
    replies_.push_back(Place{.begin = begin, .end = effects.arena.size()});
    effects.replies.push_back(Reply{.client = client, .request = request, .reply = {}});
  }

  /// After the last send and reply of the step.
  void finish(Effects& effects) {
    SNOWFLK_ASSERT(frames_.size() == effects.sends.size());
    SNOWFLK_ASSERT(replies_.size() == effects.replies.size());
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      effects.sends[i].frame = span(effects, frames_[i]);
    }
    for (std::size_t i = 0; i < replies_.size(); ++i) {
      effects.replies[i].reply = span(effects, replies_[i]);
    }
    frames_.clear();
    replies_.clear();
  }

 private:
  struct Place {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  static Bytes span(const Effects& effects, Place place) {
    return Bytes{effects.arena}.subspan(place.begin, place.end - place.begin);
  }

  std::vector<Place> frames_;
  std::vector<Place> replies_;
};

}  // namespace snowflk::node
