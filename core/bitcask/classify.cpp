// The table, and the proof that it is exhaustive and that no two rows meet.
#include "core/bitcask/classify.hpp"

#include <array>
#include <initializer_list>

#include "core/base/assert.hpp"

namespace snowflk::bitcask {
namespace {

using enum Standing;

// A set of values of one of the enums, as bits.
template <class Enum>
struct Any {
  u8 bits = 0;
  constexpr Any(std::initializer_list<Enum> values) {
    for (const Enum value : values) {
      bits = static_cast<u8>(bits | (1U << static_cast<unsigned>(value)));
    }
  }
  [[nodiscard]] constexpr bool has(Enum value) const {
    return ((static_cast<unsigned>(bits) >> static_cast<unsigned>(value)) & 1U) != 0;
  }
};

struct Row {
  Any<Standing> standing;
  Any<HeadState> head;
  Any<PieceBody> body;
  Verdict verdict;
  std::string_view rule;

  [[nodiscard]] constexpr bool covers(Standing s, HeadState h, PieceBody b) const {
    return standing.has(s) && head.has(h) && body.has(b);
  }
};

constexpr auto kBoth = HeadState::both;
constexpr auto kOne = HeadState::one;
constexpr auto kBlank = HeadState::blank;
constexpr auto kGarbage = HeadState::garbage;
constexpr auto kIntact = PieceBody::intact;
constexpr auto kUnwritten = PieceBody::unwritten;
constexpr auto kRotten = PieceBody::rotten;
constexpr auto kEmpty = PieceBody::empty;
constexpr auto kUnknown = PieceBody::unknown;

// A segment's space is zero when it is made and never used twice. So what a cut-off write left out
// is still zero; what is neither zero nor what was written did not come from a crash.
constexpr std::array<Row, 12> kRows{{
    {{dead},
     {kBoth, kOne, kBlank, kGarbage},
     {kIntact, kUnwritten, kRotten, kUnknown},
     Verdict::dead,
     "dead-whatever-it-holds"},
    {{dead, unwitnessed}, {kBlank}, {kEmpty}, Verdict::end, "nothing-was-written-here"},

    {{witnessed, unwitnessed}, {kBoth}, {kIntact}, Verdict::ok, "intact"},
    // Every byte is there and proven by the other copy; the copy is mended by being re-homed, or
    // left as it is.
    {{witnessed}, {kOne}, {kIntact}, Verdict::ok, "intact-one-head-lost"},
    {{unwitnessed}, {kOne}, {kIntact}, Verdict::ok, "intact-one-head-missing"},

    // It was durable: another batch says so. Damage is rot, also where it reads as zero.
    {{witnessed}, {kBoth, kOne}, {kUnwritten}, Verdict::rotten, "witnessed-but-blank"},
    {{witnessed}, {kBoth, kOne}, {kRotten}, Verdict::rotten, "witnessed-but-rotten"},
    {{witnessed}, {kBlank, kGarbage}, {kEmpty, kUnknown}, Verdict::rotten, rules::kWitnessedLost},

    // Nothing says that it was durable.
    {{unwitnessed}, {kBoth, kOne}, {kUnwritten}, Verdict::torn, "cut-off-while-written"},
    {{unwitnessed}, {kBoth, kOne}, {kRotten}, Verdict::rotten, "neither-old-nor-new"},
    {{unwitnessed}, {kBlank}, {kUnknown}, Verdict::torn, "head-never-written"},
    {{unwitnessed}, {kGarbage}, {kUnknown}, Verdict::rotten, "head-neither-old-nor-new"},
}};

constexpr std::array kStandings{dead, witnessed, unwitnessed};
constexpr std::array kHeads{kBoth, kOne, kBlank, kGarbage};
constexpr std::array kBodies{kIntact, kUnwritten, kRotten, kEmpty, kUnknown};

constexpr unsigned rows_that_cover(Standing s, HeadState h, PieceBody b) {
  unsigned count = 0;
  for (const Row& row : kRows) count += row.covers(s, h, b) ? 1U : 0U;
  return count;
}

constexpr bool each_case_has_one_row() {
  for (const Standing s : kStandings) {
    for (const HeadState h : kHeads) {
      for (const PieceBody b : kBodies) {
        if (can_be(h, b) && rows_that_cover(s, h, b) != 1) return false;
      }
    }
  }
  return true;
}
static_assert(each_case_has_one_row(), "the table is exhaustive, and no two rows meet");

}  // namespace

Classification classify(Standing standing, HeadState head, PieceBody body) {
  SNOWFLK_ASSERT(can_be(head, body));
  for (const Row& row : kRows) {
    if (row.covers(standing, head, body)) return {.verdict = row.verdict, .rule = row.rule};
  }
  SNOWFLK_ASSERT(false);
  return {};
}

}  // namespace snowflk::bitcask
