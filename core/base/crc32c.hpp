// CRC32C (Castagnoli; RFC 3720, appendix B.4): the checksum of every byte on disk and wire.
//
// Three ways that agree in every bit: tables of eight, on any machine; the processor's instruction
// in three streams; carry-less multiplication of whole vectors, for what is long. Which of them
// runs is found once, at start; each can be called by name, for tests and benchmarks.
#pragma once

#include "core/base/types.hpp"

namespace snowflk {

/// The CRC of `bytes`. `seed` is the CRC of what stands before them:
/// crc32c(b, crc32c(a)) == crc32c(a followed by b). The CRC of nothing is `seed`.
[[nodiscard]] u32 crc32c(Bytes bytes, u32 seed = 0);

/// The same by tables, on any machine.
[[nodiscard]] u32 crc32c_by_table(Bytes bytes, u32 seed = 0);

/// Whether this machine has the instruction (SSE4.2), and PCLMULQDQ to join streams of it.
[[nodiscard]] bool has_crc32c_instruction();

/// The same by the instruction. REQUIRES: has_crc32c_instruction().
[[nodiscard]] u32 crc32c_by_instruction(Bytes bytes, u32 seed = 0);

/// Whether this machine multiplies vectors of 64 bytes (AVX-512, VPCLMULQDQ), and its system keeps
/// them.
[[nodiscard]] bool has_crc32c_vectors();

/// The same by vectors; what is too short for them by the instruction. REQUIRES:
/// has_crc32c_vectors().
[[nodiscard]] u32 crc32c_by_vectors(Bytes bytes, u32 seed = 0);

}  // namespace snowflk
