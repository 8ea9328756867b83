// What the simulator's subcommands have in common on the command line.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/base/types.hpp"
#include "sim/runner.hpp"
#include "sim/scenario/scenario.hpp"
#include "tools/exit_codes.hpp"

namespace snowflk::tools {

/// "7", "0x2a". Why not, in a sentence.
std::expected<u64, std::string> parse_seed(std::string_view text);
/// "1..50"; one seed alone is a range of one.
std::expected<sim::SeedRange, std::string> parse_seeds(std::string_view text);

/// A complaint has been printed; this is the exit code.
template <class T>
using OrExit = std::expected<T, Exit>;

/// A scenario with what tells it from others.
struct Loaded {
  std::string name;  // the file as it was named
  std::string text;  // its bytes
  sim::scenario::Scenario scenario;
};

OrExit<Loaded> load_scenario(const std::string& file);
/// `text` as if it stood in a file `name`.
OrExit<Loaded> load_text(const std::string& name, std::string text);
/// The built-in scenario of `sim swarm`. REQUIRES: sim::draws(generator, mode).
Loaded swarm_scenario(sim::Mode mode, u32 generator);

}  // namespace snowflk::tools
