// The bounds of what travels: frames between peers, requests of clients. docs/FORMAT.md, "Wire".
#pragma once

#include "core/base/types.hpp"

namespace snowflk::wire {

inline constexpr u32 kFrameBytesMax = 8U << 20;  // header and body
inline constexpr u32 kEntriesPerMessageMax = 4096;
inline constexpr u32 kEntryBytesMax = 4U << 20;  // the payload of one entry
/// Of an index or a term in a frame. What is above is no count of anything, and would overflow.
inline constexpr u64 kCountMax = 1ULL << 62;

// RESP. The first three are Redis' own (networking.c); its bulks go to 512 MiB.
inline constexpr u32 kInlineBytesMax = 64U << 10;  // a line: an inline command, or a count
inline constexpr u32 kArgumentsMax = 1U << 20;
inline constexpr u32 kUnauthenticatedArgumentsMax = 10;
inline constexpr u32 kUnauthenticatedBulkBytesMax = 16U << 10;
inline constexpr u32 kBulkBytesMax = 8U << 20;
inline constexpr u32 kRequestBytesMax = 32U << 20;  // all of one request, as it was sent
inline constexpr u32 kReplyDepthMax = 16;           // arrays within arrays, when a reply is read

static_assert(kBulkBytesMax < kRequestBytesMax);
static_assert(kInlineBytesMax < kRequestBytesMax);

}  // namespace snowflk::wire
