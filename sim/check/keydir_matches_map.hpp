// A node's keys and values are those of a plain map: the committed log up to what the node has
// applied, carried out by the reference model.
//
// Values that lie in files are read from the simulated disk where the keydir says, and judged as
// the node would judge them. Bytes that the world itself spoilt there excuse a value that cannot be
// read, but never one that reads well and is another.
#pragma once

#include "sim/check/model.hpp"
#include "sim/check/step_view.hpp"
#include "sim/seat.hpp"

namespace snowflk::sim {

/// `map`: the state after what the node has applied. `at`: for the sentence.
Finding keydir_matches_map(const Seat& seat, const Model::Map& map, Instant at);

}  // namespace snowflk::sim
