#include "sim/story/story.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/story/entries.hpp"
#include "sim/story/in_order.hpp"
#include "sim/story/phrases.hpp"

namespace snowflk::sim::story {
namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kReset = "\x1b[0m";

std::string seconds_of(VirtualTime at) {
  return fmt::format("{}.{:06}", at.value / 1'000'000'000, at.value % 1'000'000'000 / 1'000);
}

bool begins_term(const node::Event& event) {
  const auto* of_raft = std::get_if<raft::Event>(&event);
  return of_raft != nullptr && std::holds_alternative<raft::BecameLeader>(*of_raft);
}

/// After these, where a log stands is what the reader wants to know.
bool shows_log(const node::Event& event) {
  const auto* of_raft = std::get_if<raft::Event>(&event);
  return begins_term(event) ||
         (of_raft != nullptr && std::holds_alternative<raft::LogTruncated>(*of_raft));
}

/// "failed: ERR …" where a node said why.
std::string phrase_outcome(const History& history, const Operation& operation) {
  const std::string why = phrase_reply(history.reply(operation));
  const std::string_view outcome = name_of(operation.outcome);
  return why.empty() ? std::string{outcome} : fmt::format("{}: {}", outcome, why);
}

/// Rot before the refusal that follows from it: causes first.
bool stands_first(const node::Event& event) {
  return std::holds_alternative<bitcask::Event>(event);
}

/// What others do next may follow from it: it is told when it happens, however often that is.
bool is_a_cause(const Happening& what) {
  return std::holds_alternative<NodeCrashed>(what) || std::holds_alternative<NodePaused>(what) ||
         std::holds_alternative<NodeResumed>(what);
}

void add(Sentences& told, std::string text, Tone tone = Tone::plain) {
  if (!text.empty()) told.push_back({.text = std::move(text), .tone = tone});
}

}  // namespace

void Story::head() {
  *out_ += fmt::format("{:>11}  {:<4}  {:<13}  {:>4}  {}\n", "seconds", "node", "role", "term",
                       "what happens");
}

void Story::observe(const StepRecord& record, const Actor& actor, const History& history) {
  Sentences told;
  if (!gather(record)) {
    observe_operation(record, history);
    const bool better = std::holds_alternative<NodeResumed>(record.what);
    add(told, phrase(record.what), better ? Tone::plain : Tone::fault);
  }
  if (!actor.node.nobody()) observe_events(record, actor, told);
  tell(record.at, actor, told, is_a_cause(record.what));
}

void Story::observe_events(const StepRecord& record, const Actor& actor, Sentences& told) {
  bool log = false;
  for (const bool first : {true, false}) {
    for (const node::Event& event : record.effects->events) {
      if (stands_first(event) != first) continue;
      observe_event(record, actor, event, told);
      log = log || shows_log(event);
    }
  }
  const Told wanted = style_.every_operation ? Told::all : Told::decisive;
  add(told, refusals_.phrase(record, *actor.state, wanted));
  if (log) add(told, log_line(*actor.state->raft()));
  for (const node::Halt& halt : record.effects->halt) {
    add(told, fmt::format("halts: {}", halt.reason), Tone::fault);
  }
}

void Story::observe_event(const StepRecord& record, const Actor& actor, const node::Event& event,
                          Sentences& told) {
  Tone tone = Tone::plain;
  if (const auto* of_raft = std::get_if<raft::Event>(&event)) {
    if (const auto* commit = std::get_if<raft::CommitAdvanced>(of_raft)) {
      observe_commit(record.at, actor, commit->commit_index, told);
    }
    if (begins_term(event)) {
      tone = Tone::success;
      commit_told_ = std::max(commit_told_, actor.state->raft()->commit_index().value);
    }
    if (!is_told(record, actor, event)) {
      return observe_append(record.at, actor, std::get<raft::EntriesAppended>(*of_raft));
    }
  }
  add(told, phrase(event, actor, record.effects->events), tone);
}

/// Of entries in a run of many operations: only those that a leader begins its term with.
bool Story::is_told(const StepRecord& record, const Actor& actor, const node::Event& event) const {
  const auto* of_raft = std::get_if<raft::Event>(&event);
  if (of_raft == nullptr || style_.every_operation) return true;
  if (!std::holds_alternative<raft::EntriesAppended>(*of_raft)) return true;
  return actor.standing == Standing::leader &&
         std::ranges::any_of(record.effects->events, begins_term);
}

/// What a run of many operations is not told of one by one.
bool Story::gather(const StepRecord& record) {
  if (style_.every_operation) return false;
  return std::visit(Overloaded{
                        [&](const Invoked&) {
                          gathered_.outcome(record.at, Outcome::pending);
                          return true;
                        },
                        [&](const Returned& e) {
                          gathered_.outcome(record.at, e.outcome);
                          return true;
                        },
                        [&](const ClockJumped&) {
                          gathered_.clock_jump(record.at, record.node);
                          return true;
                        },
                        [&](const ReadFinished& e) {
                          if (e.failed) gathered_.failed_read(record.at, record.node);
                          return e.failed;
                        },
                        [](const auto&) { return false; },
                    },
                    record.what);
}

void Story::observe_operation(const StepRecord& record, const History& history) {
  const auto* invoked = std::get_if<Invoked>(&record.what);
  const auto* returned = std::get_if<Returned>(&record.what);
  if (invoked == nullptr && returned == nullptr) return;
  const u32 client = invoked != nullptr ? invoked->client : returned->client;
  const Operation& operation =
      history.operation(invoked != nullptr ? invoked->operation : returned->operation);
  const std::string command = phrase_command(history, operation);
  std::string text = fmt::format("client {} asks {}", client, command);
  if (returned != nullptr) {
    const std::string answer = returned->outcome == Outcome::ok
                                   ? phrase_reply(history.reply(operation))
                                   : phrase_outcome(history, operation);
    text = fmt::format("client {} gets {} for {}", client, answer, command);
  }
  tell(record.at, Actor{}, {{.text = std::move(text)}});
}

/// What a leader takes in; that its followers do too, its commits tell.
void Story::observe_append(VirtualTime at, const Actor& actor,
                           const raft::EntriesAppended& appended) {
  if (actor.standing != Standing::leader) return;
  if (!gathered_.is_of(actor)) tell_kept_back(at, false, {});
  gathered_.append(at, actor, appended.first, appended.first + (appended.count - 1));
}

// "A log entry is committed once the leader that created the entry has replicated it on a majority
// of the servers": the leader's commit is news of the cluster's, a follower's is news of its own.
void Story::observe_commit(VirtualTime at, const Actor& actor, LogIndex index, Sentences& told) {
  if (actor.standing != Standing::leader) {
    if (style_.every_operation) add(told, fmt::format("its commit index is {} now", index.value));
    return;
  }
  if (index.value <= commit_told_) return;
  const LogIndex first{commit_told_ + 1};
  commit_told_ = index.value;
  if (style_.every_operation) {
    add(told, "commits " + phrase_entries(actor, first, index));
    return;
  }
  if (!gathered_.is_of(actor)) tell_kept_back(at, false, {});
  gathered_.commit(at, actor, first, index);
}

void Story::say(VirtualTime at, std::string_view text) {
  finish();
  SNOWFLK_ASSERT(at >= printed_);
  printed_ = at;
  *out_ += fmt::format("{:>11}  -- {}\n", seconds_of(at), printable(text));
}

void Story::finish() {
  std::vector<Repeats> repeats;
  for (Folding& folding : foldings_) repeats.push_back(folding.take());
  tell_kept_back(printed_, true, std::move(repeats));
}

void Story::tell(VirtualTime at, const Actor& actor, const Sentences& told, bool at_once) {
  if (told.empty()) return;
  std::vector<Repeats> repeats;
  if (!actor.node.nobody()) {
    Folding& folding = foldings_[actor.node.value];
    if (!at_once && folding.fold(at, actor, told)) return;
    repeats.push_back(folding.take());
    if (!at_once) folding.remember(told);
  }
  tell_kept_back(at, false, std::move(repeats));
  for (const Sentence& sentence : told) print(at, actor, sentence);
}

void Story::tell_kept_back(VirtualTime now, bool all, std::vector<Repeats> repeats) {
  std::erase_if(repeats, [](const Repeats& counted) { return counted.times == 0; });
  put_in_order(repeats, &Repeats::last);
  auto next = repeats.begin();
  for (const KeptBack& line : gathered_.take(now, all)) {
    for (; next != repeats.end() && next->last < line.at; ++next) print_repeats(*next);
    print(std::max(printed_, line.at), line.actor, {.text = line.text});
  }
  for (; next != repeats.end(); ++next) print_repeats(*next);
}

/// Others may have had their say since the last of them: then its time stands in the line.
void Story::print_repeats(const Repeats& repeats) {
  const bool once = repeats.times == 1;
  std::string count = once ? "once" : fmt::format("{} times", repeats.times);
  count += " more";
  if (repeats.last < printed_) {
    count += fmt::format(", {} {}", once ? "at" : "until", seconds_of(repeats.last));
  }
  print(std::max(printed_, repeats.last), repeats.actor,
        {.text = fmt::format("({}: {})", count, repeats.text)});
}

void Story::print(VirtualTime at, const Actor& actor, const Sentence& sentence) {
  SNOWFLK_ASSERT(at >= printed_);  // A reader believes that what stands below came later.
  printed_ = at;
  std::string node;
  std::string role;
  std::string term;
  if (!actor.node.nobody()) {
    node = fmt::format("n{}", actor.node.value);
    role = name_of(actor.standing);
    if (actor.standing >= Standing::follower) term = fmt::format("{}", actor.term.value);
  }
  const bool coloured = style_.colour && sentence.tone != Tone::plain;
  *out_ += fmt::format("{:>11}  {:<4}  {:<13}  {:>4}  {}{}{}\n", seconds_of(at), node, role, term,
                       coloured ? (sentence.tone == Tone::fault ? kRed : kGreen) : "",
                       sentence.text, coloured ? kReset : "");
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
  refuses its vote, would not vote
                answers a candidate, or a pre-candidate, with no (sections 5.2, 5.4.1)
  lacks entry 4, has term 2 at 4, not 3
                AppendEntries fails its consistency check: the logs differ there (section 5.3)
  tries n3 from entry 5 on
                a leader moves its nextIndex for n3 back, after such a refusal
  clients: 9 asked, 8 answered, 1 refused
                in a run of many operations: what clients did since the last such line
  (3 times more: ...)
                the same again, told once, at the time of the last; "until 1.2": that was then
)";
}

}  // namespace snowflk::sim::story
