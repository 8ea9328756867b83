#include "tools/chain_run.hpp"

#include <system_error>

#include <fmt/format.h>

#include "tools/campaign.hpp"
#include "tools/output.hpp"
#include "tools/sim_watchers.hpp"

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
  if (sink.error() == 0) {
    sim::trace_file::append_header(sink.buffer(), identity_of(loaded, seed),
                                   sim::scenario::run_options(loaded.scenario, seed),
                                   sim::chain::kSchema);
    ChainTracer tracer{sink, window};
    Pair both{&tracer, also};
    run = run_timed(loaded, seed, &both);
    sim::trace_file::append_ending(sink.buffer(), ending_of(run));
    sink.drain(true);
  }
  if (sink.error() == 0) return true;
  complain(fmt::format("{}: {}", file, std::generic_category().message(sink.error())));
  return false;
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
