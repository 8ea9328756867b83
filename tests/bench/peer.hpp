// The peer of the simulator: libraft's fixture, if it was there when this was built.
#pragma once

#include <cstdint>
#include <optional>

namespace snowflk::bench {

/// Events a CPU second of a cluster of five that has a leader, over `events` of them, with a
/// proposal before every `proposal_every`-th (zero: idle). Nothing: the peer is not there.
std::optional<double> peer_events_per_second(std::uint64_t events, std::uint64_t proposal_every);

}  // namespace snowflk::bench
