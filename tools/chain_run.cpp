#include "tools/chain_run.hpp"

#include <fmt/format.h>

#include "tools/run_into_file.hpp"

namespace snowflk::tools {
namespace {

/// Each line is in the file at once: a run that ends in an assertion leaves what it has come to.
class ChainTracer final : public sim::scenario::Watcher {
 public:
  ChainTracer(FileSink& sink, std::optional<sim::chain::Window> window)
      : sink_(&sink), writer_(sink.buffer(), window) {}
  void event(const sim::World& world, const sim::StepRecord& record) override {
    if (sink_->error() != 0) return;
    writer_.event(world, record);
    if (!sink_->buffer().empty()) sink_->drain(true);
  }
  void say(const sim::World&, std::string_view) override {}
  void ended(const sim::World& world) override { writer_.ended(world); }

 private:
  FileSink* sink_;
  sim::chain::Writer writer_;
};

}  // namespace

bool run_chained(const Loaded& loaded, u64 seed, const std::string& file,
                 std::optional<sim::chain::Window> window, sim::scenario::Watcher* also,
                 Finished& run) {
  FileSink sink{file};
  ChainTracer tracer{sink, window};
  Pair both{&tracer, also};
  run_into_file(loaded, seed, sink, sim::chain::kSchema, both, run);
  return sink.error() == 0;
}

std::expected<sim::chain::Window, std::string> parse_window(std::string_view text) {
  const auto range = parse_seeds(text);
  if (!range || range->first == 0) {
    return std::unexpected(
        fmt::format("expected events, as 4097..6144, found \"{}\"", text.substr(0, 40)));
  }
  return sim::chain::Window{.first = range->first, .last = range->last};
}

}  // namespace snowflk::tools
