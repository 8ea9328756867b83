// `snowflk sim explore --exhaustive`: all states of a small world.
#pragma once

#include <string>

#include "sim/search/exhaustive/bounds.hpp"
#include "tools/exit_codes.hpp"

namespace CLI {
class App;
}

namespace snowflk::tools {

struct ExhaustiveArguments {
  sim::exhaustive::Bounds bounds;
  unsigned jobs = 1;
  std::string memory = "4GiB";
  u64 states_max = 0;  // 0: no budget
  std::string resume;  // a file; empty: from the start
  std::string budget;  // CPU time; empty: none
  std::string save;    // a file, or "none"
  std::string scenario = "snowflk-explore.json";
  bool json = false;
};

void add_exhaustive_options(CLI::App& command, ExhaustiveArguments& arguments);
Exit explore_exhaustive(const ExhaustiveArguments& arguments);

}  // namespace snowflk::tools
