// What clients asked and were answered, and in which order: the record that linearizability is
// judged on.
//
// Owns the bytes of all words and replies in one arena, so that a history is a value: cheap to
// copy, compare and append to. Order is by event number (an invocation and a return are an event
// each), never by time: two events at one instant still have an order. Times are for people.
//
// A reply is kept as RESP2 writes it ("$1\r\nx\r\n"): one canonical text for equal replies.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk::sim {

/// How an operation ended. `failed`: it certainly did not and will not run. `unknown`: it may take
/// effect at any time after its invocation, or never.
enum class Outcome : u8 { pending, ok, failed, unknown };
constexpr std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::pending: return "pending";
    case Outcome::ok: return "ok";
    case Outcome::failed: return "failed";
    case Outcome::unknown: return "unknown";
  }
  return "?";
}

/// Names one operation of a history: its place in the order of invocations, from 0.
struct OperationId {
  static constexpr bool kScalar = true;
  u32 value = 0;
  friend constexpr auto operator<=>(OperationId, OperationId) = default;
};

inline constexpr u64 kNoEvent = UINT64_MAX;

struct Operation {
  u64 process = 0;     // the client; it has one operation at a time
  Instant invoked_at;  // simulated or recorded time
  Instant returned_at = kNever;
  u64 invoked_event = 0;          // its place among all events of the history
  u64 returned_event = kNoEvent;  // of ok and failed only: an unknown outcome never returns
  u64 words_offset = 0;
  u64 reply_offset = 0;
  u32 word_count = 0;
  u32 reply_size = 0;
  Outcome outcome = Outcome::pending;
};

class History {
 public:
  /// `words` as a client would send them: {"SET", "key", "value"}. Copied.
  OperationId invoke(u64 process, Instant at, std::span<const std::string_view> words);
  /// `reply` in RESP2; empty but for ok. REQUIRES: `id` is pending; `outcome` is not.
  void complete(OperationId id, Instant at, Outcome outcome, std::string_view reply);

  /// In the order of invocation. What is still pending counts as unknown.
  [[nodiscard]] std::span<const Operation> operations() const { return operations_; }
  [[nodiscard]] const Operation& operation(OperationId id) const { return operations_[id.value]; }
  /// How many events there are so far: the number of the next one.
  [[nodiscard]] u64 events() const { return events_; }
  /// Borrowed until the next non-const call. REQUIRES: at < operation.word_count.
  [[nodiscard]] std::string_view word(const Operation& operation, u32 at) const;
  /// All words, into `out` (cleared first), borrowed likewise.
  void words(const Operation& operation, std::vector<std::string_view>& out) const;
  [[nodiscard]] std::string_view reply(const Operation& operation) const;

 private:
  template <class>
  friend struct snowflk::StateOf;

  std::vector<Operation> operations_;
  std::vector<char> arena_;  // words as {u32 size, bytes}; replies as bytes
  u64 events_ = 0;
};

}  // namespace snowflk::sim
