// In place of libraft_peer.cpp where libraft-dev is not installed: there is nothing to compare to.
#include "tests/bench/peer.hpp"

namespace snowflk::bench {

std::optional<double> peer_events_per_second(std::uint64_t, std::uint64_t) { return std::nullopt; }

}  // namespace snowflk::bench
