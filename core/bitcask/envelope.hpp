// What all small structures on disk have in common: magic, checksum, version, length.
//
//   magic u32 | crc32c u32 (of all that follows) | version u16 | reserved u16 | length u32 | fields
//
// This prefix stays as it is in every version, so that a newer file is known as newer.
#pragma once

#include <expected>

#include "core/base/types.hpp"
#include "core/bitcask/segment.hpp"

namespace snowflk::bitcask {

inline constexpr u64 kEnvelopeBytes = 16;

/// Writes the prefix of a structure of `bytes.size()` bytes, prefix included, whose fields are
/// already in place. REQUIRES: bytes.size() >= kEnvelopeBytes.
void seal_envelope(u32 magic, MutableBytes bytes);
/// The structure at the start of `bytes`, prefix included, if its checksum and version are right.
std::expected<Bytes, HeaderFault> open_envelope(u32 magic, Bytes bytes);

}  // namespace snowflk::bitcask
