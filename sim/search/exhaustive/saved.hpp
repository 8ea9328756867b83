// A search that stopped before a verdict, as bytes, to be resumed.
//
// All numbers are little-endian words of 64 bits: the mark and the version, the build, the bounds,
// the counts, where each state came from, the fingerprints, and both frontiers chunk by chunk. A
// digest of all words ends it.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "sim/search/exhaustive/search.hpp"

namespace snowflk::sim::exhaustive {

/// Takes bytes; false: it cannot.
using Sink = std::function<bool(Bytes)>;
/// Fills `into`; false: there are not so many.
using Source = std::function<bool(MutableBytes into)>;

/// `build`: states of another core would be no states of this one.
bool save(const Progress& progress, std::string_view build, const Sink& sink);
/// What `source` gives, or what is wrong with it, in a sentence.
std::expected<Progress, std::string> load(std::string_view build, const Source& source);

}  // namespace snowflk::sim::exhaustive
