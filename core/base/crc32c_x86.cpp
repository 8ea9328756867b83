// CRC32C by what x86 processors have for it, and the choice between the ways; on other machines,
// the answer that there is but one.
//
// A CRC is a remainder modulo P over GF(2), so the CRCs of parts are joined by shifting: the CRC of
// `a` followed by n bytes is that of `a` times x^(8n). A product of two reflected words lies one
// bit too low, and reducing 64 bits by the instruction multiplies by x^32: hence the 33 in the
// exponents below. (V. Gopal et al., "Fast CRC Computation for iSCSI Polynomial Using CRC32
// Instruction" and "... Using PCLMULQDQ Instruction", Intel, 2011 and 2009.)
#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/base/hash.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#include <array>

namespace snowflk {
namespace {

constexpr u32 kPolynomial = 0x82f63b78;  // 0x1edc6f41, its bits reversed

/// x^exponent mod P, reflected: bit 31 is x^0.
constexpr u32 power_of_x(unsigned exponent) {
  u32 power = 0x80000000;
  for (; exponent > 0; --exponent) power = (power >> 1) ^ ((power & 1) != 0 ? kPolynomial : 0);
  return power;
}
static_assert(power_of_x(32) == kPolynomial);

// ---- The instruction, in three streams -------------------------------------------------------
// It takes three cycles and one can begin in each: one stream would use a third of the machine.

constexpr std::size_t kWord = 8;
constexpr std::size_t kStreamWordsMax = 256;
constexpr std::size_t kStreamsFrom = 160;  // bytes; below, joining costs more than it saves

/// kShift[n]: by what to multiply a CRC that stands n words before the word that reduces it.
constexpr auto kShift = [] {
  std::array<u32, 2 * kStreamWordsMax + 2> shift{};
  u32 power = power_of_x(64 - 33);
  for (std::size_t words = 1; words < shift.size(); ++words) {
    shift[words] = power;
    for (int bit = 0; bit < 64; ++bit) {
      power = (power >> 1) ^ ((power & 1) != 0 ? kPolynomial : 0);
    }
  }
  return shift;
}();
static_assert(kShift[1] == power_of_x(31) && kShift[3] == power_of_x(3 * 64 - 33));

struct Processor {
  bool instruction = false;
  bool vectors = false;
};

/// XCR0: which registers the system keeps for a process. REQUIRES: OSXSAVE.
__attribute__((target("xsave"))) u64 registers_kept() { return static_cast<u64>(_xgetbv(0)); }

Processor detect() {
  constexpr unsigned kInstruction = bit_SSE4_2 | bit_PCLMUL;
  constexpr u64 kVectorRegisters = 0xe6;  // SSE, AVX, and the three parts of AVX-512
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  Processor found;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return found;
  found.instruction = (ecx & kInstruction) == kInstruction;
  if (!found.instruction || (ecx & bit_OSXSAVE) == 0) return found;
  if ((registers_kept() & kVectorRegisters) != kVectorRegisters) return found;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return found;
  found.vectors = (ebx & bit_AVX512F) != 0 && (ecx & bit_VPCLMULQDQ) != 0;
  return found;
}
// All false until it is initialised: whoever asks before that gets the same CRC from the tables.
const Processor kProcessor = detect();

/// The product of a CRC's state and a power, to be reduced by the word it is added to.
__attribute__((target("sse4.2,pclmul"))) u64 shifted(u64 state, u32 power) {
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<i64>(state)),
                                               _mm_cvtsi64_si128(static_cast<i64>(power)), 0);
  return static_cast<u64>(_mm_cvtsi128_si64(product));
}

/// The state after `bytes`, which are short: one stream.
__attribute__((target("sse4.2"))) u32 one_stream(const std::byte* at, std::size_t size, u64 state) {
  for (; size >= kWord; size -= kWord, at += kWord) state = _mm_crc32_u64(state, load_le64(at));
  u32 tail = static_cast<u32>(state);
  if ((size & 4) != 0) {
    u32 word = 0;
    std::memcpy(&word, at, sizeof word);
    tail = _mm_crc32_u32(tail, word);
    at += sizeof word;
  }
  for (size &= 3; size > 0; --size, ++at) tail = _mm_crc32_u8(tail, std::to_integer<u8>(*at));
  return tail;
}

/// The state after `bytes`.
__attribute__((target("sse4.2,pclmul"))) u32 three_streams(const std::byte* at, std::size_t size,
                                                           u32 seed_state) {
  u64 state = seed_state;
  while (size >= kStreamsFrom) {
    // Three stretches of equal length, and the word that joins them.
    std::size_t words = (size - kWord) / (3 * kWord);
    if (words > kStreamWordsMax) words = kStreamWordsMax;
    const std::byte* const second = at + words * kWord;
    const std::byte* const third = second + words * kWord;
    const std::byte* const joint = third + words * kWord;
    u64 second_state = 0;
    u64 third_state = 0;
    for (std::size_t byte = 0; byte < words * kWord; byte += kWord) {
      state = _mm_crc32_u64(state, load_le64(at + byte));
      second_state = _mm_crc32_u64(second_state, load_le64(second + byte));
      third_state = _mm_crc32_u64(third_state, load_le64(third + byte));
    }
    const u64 before =
        shifted(state, kShift[2 * words + 1]) ^ shifted(second_state, kShift[words + 1]);
    state = _mm_crc32_u64(third_state, load_le64(joint) ^ before);
    size -= static_cast<std::size_t>(joint + kWord - at);
    at = joint + kWord;
  }
  return one_stream(at, size, state);
}

// ---- Vectors ---------------------------------------------------------------------------------

constexpr std::size_t kVector = 64;
constexpr std::size_t kVectorsFrom = 4 * kVector;

#define SNOWFLK_VECTORS __attribute__((target("sse4.2,pclmul,avx512f,vpclmulqdq")))

/// What moves a lane of 16 bytes on by `bytes`: the power for its first word and for its second.
struct Fold {
  i64 first;
  i64 second;
};
constexpr Fold fold_by(unsigned bytes) {
  return {.first = power_of_x(8 * bytes + 64 - 33), .second = power_of_x(8 * bytes - 33)};
}
static_assert(fold_by(16).first == 0xf20c0dfe && fold_by(16).second == 0x493c7d27);

SNOWFLK_VECTORS __m512i load(const std::byte* at) { return _mm512_loadu_si512(at); }

SNOWFLK_VECTORS __m512i each_lane(Fold fold) {
  return _mm512_set_epi64(fold.second, fold.first, fold.second, fold.first, fold.second, fold.first,
                          fold.second, fold.first);
}

/// `lanes`, moved on by the bytes of `fold` and added to what lies there.
SNOWFLK_VECTORS __m512i folded(__m512i lanes, __m512i fold, __m512i onto) {
  const __m512i first = _mm512_clmulepi64_epi128(lanes, fold, 0x00);
  const __m512i second = _mm512_clmulepi64_epi128(lanes, fold, 0x11);
  constexpr int kXorOfThree = 0x96;
  return _mm512_ternarylogic_epi64(first, second, onto, kXorOfThree);
}

/// The four lanes as one, and that reduced.
SNOWFLK_VECTORS u64 reduced(__m512i lanes) {
  constexpr Fold kBy48 = fold_by(48);
  constexpr Fold kBy32 = fold_by(32);
  constexpr Fold kBy16 = fold_by(16);
  const __m512i fold = _mm512_set_epi64(0, 0, kBy16.second, kBy16.first, kBy32.second, kBy32.first,
                                        kBy48.second, kBy48.first);
  const __m512i last = _mm512_maskz_mov_epi64(0xc0, lanes);  // stays where it is
  const __m512i moved = folded(lanes, fold, last);
  // (The unmasked forms read an undefined vector as g++ 12 has them, and it warns.)
  const __m256i half = _mm256_xor_si256(_mm512_maskz_extracti64x4_epi64(0xf, moved, 0),
                                        _mm512_maskz_extracti64x4_epi64(0xf, moved, 1));
  const __m128i lane =
      _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  const u64 state = _mm_crc32_u64(0, static_cast<u64>(_mm_extract_epi64(lane, 0)));
  return _mm_crc32_u64(state, static_cast<u64>(_mm_extract_epi64(lane, 1)));
}

/// The state after `bytes`. REQUIRES: size >= kVectorsFrom.
SNOWFLK_VECTORS u32 vectors(const std::byte* at, std::size_t size, u32 state) {
  // Constants by word: clang 19 worked them out at each call, and a simulator that it had built
  // spent three quarters of its time on that.
  constexpr Fold kBy256 = fold_by(256);
  constexpr Fold kBy64 = fold_by(64);
  const __m512i by256 = each_lane(kBy256);
  const __m512i by64 = each_lane(kBy64);
  __m512i a = _mm512_xor_si512(load(at),
                               _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(state))));
  __m512i b = load(at + kVector);
  __m512i c = load(at + 2 * kVector);
  __m512i d = load(at + 3 * kVector);
  at += 4 * kVector;
  size -= 4 * kVector;
  for (; size >= 4 * kVector; size -= 4 * kVector, at += 4 * kVector) {
    a = folded(a, by256, load(at));
    b = folded(b, by256, load(at + kVector));
    c = folded(c, by256, load(at + 2 * kVector));
    d = folded(d, by256, load(at + 3 * kVector));
  }
  a = folded(folded(folded(a, by64, b), by64, c), by64, d);
  for (; size >= kVector; size -= kVector, at += kVector) a = folded(a, by64, load(at));
  return one_stream(at, size, reduced(a));
}

}  // namespace

bool has_crc32c_instruction() { return kProcessor.instruction; }
bool has_crc32c_vectors() { return kProcessor.vectors; }

u32 crc32c(Bytes bytes, u32 seed) {
  if (!kProcessor.instruction) return crc32c_by_table(bytes, seed);
  if (bytes.size() < kStreamsFrom) return ~one_stream(bytes.data(), bytes.size(), ~seed);
  if (bytes.size() < kVectorsFrom || !kProcessor.vectors) {
    return ~three_streams(bytes.data(), bytes.size(), ~seed);
  }
  return ~vectors(bytes.data(), bytes.size(), ~seed);
}

u32 crc32c_by_instruction(Bytes bytes, u32 seed) {
  SNOWFLK_ASSERT(has_crc32c_instruction());
  return ~three_streams(bytes.data(), bytes.size(), ~seed);
}

u32 crc32c_by_vectors(Bytes bytes, u32 seed) {
  SNOWFLK_ASSERT(has_crc32c_vectors());
  if (bytes.size() < kVectorsFrom) return ~three_streams(bytes.data(), bytes.size(), ~seed);
  return ~vectors(bytes.data(), bytes.size(), ~seed);
}

}  // namespace snowflk

#else

namespace snowflk {

bool has_crc32c_instruction() { return false; }
bool has_crc32c_vectors() { return false; }

u32 crc32c(Bytes bytes, u32 seed) { return crc32c_by_table(bytes, seed); }

u32 crc32c_by_instruction(Bytes, u32) {
  assert_failed({"this machine has a CRC32C instruction", __FILE__, __LINE__});
}
u32 crc32c_by_vectors(Bytes, u32) {
  assert_failed({"this machine multiplies vectors", __FILE__, __LINE__});
}

}  // namespace snowflk

#endif
