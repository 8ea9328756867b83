// `snowflk version`: which build this is.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tools/build_id.hpp"
#include "tools/commands.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr const char* kSanitizers = "address";
#elif defined(__SANITIZE_THREAD__)
constexpr const char* kSanitizers = "thread";
#else
constexpr const char* kSanitizers = "none";
#endif

Exit run(bool verbose) {
  Output out;
  out.line(version_line());
  if (verbose) {
    out.line(fmt::format("compiler={} sanitizers={}", __VERSION__, kSanitizers));
  }
  return out.finish(Exit::pass);
}

}  // namespace

std::string version_line() { return fmt::format("snowflk {}", build_id()); }

void add_version(CLI::App& root, Action& action) {
  auto* command = root.add_subcommand("version", "Print which build this is");
  const CLI::Option* verbose = command->add_flag("--verbose")->description("Also the compiler");
  command->callback(
      [&action, verbose] { action = [wanted = verbose->count() > 0] { return run(wanted); }; });
}

}  // namespace snowflk::tools
