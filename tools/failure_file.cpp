#include "tools/failure_file.hpp"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "tools/campaign.hpp"
#include "tools/output.hpp"
#include "tools/sim_watchers.hpp"

namespace snowflk::tools {

bool run_traced(const Loaded& loaded, u64 seed, const std::string& file,
                sim::scenario::Watcher* also, Finished& run) {
  FileSink sink{file};
  if (sink.error() == 0) {
    sim::trace_file::append_header(sink.buffer(), identity_of(loaded, seed),
                                   sim::scenario::run_options(loaded.scenario, seed));
    Tracer tracer{sink};
    Pair both{&tracer, also};
    run = run_timed(loaded, seed, &both);
    sim::trace_file::append_ending(sink.buffer(), ending_of(run));
    sink.drain(true);
  }
  if (sink.error() == 0) return true;
  complain(fmt::format("{}: {}", file, std::generic_category().message(sink.error())));
  return false;
}

void leave_failure_file(const Loaded& loaded, const std::string& directory, Finished& run) {
  const std::string stem = std::filesystem::path{loaded.name}.stem().string();
  const std::string name = fmt::format("snowflk-{}-seed{}.trace", stem, run.result.seed);
  const std::string file = (std::filesystem::path{directory} / name).string();
  Finished again;
  if (!run_traced(loaded, run.result.seed, file, nullptr, again)) return;
  run.failure_file = file;
  if (again.result.digest != run.result.digest) run.other_digest = again.result.digest;
}

}  // namespace snowflk::tools
