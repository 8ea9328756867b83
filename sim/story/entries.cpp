#include "sim/story/entries.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/kv/command.hpp"
#include "core/trace/text.hpp"
#include "sim/story/phrases.hpp"

namespace snowflk::sim::story {
namespace {

constexpr u64 kRowShown = 24;     // entries, before terms are counted
constexpr u64 kEntriesShown = 3;  // of a range

std::string counted_row(const raft::Log& log, LogIndex first, LogIndex last) {
  std::string row;
  LogIndex index = first;
  while (index <= last) {
    const Term term = log.term_at(index);
    u64 count = 0;
    while (index <= last && log.term_at(index) == term) {
      count += 1;
      index = index.next();
    }
    row += fmt::format("{}{}x{}", row.empty() ? "" : " ", term.value, count);
  }
  return row;
}

std::string term_row(const raft::Log& log, LogIndex first, LogIndex last) {
  if (last.value - first.value >= kRowShown) return counted_row(log, first, last);
  std::string row;
  for (LogIndex index = first; index <= last; index = index.next()) {
    row += fmt::format("{}{}", row.empty() ? "" : " ", log.term_at(index).value);
  }
  return row;
}

void append_word(std::string& text, Bytes word) {
  text += ' ';
  append_value(text, as_text(word));
}

/// INCR and its like are all one operation in the log: the shortest that has its effect.
std::string name_of_command(const kv::CommandView& command) {
  if (command.op() == kv::Op::incr_by) {
    if (command.operand() == 1) return "INCR";
    return command.operand() == -1 ? "DECR" : "INCRBY";
  }
  if (command.has(kv::kReturnInteger)) return "SETNX";
  std::string text{kv::name_of(command.op())};
  std::ranges::transform(text, text.begin(), [](char c) {
    return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

/// From memory, where what is not durable always is, or from where it lies on disk.
std::vector<std::byte> payload_of(const Actor& actor, LogIndex index) {
  const bitcask::Store& store = actor.state->store();
  if (const auto payload = store.payload(index)) return {payload->begin(), payload->end()};
  const u32 size = actor.state->raft()->log().entry(index).size;
  const bitcask::RecordLocation location = store.record_location(index, 0, size);
  std::vector<std::byte> bytes(size);
  bytes.resize(actor.disk->peek(
      bitcask::FileId{.kind = bitcask::FileKind::segment, .number = location.segment},
      location.offset, bytes));
  bitcask::mask_payload(bytes, location.segment, location.offset);
  return bytes;
}

/// The words a client would type for the same effect.
std::string phrase_command_of(const kv::CommandView& command) {
  std::string text = name_of_command(command);
  const bool pairs =
      command.op() == kv::Op::set || command.op() == kv::Op::mset || command.op() == kv::Op::append;
  u32 told = 0;
  command.for_each_record([&](const kv::CommandRecord& record) {
    told += 1;
    if (told == 2 && command.has(kv::kIfEqual)) {
      text += " IFEQ";
      append_word(text, record.value);
      return;
    }
    if (told > kEntriesShown) return;
    append_word(text, record.key);
    if (pairs) append_word(text, record.value);
  });
  if (told > kEntriesShown) text += " …";
  if (text.starts_with("INCRBY")) text += fmt::format(" {}", command.operand());
  if (command.has(kv::kIfAbsent) && !command.has(kv::kReturnInteger)) text += " NX";
  if (command.has(kv::kIfPresent)) text += " XX";
  if (command.has(kv::kReturnOld)) text += " GET";
  return text;
}

}  // namespace

std::string log_row(const raft::Log& log) {
  if (log.last_index() < log.first_index()) return "empty";
  return term_row(log, log.first_index(), log.last_index());
}

std::string log_line(const raft::Raft& raft) {
  return fmt::format("log {} | commit {}", log_row(raft.log()), raft.commit_index().value);
}

std::string phrase_terms(const raft::Log& log, LogIndex first, LogIndex last) {
  // Terms never fall along a log: equal ends, equal all.
  if (log.term_at(first) == log.term_at(last)) {
    return fmt::format("term {}", log.term_at(first).value);
  }
  return fmt::format("terms {}", term_row(log, first, last));
}

std::string phrase_entry(const Actor& actor, LogIndex index) {
  SNOWFLK_ASSERT(actor.state->raft() != nullptr);
  if (actor.state->raft()->log().entry(index).kind == raft::EntryKind::no_op) return "no-op";
  const std::vector<std::byte> payload = payload_of(actor, index);
  const auto command = kv::decode_command(payload);
  return command ? phrase_command_of(*command) : "command";
}

std::string phrase_entries(const Actor& actor, LogIndex first, LogIndex last) {
  if (first == last) return fmt::format("entry {}: {}", first.value, phrase_entry(actor, first));
  std::string text = fmt::format("entries {} to {}: ", first.value, last.value);
  const u64 count = last.value - first.value + 1;
  for (LogIndex index = first; index <= last; index = index.next()) {
    const bool shown =
        count <= kEntriesShown || index.value - first.value + 1 < kEntriesShown || index == last;
    if (!shown) continue;
    if (index == last && count > kEntriesShown) {
      text += " … ";
    } else if (index != first) {
      text += ", ";
    }
    text += phrase_entry(actor, index);
  }
  return text;
}

}  // namespace snowflk::sim::story
