// CRC32C (Castagnoli; RFC 3720, appendix B.4): the checksum of every byte on disk and wire.
//
// Two ways that agree in every bit: the processor's own instruction where there is one, and tables
// of eight. Which one runs is found once, at start; both can be called by name, for tests.
#pragma once

#include "core/base/types.hpp"

namespace snowflk {

/// The CRC of `bytes`. `seed` is the CRC of what stands before them:
/// crc32c(b, crc32c(a)) == crc32c(a followed by b). The CRC of nothing is `seed`.
[[nodiscard]] u32 crc32c(Bytes bytes, u32 seed = 0);

/// The same by tables, on any machine.
[[nodiscard]] u32 crc32c_by_table(Bytes bytes, u32 seed = 0);

/// Whether this machine has the instruction (SSE4.2).
[[nodiscard]] bool has_crc32c_instruction();

/// The same by the instruction. REQUIRES: has_crc32c_instruction().
[[nodiscard]] u32 crc32c_by_instruction(Bytes bytes, u32 seed = 0);

}  // namespace snowflk
