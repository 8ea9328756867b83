#include "sim/check/log_replay.hpp"

#include "core/base/hash.hpp"
#include "core/kv/command.hpp"

namespace snowflk::sim {
namespace {

/// As core/node hashes the payload of the entry that `words` become; nothing if they become none.
std::optional<u64> payload_hash(std::span<const std::string_view> words,
                                std::vector<std::byte>& scratch) {
  scratch.clear();
  if (!kv::encode_command(words, scratch)) return std::nullopt;
  return hash64(scratch, 0);
}

}  // namespace

LogReplay::LogReplay(const History& history, u64 starting_entries) {
  for (u64 index = 1; index <= starting_entries; ++index) {
    starting_values_.push_back(std::to_string(index));
  }
  for (u64 index = 1; index <= starting_entries; ++index) add_starting_entry(index);
  for (u32 at = 0; at < history.operations().size(); ++at) add_operation(history, OperationId{at});
}

void LogReplay::add_starting_entry(u64 index) {
  const std::string_view words[] = {"SET", "x", starting_values_[index - 1]};
  const std::optional<u64> hash = payload_hash(words, scratch_);
  SNOWFLK_ASSERT(hash);
  classes_[class_with(*hash, *parse_command(words))].starts_at = index;
}

void LogReplay::add_operation(const History& history, OperationId id) {
  history.words(history.operation(id), words_);
  const auto command = parse_command(words_);
  if (!command || command->reads_only()) return;
  const std::optional<u64> hash = payload_hash(words_, scratch_);
  if (!hash) return;
  classes_[class_with(*hash, *command)].operations.push_back(id);
}

/// `command` may borrow its row of words for the length of the call.
u32 LogReplay::class_with(u64 hash, const Command& command) {
  const u32 found = class_by_hash_.find_or_add(hash, static_cast<u32>(classes_.size()));
  if (found < classes_.size()) return found;
  CommandClass& made = classes_.emplace_back();
  made.words.assign(command.words.begin(), command.words.end());
  made.command = command;
  made.command.words = made.words;
  return found;
}

bool LogReplay::advance_to(const CommittedLog& log, u64 size) {
  SNOWFLK_ASSERT(size <= log.entries().size());
  static const u64 kNoOp = hash64(Bytes{}, 0);
  while (replies_.size() < size) {
    const CommittedEntry& entry = log.entries()[replies_.size()];
    const u32 found = class_by_hash_.find(entry.payload_hash);
    const bool changes = found != HashIndex::kNone;
    if (!changes && entry.payload_hash != kNoOp) return false;
    classes_of_.push_back(changes ? found : kNoClass);
    replies_.emplace_back(changes ? model_.apply(classes_[found].command) : "");
    if (changes) note_versions(classes_[found].command);
    key_counts_.push_back(model_.map().size());
  }
  return true;
}

void LogReplay::note_versions(const Command& command) {
  for (std::size_t at = 0; at < command.key_count(); ++at) {
    const std::string_view key = command.key(at);
    const auto value = model_.map().find(key);
    Version version{.after = replies_.size(), .value = std::nullopt};
    if (value != model_.map().end()) version.value = value->second;
    std::vector<Version>& versions = versions_[std::string{key}];
    const bool changed =
        versions.empty() ? version.value.has_value() : versions.back().value != version.value;
    if (changed) versions.push_back(std::move(version));
  }
}

std::span<const LogReplay::Version> LogReplay::versions(std::string_view key) const {
  const auto found = versions_.find(key);
  if (found == versions_.end()) return {};
  return found->second;
}

}  // namespace snowflk::sim
