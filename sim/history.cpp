#include "sim/history.hpp"

#include <cstring>

namespace snowflk::sim {
namespace {

u32 load_size(const char* at) {
  u32 size = 0;
  std::memcpy(&size, at, sizeof size);
  return size;
}

void append(std::vector<char>& arena, std::string_view text) {
  arena.insert(arena.end(), text.begin(), text.end());
}

}  // namespace

OperationId History::invoke(u64 process, Instant at, std::span<const std::string_view> words) {
  SNOWFLK_ASSERT(!words.empty());
  SNOWFLK_ASSERT(operations_.size() < UINT32_MAX);
  Operation operation;
  operation.process = process;
  operation.invoked_at = at;
  operation.invoked_event = events_++;
  operation.words_offset = arena_.size();
  operation.word_count = static_cast<u32>(words.size());
  for (const std::string_view word : words) {
    SNOWFLK_ASSERT(word.size() <= UINT32_MAX);
    const u32 size = static_cast<u32>(word.size());
    char bytes[sizeof size];
    std::memcpy(bytes, &size, sizeof size);
    append(arena_, {bytes, sizeof size});
    append(arena_, word);
  }
  operations_.push_back(operation);
  return OperationId{static_cast<u32>(operations_.size() - 1)};
}

void History::complete(OperationId id, Instant at, Outcome outcome, std::string_view reply) {
  SNOWFLK_ASSERT(id.value < operations_.size());
  SNOWFLK_ASSERT(reply.size() <= UINT32_MAX);
  Operation& operation = operations_[id.value];
  SNOWFLK_ASSERT(operation.outcome == Outcome::pending);
  SNOWFLK_ASSERT(outcome != Outcome::pending);
  operation.outcome = outcome;
  operation.returned_at = at;
  const u64 event = events_++;
  if (outcome != Outcome::unknown) operation.returned_event = event;
  operation.reply_offset = arena_.size();
  operation.reply_size = static_cast<u32>(reply.size());
  append(arena_, reply);
}

std::string_view History::word(const Operation& operation, u32 at) const {
  SNOWFLK_ASSERT(at < operation.word_count);
  const char* cursor = arena_.data() + operation.words_offset;
  for (u32 skipped = 0; skipped < at; ++skipped) cursor += sizeof(u32) + load_size(cursor);
  return {cursor + sizeof(u32), load_size(cursor)};
}

void History::words(const Operation& operation, std::vector<std::string_view>& out) const {
  out.clear();
  const char* cursor = arena_.data() + operation.words_offset;
  for (u32 at = 0; at < operation.word_count; ++at) {
    const u32 size = load_size(cursor);
    out.emplace_back(cursor + sizeof(u32), size);
    cursor += sizeof(u32) + size;
  }
}

std::string_view History::reply(const Operation& operation) const {
  return {arena_.data() + operation.reply_offset, operation.reply_size};
}

}  // namespace snowflk::sim
