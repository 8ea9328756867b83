#include "sim/story/entries.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/kv/command.hpp"
#include "core/trace/text.hpp"
#include "sim/story/phrases.hpp"

namespace snowflk::sim::story {
namespace {

constexpr u64 kRowShown = 24;     // entries, before terms are counted
constexpr u64 kEntriesShown = 3;  // of a range

std::string counted_row(const raft::Log& log) {
  std::string row;
  LogIndex index = log.first_index();
  while (index <= log.last_index()) {
    const Term term = log.term_at(index);
    u64 count = 0;
    while (index <= log.last_index() && log.term_at(index) == term) {
      count += 1;
      index = index.next();
    }
    row += fmt::format("{}{}x{}", row.empty() ? "" : " ", term.value, count);
  }
  return row;
}

void append_word(std::string& text, Bytes word) {
  text += ' ';
  append_value(text, as_text(word));
}

/// The words a client would type for the same effect.
std::string phrase_command_of(const kv::CommandView& command) {
  std::string text{kv::name_of(command.op())};
  std::ranges::transform(text, text.begin(), [](char c) {
    return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  if (command.op() == kv::Op::incr_by) text = "INCRBY";
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
  if (command.op() == kv::Op::incr_by) text += fmt::format(" {}", command.operand());
  if (command.has(kv::kIfAbsent)) text += " NX";
  if (command.has(kv::kIfPresent)) text += " XX";
  if (command.has(kv::kReturnOld)) text += " GET";
  return text;
}

}  // namespace

std::string log_row(const raft::Log& log) {
  if (log.last_index() < log.first_index()) return "empty";
  if (log.last_index().value - log.first_index().value >= kRowShown) return counted_row(log);
  std::string row;
  for (LogIndex index = log.first_index(); index <= log.last_index(); index = index.next()) {
    row += fmt::format("{}{}", row.empty() ? "" : " ", log.term_at(index).value);
  }
  return row;
}

std::string log_line(const raft::Raft& raft) {
  return fmt::format("log {} | commit {}", log_row(raft.log()), raft.commit_index().value);
}

std::string phrase_entry(const node::Node& node, LogIndex index) {
  SNOWFLK_ASSERT(node.raft() != nullptr);
  if (node.raft()->log().entry(index).kind == raft::EntryKind::no_op) return "no-op";
  const auto payload = node.store().payload(index);
  if (!payload) return "command";
  const auto command = kv::decode_command(*payload);
  return command ? phrase_command_of(*command) : "command";
}

std::string phrase_entries(const node::Node& node, LogIndex first, LogIndex last) {
  if (first == last) return fmt::format("entry {}: {}", first.value, phrase_entry(node, first));
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
    text += phrase_entry(node, index);
  }
  return text;
}

}  // namespace snowflk::sim::story
