// The subcommands of `snowflk`, one file each.
//
// An add_ function hangs its subcommand under `parent` and, when the command line chooses it, sets
// `action` to what runs it. The command line is judged before anything runs: an action never sees
// options that do not parse.
#pragma once

#include <functional>
#include <string>

#include "tools/exit_codes.hpp"

namespace CLI {
class App;
}

namespace snowflk::tools {

using Action = std::function<Exit()>;

/// "snowflk 0.1.0+0123456789ab": which build this is.
std::string version_line();

void add_version(CLI::App& root, Action& action);
void add_completion(CLI::App& root, Action& action);
void add_inspect(CLI::App& root, Action& action);
void add_sim_run(CLI::App& sim, Action& action);
void add_sim_swarm(CLI::App& sim, Action& action);
void add_sim_campaign(CLI::App& sim, Action& action);
void add_sim_replay(CLI::App& sim, Action& action);
void add_sim_bisect(CLI::App& sim, Action& action);
void add_sim_shrink(CLI::App& sim, Action& action);
void add_sim_explain(CLI::App& sim, Action& action);
void add_sim_check(CLI::App& sim, Action& action);
void add_sim_explore(CLI::App& sim, Action& action);
void add_serve(CLI::App& root, Action& action);
void add_demo(CLI::App& root, Action& action);

}  // namespace snowflk::tools
