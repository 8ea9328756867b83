#include "tools/run_into_file.hpp"

#include <system_error>

#include <fmt/format.h>

#include "sim/trace_file/trace_file.hpp"
#include "tools/campaign.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {

void run_into_file(const Loaded& loaded, u64 seed, FileSink& sink, std::string_view schema,
                   sim::scenario::Watcher& watcher, Finished& run) {
  if (sink.error() == 0) {
    sim::trace_file::append_header(sink.buffer(), identity_of(loaded, seed),
                                   sim::scenario::run_options(loaded.scenario, seed), schema);
    run = run_timed(loaded, seed, &watcher);
    sim::trace_file::append_ending(sink.buffer(), ending_of(run));
    sink.drain(true);
  }
  if (sink.error() == 0) return;
  complain(fmt::format("{}: {}", sink.path(), std::generic_category().message(sink.error())));
}

}  // namespace snowflk::tools
