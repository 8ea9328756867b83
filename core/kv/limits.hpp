// The bounds of keys, values and commands. docs/FORMAT.md, "Commands".
#pragma once

#include "core/base/types.hpp"
#include "core/wire/limits.hpp"

namespace snowflk::kv {

inline constexpr u32 kKeyBytesMax = 64U << 10;
inline constexpr u32 kValueBytesMax = 1U << 20;
/// A command as it is encoded: it is one log entry, and must fit in one batch and in one frame.
inline constexpr u32 kCommandBytesMax = 4U << 20;
/// A reply as it is encoded. An MGET that would answer more is an error.
inline constexpr u32 kReplyBytesMax = 7U << 20;

static_assert(kCommandBytesMax + 4096 <= wire::kFrameBytesMax);
static_assert(kReplyBytesMax + 4096 <= wire::kFrameBytesMax);
// SET … IFEQ: two values and a key.
static_assert(2 * kValueBytesMax + kKeyBytesMax + 4096 <= kCommandBytesMax);

}  // namespace snowflk::kv
