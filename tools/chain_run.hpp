// A run that leaves a chain file: for `sim run --chain`, and for either side of a bisection.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "sim/chain/chain_file.hpp"
#include "tools/sim_report.hpp"

namespace snowflk::tools {

/// Runs `seed`, and writes its chain file; `window`: events that are told one by one. False, after
/// a complaint: it could not be written. `also` may be null.
bool run_chained(const Loaded& loaded, u64 seed, const std::string& file,
                 std::optional<sim::chain::Window> window, sim::scenario::Watcher* also,
                 Finished& run);

/// "4097..6144"; one event alone is a window of one. Why not, in a sentence.
std::expected<sim::chain::Window, std::string> parse_window(std::string_view text);

}  // namespace snowflk::tools
