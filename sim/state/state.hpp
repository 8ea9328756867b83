// The whole state of a world, nodes, disks, queue and generators: its digest, its comparison, and a
// list of it in which every part has a name.
//
// What happened on the way is another digest, World::digest(): two worlds may have come to one
// state by two ways.
#pragma once

#include <optional>
#include <string>

#include "core/base/hash.hpp"
#include "sim/world.hpp"

namespace snowflk::sim::state {

Digest digest_of(const World& world);
Digest digest_of(const Disk& disk);

/// One line for each part, "n2.node.raft.commit_index = 17"; bytes are told by their number and a
/// hash. Appended.
void append_list(std::string& out, const World& world);

/// The same way to the same state: all that follows is the same too.
bool equal(const World& a, const World& b);

/// Of two lists: the first part in which they differ. Nothing: they are equal.
struct Difference {
  std::string part;
  std::string a;  // empty: it has no such part
  std::string b;
};
std::optional<Difference> first_difference(std::string_view a, std::string_view b);

}  // namespace snowflk::sim::state
