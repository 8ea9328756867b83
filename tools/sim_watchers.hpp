// Who looks on at a run for the command: a story on standard output, a trace into a file, whole or
// as actions of the specification.
#pragma once

#include <string>

#include "sim/scenario/run.hpp"
#include "sim/story/story.hpp"
#include "sim/trace_file/tla.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {

class StoryTeller final : public sim::scenario::Watcher {
 public:
  StoryTeller(const sim::story::Style& style, Output& out) : story_(style, text_), out_(&out) {
    story_.head();
  }
  void event(const sim::World& world, const sim::StepRecord& record) override;
  void say(const sim::World& world, std::string_view text) override;
  void finish();

 private:
  void pass_on();
  std::string text_;
  sim::story::Story story_;
  Output* out_;
};

/// A file that is written through a buffer, and whose first error is kept.
class FileSink {
 public:
  /// Made anew. error() tells if that failed.
  explicit FileSink(const std::string& path);
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink();
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string& buffer() { return buffer_; }
  /// Writes the buffer out when it is large, or when `all`.
  void drain(bool all);
  /// What went wrong, as errno says it; 0: nothing.
  [[nodiscard]] int error() const { return error_; }

 private:
  std::string path_;
  int descriptor_ = -1;
  int error_ = 0;
  std::string buffer_;
};

class Tracer final : public sim::scenario::Watcher {
 public:
  /// `at_once`: each line is in the file before the next event.
  explicit Tracer(FileSink& sink, bool at_once = false) : sink_(&sink), at_once_(at_once) {}
  void event(const sim::World& world, const sim::StepRecord& record) override;
  void say(const sim::World&, std::string_view) override {}

 private:
  FileSink* sink_;
  bool at_once_;
};

class TlaTracer final : public sim::scenario::Watcher {
 public:
  TlaTracer(FileSink& sink, const sim::trace_file::Identity& identity, u32 servers)
      : sink_(&sink), writer_(sink.buffer(), identity, servers) {}
  void event(const sim::World& world, const sim::StepRecord& record) override;
  void say(const sim::World&, std::string_view) override {}

 private:
  FileSink* sink_;
  sim::trace_file::TlaWriter writer_;
};

/// Both, or one of them.
class Pair final : public sim::scenario::Watcher {
 public:
  Pair(Watcher* first, Watcher* second) : first_(first), second_(second) {}
  void event(const sim::World& world, const sim::StepRecord& record) override {
    if (first_ != nullptr) first_->event(world, record);
    if (second_ != nullptr) second_->event(world, record);
  }
  void say(const sim::World& world, std::string_view text) override {
    if (first_ != nullptr) first_->say(world, text);
    if (second_ != nullptr) second_->say(world, text);
  }
  void touched(const sim::World& world) override {
    if (first_ != nullptr) first_->touched(world);
    if (second_ != nullptr) second_->touched(world);
  }
  void ended(const sim::World& world) override {
    if (first_ != nullptr) first_->ended(world);
    if (second_ != nullptr) second_->ended(world);
  }

 private:
  Watcher* first_;
  Watcher* second_;
};

}  // namespace snowflk::tools
