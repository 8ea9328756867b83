// The manifest: which segments there are. Written whole, under a new number, at each change; it
// counts once the metadata names it.
#pragma once

#include <expected>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/segment.hpp"

namespace snowflk::bitcask {

struct ManifestSegment {
  u64 segment = 0;
  Incarnation incarnation;
  u64 base_index = 0;   // last index of the log when it was made: no entry above it came before
  bool doomed = false;  // all of it is dead; its removal may not be durable yet
  friend bool operator==(const ManifestSegment&, const ManifestSegment&) = default;
};

struct Manifest {
  /// Bounds what a decoded count may ask for.
  static constexpr u64 kMembersMax = 64;

  u64 generation = 0;
  Identity identity;
  /// The members of the cluster when the directory was made, ascending: with others, a majority
  /// would not be one that overlaps those of before.
  std::vector<NodeId> members;
  std::vector<ManifestSegment> segments;  // ascending by segment; incarnations never fall
};

/// Replaces `out` by the manifest's bytes.
void encode_manifest(const Manifest& manifest, std::vector<std::byte>& out);
/// The gate.
std::expected<Manifest, HeaderFault> decode_manifest(Bytes bytes);
/// The checksum by which the metadata names it.
u32 manifest_crc(Bytes bytes);

}  // namespace snowflk::bitcask
