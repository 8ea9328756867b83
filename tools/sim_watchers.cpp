#include "tools/sim_watchers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "sim/scenario/claims.hpp"
#include "sim/trace_file/trace_file.hpp"

namespace snowflk::tools {
namespace {

constexpr std::size_t kDrainBytes = 256UL << 10;

}  // namespace

void StoryTeller::event(const sim::World& world, const sim::StepRecord& record) {
  story_.observe(record, sim::story::actor_of(world, record.node), world.history());
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
    : path_(path),
      descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
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
  sink_->drain(at_once_);
}

void TlaTracer::event(const sim::World& world, const sim::StepRecord& record) {
  if (sink_->error() != 0 || !record.stepped) return;
  writer_.observe(world.view(record));
  sink_->drain(false);
}

}  // namespace snowflk::tools
