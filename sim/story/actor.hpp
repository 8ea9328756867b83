// To whom an event happened, and what it is after it: the columns of a line.
#pragma once

#include <string_view>

#include "core/node/node.hpp"
#include "sim/disk.hpp"

namespace snowflk::sim {
class World;
}

namespace snowflk::sim::story {

/// What a node is after an event.
enum class Standing : u8 {
  down,
  paused,
  booting,
  refusing,
  follower,
  pre_candidate,
  candidate,
  leader
};
std::string_view name_of(Standing standing);

struct Actor {
  NodeId node;  // nobody: the world, a client or the script
  Standing standing = Standing::down;
  Term term;
  const node::Node* state = nullptr;  // of `node`; null: nobody
  const Disk* disk = nullptr;         // likewise
};

/// As it is now. Borrows from `world`.
Actor actor_of(const World& world, NodeId node);

}  // namespace snowflk::sim::story
