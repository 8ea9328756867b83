#include "sim/story/actor.hpp"

#include "sim/world.hpp"

namespace snowflk::sim::story {
namespace {

Standing standing_of(raft::Role role) {
  switch (role) {
    case raft::Role::follower: return Standing::follower;
    case raft::Role::pre_candidate: return Standing::pre_candidate;
    case raft::Role::candidate: return Standing::candidate;
    case raft::Role::leader: return Standing::leader;
  }
  return Standing::down;
}

}  // namespace

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::down: return "down";
    case Standing::paused: return "paused";
    case Standing::booting: return "booting";
    case Standing::refusing: return "refusing";
    case Standing::follower: return "follower";
    case Standing::pre_candidate: return "pre-candidate";
    case Standing::candidate: return "candidate";
    case Standing::leader: return "leader";
  }
  return "?";
}

Actor actor_of(const World& world, NodeId node) {
  Actor actor;
  actor.node = node;
  if (node.nobody()) return actor;
  const node::Node& state = world.node(node);
  actor.state = &state;
  actor.disk = &world.seat(node).disk;
  const raft::Raft* raft = state.raft();
  if (raft != nullptr) actor.term = raft->hard_state().current_term;
  if (state.phase() == node::Phase::refusing) {
    actor.standing = Standing::refusing;
  } else if (!world.is_up(node)) {
    actor.standing = Standing::down;
  } else if (world.is_paused(node)) {
    actor.standing = Standing::paused;
  } else {
    actor.standing = raft == nullptr ? Standing::booting : standing_of(raft->role());
  }
  return actor;
}

}  // namespace snowflk::sim::story
