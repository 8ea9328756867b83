#include "tools/failure_file.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "tools/run_into_file.hpp"

namespace snowflk::tools {

bool run_traced(const Loaded& loaded, u64 seed, const std::string& file,
                sim::scenario::Watcher* also, Finished& run) {
  FileSink sink{file};
  Tracer tracer{sink};
  Pair both{&tracer, also};
  run_into_file(loaded, seed, sink, sim::trace_file::kSchema, both, run);
  return sink.error() == 0;
}

void leave_failure_file(const Loaded& loaded, const std::string& directory, Finished& run) {
  const std::string stem = std::filesystem::path{loaded.name}.stem().string();
  const std::string name = fmt::format("snowflk-{}-seed{}.trace", stem, run.result.seed);
  const std::string file = (std::filesystem::path{directory} / name).string();
  std::error_code created;  // what is wrong with it shows when the file is opened
  std::filesystem::create_directories(directory, created);
  Finished again;
  if (!run_traced(loaded, run.result.seed, file, nullptr, again)) return;
  run.failure_file = file;
  if (again.result.digest != run.result.digest) run.other_digest = again.result.digest;
}

}  // namespace snowflk::tools
