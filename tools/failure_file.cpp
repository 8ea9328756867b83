#include "tools/failure_file.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "sim/runner.hpp"
#include "tools/run_into_file.hpp"

namespace snowflk::tools {

std::string file_name_of(const Loaded& loaded, u64 seed) {
  std::string stem = std::filesystem::path{loaded.name}.stem().string();
  const std::string of_seed = fmt::format("-seed{}", seed);
  if (!stem.starts_with("snowflk-")) return fmt::format("snowflk-{}{}", stem, of_seed);
  const std::size_t at = stem.rfind(of_seed);
  const std::string_view after =
      at == std::string::npos ? "-" : std::string_view{stem}.substr(at + of_seed.size());
  return after.empty() || after.starts_with('.') ? stem : stem + of_seed;
}

bool run_traced(const Loaded& loaded, u64 seed, const std::string& file,
                sim::scenario::Watcher* also, Finished& run) {
  FileSink sink{file};
  Tracer tracer{sink};
  Pair both{&tracer, also};
  run_into_file(loaded, seed, sink, sim::trace_file::kSchema, both, run);
  return sink.error() == 0;
}

namespace {

/// Of a run that an assertion ends, what came before it. In a process of its own, which ends too.
bool trace_up_to_assertion(const Loaded& loaded, u64 seed, const std::string& file) {
  const auto work = [&](u64 /*seed*/) {
    FileSink sink{file};
    Tracer tracer{sink, true};
    Finished again;
    run_into_file(loaded, seed, sink, sim::trace_file::kSchema, tracer, again);
    return std::string{sink.error() == 0 ? "another" : "unwritten"};
  };
  bool is_there = false;
  const auto emit = [&](const sim::SeedResult& result) {
    is_there = result.status != sim::RunStatus::finished;
    return true;
  };
  return sim::run_seeds({.first = seed, .last = seed}, 1, work, emit) && is_there;
}

}  // namespace

void leave_failure_file(const Loaded& loaded, const std::string& directory, Finished& run) {
  const std::string name = file_name_of(loaded, run.result.seed) + ".trace";
  const std::string file = (std::filesystem::path{directory} / name).string();
  std::error_code created;  // what is wrong with it shows when the file is opened
  std::filesystem::create_directories(directory, created);
  if (!run.crash.empty()) {
    if (trace_up_to_assertion(loaded, run.result.seed, file)) run.failure_file = file;
    return;
  }
  Finished again;
  if (!run_traced(loaded, run.result.seed, file, nullptr, again)) return;
  run.failure_file = file;
  if (again.result.digest != run.result.digest) run.other_digest = again.result.digest;
}

}  // namespace snowflk::tools
