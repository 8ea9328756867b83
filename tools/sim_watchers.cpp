#include "tools/sim_watchers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "sim/scenario/claims.hpp"
#include "sim/trace_file/trace_file.hpp"

namespace snowflk::tools {
namespace {

constexpr std::size_t kDrainBytes = 256UL << 10;

sim::story::Standing standing_of(raft::Role role) {
  switch (role) {
    case raft::Role::follower: return sim::story::Standing::follower;
    case raft::Role::pre_candidate: return sim::story::Standing::pre_candidate;
    case raft::Role::candidate: return sim::story::Standing::candidate;
    case raft::Role::leader: return sim::story::Standing::leader;
  }
  return sim::story::Standing::down;
}

}  // namespace

sim::story::Actor actor_of(const sim::World& world, NodeId node) {
  using sim::story::Standing;
  sim::story::Actor actor;
  actor.node = node;
  if (node.nobody()) return actor;
  const node::Node& state = world.node(node);
  actor.state = &state;
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

void StoryTeller::event(const sim::World& world, const sim::StepRecord& record) {
  story_.observe(record, actor_of(world, record.node), world.history());
  pass_on();
}

void StoryTeller::say(const sim::World& world, std::string_view text) {
  story_.say(world.now(), text);
  pass_on();
}

void StoryTeller::finish() {
  story_.finish();
  pass_on();
}

void StoryTeller::pass_on() {
  if (text_.empty()) return;
  out_->write(text_);
  text_.clear();
}

FileSink::FileSink(const std::string& path)
    : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) error_ = errno;
}

FileSink::~FileSink() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileSink::drain(bool all) {
  if (!all && buffer_.size() < kDrainBytes) return;
  std::string_view rest = buffer_;
  while (error_ == 0 && !rest.empty()) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

void Tracer::event(const sim::World& world, const sim::StepRecord& record) {
  if (sink_->error() != 0) return;
  sim::trace_file::append_event(sink_->buffer(), record, world.digest());
  sink_->drain(false);
}

}  // namespace snowflk::tools
