#include "sim/story/story.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/story/entries.hpp"
#include "sim/story/phrases.hpp"

namespace snowflk::sim::story {
namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kReset = "\x1b[0m";

std::string seconds_of(VirtualTime at) {
  return fmt::format("{}.{:06}", at.value / 1'000'000'000, at.value % 1'000'000'000 / 1'000);
}

/// After these, where a log stands is what the reader wants to know.
bool shows_log(const node::Event& event) {
  const auto* of_raft = std::get_if<raft::Event>(&event);
  return of_raft != nullptr && (std::holds_alternative<raft::BecameLeader>(*of_raft) ||
                                std::holds_alternative<raft::LogTruncated>(*of_raft));
}

/// "failed: ERR …" where a node said why.
std::string phrase_outcome(const History& history, const Operation& operation) {
  const std::string why = phrase_reply(history.reply(operation));
  const std::string_view outcome = name_of(operation.outcome);
  return why.empty() ? std::string{outcome} : fmt::format("{}: {}", outcome, why);
}

std::string phrase_commit(const Actor& leader, u64 from, u64 to, bool each) {
  const raft::Raft* raft = leader.state->raft();
  // What it was may be gone by the time that it is told.
  if (each && raft != nullptr && raft->log().last_index().value >= to) {
    return "commits " + phrase_entries(*leader.state, LogIndex{from}, LogIndex{to});
  }
  return from == to ? fmt::format("commits entry {}", to)
                    : fmt::format("commits entries {} to {}", from, to);
}

/// Rot before the refusal that follows from it: causes first.
bool stands_first(const node::Event& event) {
  return std::holds_alternative<bitcask::Event>(event);
}

}  // namespace

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::down: return "down";
    case Standing::paused: return "paused";
    case Standing::booting: return "booting";
    case Standing::refusing: return "refusing";
    case Standing::follower: return "follower";
    case Standing::pre_candidate: return "pre-candidate";
    case Standing::candidate: return "candidate";
    case Standing::leader: return "leader";
  }
  return "?";
}

void Story::head() {
  *out_ += fmt::format("{:>11}  {:<4}  {:<13}  {:>4}  {}\n", "seconds", "node", "role", "term",
                       "what happens");
}

void Story::observe(const StepRecord& record, const Actor& actor, const History& history) {
  if (const std::string text = phrase(record.what); !text.empty()) {
    const bool better = std::holds_alternative<NodeResumed>(record.what);
    line(record.at, actor, text, better ? Tone::plain : Tone::fault);
  }
  observe_operation(record, history);
  bool log = false;
  for (const bool first : {true, false}) {
    for (const node::Event& event : record.effects->events) {
      if (stands_first(event) != first) continue;
      observe_event(record, actor, event);
      log = log || shows_log(event);
    }
  }
  if (log) line(record.at, actor, log_line(*actor.state->raft()));
  for (const node::Halt& halt : record.effects->halt) {
    line(record.at, actor, fmt::format("halts: {}", halt.reason), Tone::fault);
  }
}

void Story::observe_event(const StepRecord& record, const Actor& actor, const node::Event& event) {
  Tone tone = Tone::plain;
  if (const auto* of_raft = std::get_if<raft::Event>(&event)) {
    if (const auto* commit = std::get_if<raft::CommitAdvanced>(of_raft)) {
      observe_commit(record.at, actor, commit->commit_index);
    }
    if (std::holds_alternative<raft::BecameLeader>(*of_raft)) {
      tone = Tone::success;
      commit_told_ = std::max(commit_told_, actor.state->raft()->commit_index().value);
    }
  }
  if (!is_told(event, actor)) return;
  const std::string text = phrase(event, *actor.state, record.effects->events);
  if (!text.empty()) line(record.at, actor, text, tone);
}

/// Of entries in a run of many operations: only those that a leader begins its term with.
bool Story::is_told(const node::Event& event, const Actor& actor) const {
  const auto* of_raft = std::get_if<raft::Event>(&event);
  if (of_raft == nullptr || style_.every_operation) return true;
  const auto* appended = std::get_if<raft::EntriesAppended>(of_raft);
  if (appended == nullptr) return true;
  return actor.standing == Standing::leader &&
         actor.state->raft()->log().entry(appended->first).kind == raft::EntryKind::no_op;
}

void Story::observe_operation(const StepRecord& record, const History& history) {
  const auto* invoked = std::get_if<Invoked>(&record.what);
  const auto* returned = std::get_if<Returned>(&record.what);
  if (invoked == nullptr && returned == nullptr) return;
  const u32 client = invoked != nullptr ? invoked->client : returned->client;
  const Operation& operation =
      history.operation(invoked != nullptr ? invoked->operation : returned->operation);
  if (!style_.every_operation) {
    const Outcome outcome = invoked != nullptr ? Outcome::pending : returned->outcome;
    gathered_.outcomes[static_cast<u8>(outcome)] += 1;
    gathered_.at = record.at;
    return;
  }
  const std::string command = phrase_command(history, operation);
  std::string text = fmt::format("client {} asks {}", client, command);
  if (returned != nullptr) {
    const std::string answer = returned->outcome == Outcome::ok
                                   ? phrase_reply(history.reply(operation))
                                   : phrase_outcome(history, operation);
    text = fmt::format("client {} gets {} for {}", client, answer, command);
  }
  line(record.at, Actor{}, text);
}

// "A log entry is committed once the leader that created the entry has replicated it on a majority
// of the servers": the leader's commit is news of the cluster's, a follower's is news of its own.
void Story::observe_commit(VirtualTime at, const Actor& actor, LogIndex index) {
  const bool leads = actor.standing == Standing::leader;
  if (!leads) {
    if (style_.every_operation) {
      line(at, actor, fmt::format("its commit index is {} now", index.value));
    }
    return;
  }
  if (index.value <= std::max(commit_told_, gathered_.commits_to)) return;
  if (gathered_.commits_to == 0) gathered_.commits_from = commit_told_ + 1;
  gathered_.at = at;
  gathered_.leader = actor;
  gathered_.commits_to = index.value;
  if (style_.every_operation) flush();
}

void Story::flush() {
  const Gathered gathered = gathered_;
  gathered_ = Gathered{};
  const auto& [asked, ok, failed, unknown] = gathered.outcomes;
  if (asked + ok + failed + unknown > 0) {
    put(gathered.at, Actor{},
        fmt::format("clients asked {} times, got {} answers, {} refusals; {} outcomes are unknown",
                    asked, ok, failed, unknown),
        Tone::plain);
  }
  if (gathered.commits_to > 0) {
    commit_told_ = gathered.commits_to;
    put(gathered.at, gathered.leader,
        phrase_commit(gathered.leader, gathered.commits_from, gathered.commits_to,
                      style_.every_operation),
        Tone::plain);
  }
}

bool Story::is_repeated(VirtualTime at, const Actor& actor, std::string_view text) {
  Repeated& before = repeated_[actor.node.value];
  if (before.text == text) {
    before.times += 1;
    before.last = at;
    before.actor = actor;
    return true;
  }
  tell_repeated(before);
  before.text = text;
  return false;
}

void Story::tell_repeated(Repeated& repeated) {
  if (repeated.times > 0) {
    put(repeated.last, repeated.actor,
        fmt::format("({} more: {})",
                    repeated.times == 1 ? "once" : fmt::format("{} times", repeated.times),
                    repeated.text),
        Tone::plain);
  }
  repeated = Repeated{};
}

void Story::say(VirtualTime at, std::string_view text) {
  finish();
  *out_ += fmt::format("{:>11}  -- {}\n", seconds_of(at), printable(text));
}

void Story::finish() {
  flush();
  for (Repeated& repeated : repeated_) tell_repeated(repeated);
}

void Story::line(VirtualTime at, const Actor& actor, std::string_view text, Tone tone) {
  flush();
  if (!actor.node.nobody() && is_repeated(at, actor, text)) return;
  put(at, actor, text, tone);
}

void Story::put(VirtualTime at, const Actor& actor, std::string_view text, Tone tone) {
  std::string node;
  std::string role;
  std::string term;
  if (!actor.node.nobody()) {
    node = fmt::format("n{}", actor.node.value);
    role = name_of(actor.standing);
    if (actor.standing >= Standing::follower) term = fmt::format("{}", actor.term.value);
  }
  const bool coloured = style_.colour && tone != Tone::plain;
  *out_ += fmt::format("{:>11}  {:<4}  {:<13}  {:>4}  {}{}{}\n", seconds_of(at), node, role, term,
                       coloured ? (tone == Tone::fault ? kRed : kGreen) : "", text,
                       coloured ? kReset : "");
}

std::string_view legend() {
  return R"(The columns of a story:
  seconds       virtual time since the run began; no real clock is read
  node          to whom it happened; empty: a client, the network or all
  role          what the node is after the event
  term          its current term after the event (Raft, section 5.1)
Roles:
  follower      answers leaders and candidates
  pre-candidate asks whether it could win, before it raises its term (thesis, section 9.6)
  candidate     has voted for itself and asks for votes (section 5.2)
  leader        takes commands and replicates them (section 5.3)
  booting       reads its directory
  refusing      found its log damaged: neither votes nor serves
  paused, down  is not running
Lines:
  --            the script, or a note of the scenario
  log 1 1 4 | commit 2
                the terms of all entries from index 1 on, and the commit index; 1x200: 200 in a row
  is up: start 2
                for the second time on this disk
  appends       takes entries into its log; they are not durable yet, and not committed
  no-op         the empty entry with which a leader begins its term (section 8)
  commits       a leader finds entries on a majority: they are committed (section 5.4.2)
  its commit index
                a follower hears from the leader up to where the log is committed
  client 1 asks, gets
                a client's command, and what came: an answer; failed: it was refused and had no
                effect; unknown: nobody answered, it may or may not have had its effect
  hold, deliver, drop, duplicate, release
                the script keeps single messages back, and lets them go
  (3 times more: ...)
                the same again, told once; the time is that of the last
)";
}

}  // namespace snowflk::sim::story
