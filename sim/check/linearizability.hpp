// Is there one order of all operations that explains every reply and respects real time?
//
// The check that needs no witness: it looks at the clients' history alone, so it judges any system
// whose commands are in sim/check/model.hpp. Herlihy and Wing's definition; a pending operation may
// have taken effect or not.
#pragma once

#include <string>
#include <vector>

#include "sim/check/linear_search.hpp"
#include "sim/check/violation.hpp"

namespace snowflk::sim {

struct LinearLimits {
  u64 steps_max = 200'000'000;         // over all keys; no clock decides
  u64 memo_slots_max = 1ULL << 22;     // a power of two, 16 bytes each
  u64 explain_steps_max = 40'000'000;  // to find the few operations that show why
};

struct LinearVerdict {
  Judgement judgement = Judgement::linearizable;
  std::string sentence;                 // not linearizable: which operations fit no order
  std::vector<OperationId> operations;  // the same, in the order of invocation
  u64 steps = 0;
  u64 partitions = 0;
  u64 skipped = 0;  // operations whose command the model does not know
};

LinearVerdict judge_linearizable(const History& history, const LinearLimits& limits = {});

/// A reply in RESP2 as people say it: `OK`, `nil`, `7`, `"x"`, and arrays as they stand.
std::string reply_text(std::string_view reply);

/// `process 3: GET x -> "1" (0.104 s to 0.120 s)`, for sentences.
std::string describe(const History& history, OperationId id);

/// `text` in double quotes, at most `size_max` bytes of it, with what is not printable escaped.
std::string quoted(std::string_view text, std::size_t size_max);

}  // namespace snowflk::sim
