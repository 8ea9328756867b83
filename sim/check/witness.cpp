#include "sim/check/witness.hpp"

#include <algorithm>

#include "sim/check/linearizability.hpp"

namespace snowflk::sim {
namespace {

Violation violation(std::string_view property, ViolationKind kind, std::string sentence) {
  return Violation{
      .property = std::string{property}, .kind = kind, .sentence = std::move(sentence)};
}

/// One run of the check.
class Witness {
 public:
  Witness(const History& history, const CommittedLog& log, u64 starting_entries)
      : history_(history),
        log_(log),
        replay_(history, starting_entries),
        positions_(history.operations().size(), kNowhere) {}

  Finding run() {
    if (!replay_.advance_to(log_, log_.entries().size())) return unknown_entry();
    std::vector<std::vector<u64>> entries(replay_.classes().size());
    for (u64 entry = 0; entry < replay_.size(); ++entry) {
      if (replay_.class_of(entry) != LogReplay::kNoClass) {
        entries[replay_.class_of(entry)].push_back(entry);
      }
    }
    for (u32 at = 0; at < entries.size(); ++at) {
      if (Finding finding = match(replay_.classes()[at], entries[at])) return finding;
    }
    return place_reads();
  }

 private:
  static constexpr u64 kNowhere = UINT64_MAX;

  Finding unknown_entry() const {
    const u64 entry = replay_.size();
    return violation("acknowledged_survives", ViolationKind::safety,
                     "entry " + std::to_string(entry + 1) + " of term " +
                         std::to_string(log_.entries()[entry].term.value) + ", applied by node " +
                         text_of(log_.entries()[entry].applied_by) +
                         ", is nothing that a client asked for");
  }

  // ---- Writes: entries and operations, one to one ---------------------------------------------

  [[nodiscard]] const Operation& operation(OperationId id) const { return history_.operation(id); }
  /// How many client events there were when the entry was applied.
  [[nodiscard]] u64 moment(u64 entry) const { return log_.entries()[entry].client_events; }

  /// Answered operations are points in need of an entry each. Entries in order, each to the
  /// operation that must have one soonest: if any matching exists, this finds one.
  Finding match(const CommandClass& some, std::span<const u64> entries) {
    std::vector<OperationId> waiting;
    std::size_t next = 0;
    u64 spare = 0;  // operations of unknown outcome that may have been this entry
    for (const u64 entry : entries) {
      for (; next < some.operations.size(); ++next) {
        const OperationId id = some.operations[next];
        if (operation(id).invoked_event >= moment(entry)) break;
        if (operation(id).outcome == Outcome::ok) waiting.push_back(id);
        if (may_have_been(operation(id).outcome)) spare += 1;
      }
      if (take_soonest(waiting, entry)) continue;
      if (some.starts_at == entry + 1) continue;
      if (spare == 0) return not_asked_for(some, entry);
      spare -= 1;
    }
    for (const OperationId id : some.operations) {
      const bool answered = operation(id).outcome == Outcome::ok;
      if (answered && positions_[id.value] == kNowhere) return not_there(id, entries);
    }
    return std::nullopt;
  }

  static bool may_have_been(Outcome outcome) {
    return outcome == Outcome::pending || outcome == Outcome::unknown;
  }

  /// An operation that was answered as the entry answers, and not before it was applied.
  bool take_soonest(std::vector<OperationId>& waiting, u64 entry) {
    auto soonest = waiting.end();
    for (auto at = waiting.begin(); at != waiting.end(); ++at) {
      const std::string_view reply = history_.reply(operation(*at));
      if (!reply.empty() && reply != replay_.reply(entry)) continue;
      if (operation(*at).returned_event < moment(entry)) continue;
      const bool sooner = soonest == waiting.end() ||
                          operation(*at).returned_event < operation(*soonest).returned_event;
      if (sooner) soonest = at;
    }
    if (soonest == waiting.end()) return false;
    positions_[soonest->value] = entry + 1;
    waiting.erase(soonest);
    return true;
  }

  Finding not_asked_for(const CommandClass& some, u64 entry) const {
    std::string words;
    for (const std::string_view word : some.words) {
      words += (words.empty() ? "" : " ") + std::string{word.substr(0, 40)};
    }
    return violation("linearizability", ViolationKind::linearizability,
                     "entry " + std::to_string(entry + 1) + " of term " +
                         std::to_string(log_.entries()[entry].term.value) + " (" + words +
                         ") is one more than clients asked for: a command was executed twice, or "
                         "though it was refused, or its answer is another");
  }

  Finding not_there(OperationId id, std::span<const u64> entries) const {
    const std::string what = describe(history_, id);
    for (const u64 entry : entries) {
      const bool taken = std::ranges::find(positions_, entry + 1) != positions_.end();
      if (taken) continue;
      return violation("linearizability", ViolationKind::linearizability,
                       what + " is at odds with entry " + std::to_string(entry + 1) +
                           " of the log, which answers " + reply_text(replay_.reply(entry)));
    }
    return violation("acknowledged_survives", ViolationKind::safety,
                     what + " is in no committed entry");
  }

  // ---- Reads: a state between two bounds ------------------------------------------------------

  /// In the order of returns, each at the earliest state that explains it, so that later reads
  /// keep the most room.
  Finding place_reads() {
    std::vector<OperationId> returned;
    for (u32 at = 0; at < history_.operations().size(); ++at) {
      if (history_.operations()[at].outcome == Outcome::ok) returned.push_back(OperationId{at});
    }
    std::ranges::sort(returned, {}, [&](OperationId id) { return operation(id).returned_event; });
    std::vector<u64> seen(history_.events() + 1, 0);  // by event: the newest state seen before it
    u64 newest = 0;
    u64 event = 0;
    std::vector<std::string_view> words;
    for (const OperationId id : returned) {
      for (; event <= operation(id).returned_event; ++event) seen[event] = newest;
      history_.words(operation(id), words);
      const auto command = parse_command(words);
      if (command && command->reads_only() && !history_.reply(operation(id)).empty()) {
        const u64 oldest = seen[operation(id).invoked_event];
        if (Finding finding = place(id, *command, oldest)) return finding;
      }
      if (positions_[id.value] != kNowhere) newest = std::max(newest, positions_[id.value]);
    }
    return std::nullopt;
  }

  /// The state of the log after `entries` entries.
  struct StateAt {
    const LogReplay& replay;
    const Command& command;
    u64 entries;

    [[nodiscard]] std::optional<std::string_view> find(std::size_t at) const {
      const auto versions = replay.versions(command.key(at));
      const auto later =
          std::ranges::upper_bound(versions, entries, {}, &LogReplay::Version::after);
      if (later == versions.begin() || !std::prev(later)->value) return std::nullopt;
      return *std::prev(later)->value;
    }
    void put(std::size_t, std::string_view) { SNOWFLK_ASSERT(command.reads_only()); }
    void erase(std::size_t) { SNOWFLK_ASSERT(command.reads_only()); }
    [[nodiscard]] std::size_t size() const { return replay.keys_after(entries); }
  };

  bool explains(OperationId id, const Command& command, u64 entries) {
    reply_.clear();
    StateAt state{.replay = replay_, .command = command, .entries = entries};
    sim::run(command, state, reply_);
    return reply_ == history_.reply(operation(id));
  }

  Finding place(OperationId id, const Command& command, u64 oldest) {
    u64 newest = oldest;
    while (newest < log_.entries().size() && moment(newest) <= operation(id).returned_event) {
      newest += 1;
    }
    for (u64 entries = oldest; entries <= newest; ++entries) {
      if (!explains(id, command, entries)) continue;
      positions_[id.value] = entries;
      return std::nullopt;
    }
    return violation("linearizability", ViolationKind::linearizability,
                     describe(history_, id) + " is the state after none of the entries " +
                         std::to_string(oldest) + " to " + std::to_string(newest) +
                         " of the log, the last that others had seen before and the last that was "
                         "applied by then");
  }

  const History& history_;
  const CommittedLog& log_;
  LogReplay replay_;
  std::vector<u64> positions_;  // of answered operations: after which entry
  std::string reply_;
};

}  // namespace

Finding judge_by_log(const History& history, const CommittedLog& log, u64 starting_entries) {
  return Witness{history, log, starting_entries}.run();
}

}  // namespace snowflk::sim
