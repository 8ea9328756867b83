// Generated worlds: options drawn the RapidCheck way, so that what fails shrinks to a small world,
// and written as a scenario file, so that it is run again without any generator.
//
// Owns what is drawn. How a world is run and judged stands in judged.hpp.
#pragma once

#include <rapidcheck.h>

#include <iosfwd>
#include <string>

#include "sim/options.hpp"

namespace snowflk::sim {

/// A world of the scope of the swarm's. It shrinks to fewer nodes, clients and operations, to
/// faults that are seldom, and then to faults that are off; never to another seed.
rc::Gen<WorldOptions> worlds();

/// A scenario of exactly this world; what is as in any file that does not say it is left out.
/// REQUIRES: no starting logs.
std::string scenario_text(const WorldOptions& options);

/// For RapidCheck: a counterexample is the scenario.
void showValue(const WorldOptions& options, std::ostream& out);

}  // namespace snowflk::sim
