#include "sim/story/story.hpp"

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "sim/story/phrases.hpp"

namespace snowflk::sim::story {
namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kReset = "\x1b[0m";

std::string seconds_of(VirtualTime at) {
  return fmt::format("{}.{:06}", at.value / 1'000'000'000, at.value % 1'000'000'000 / 1'000);
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
  for (const node::Event& event : record.effects->events) observe_event(record, actor, event);
  for (const node::Halt& halt : record.effects->halt) {
    line(record.at, actor, fmt::format("halts: {}", halt.reason), Tone::fault);
  }
}

void Story::observe_event(const StepRecord& record, const Actor& actor, const node::Event& event) {
  Tone tone = Tone::plain;
  if (const auto* of_raft = std::get_if<raft::Event>(&event)) {
    if (const auto* commit = std::get_if<raft::CommitAdvanced>(of_raft)) {
      gather_commit(record.at, actor, commit->commit_index);
    }
    const bool append = std::holds_alternative<raft::EntriesAppended>(*of_raft);
    if (append && !style_.appends) return;
    if (std::holds_alternative<raft::BecameLeader>(*of_raft)) tone = Tone::success;
  }
  const std::string text = phrase(event, record.node, record.effects->events);
  if (!text.empty()) line(record.at, actor, text, tone);
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
                                   : fmt::format("{}", name_of(returned->outcome));
    text = fmt::format("client {} gets {} for {}", client, answer, command);
  }
  line(record.at, Actor{}, text);
}

void Story::gather_commit(VirtualTime at, const Actor& actor, LogIndex index) {
  // Followers learn of a commit later; that the leader knows of it is what the paper calls so.
  if (actor.standing != Standing::leader) return;
  if (index.value <= commit_told_ && index.value <= gathered_.commits_to) return;
  if (gathered_.commits_to == 0) gathered_.commits_from = index.value;
  gathered_.at = at;
  gathered_.leader = actor;
  gathered_.commits_to = index.value;
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
    put(gathered.at, gathered.leader, fmt::format("has committed up to {}", gathered.commits_to),
        Tone::plain);
  }
}

void Story::say(VirtualTime at, std::string_view text) {
  flush();
  *out_ += fmt::format("{:>11}  -- {}\n", seconds_of(at), text);
}

void Story::finish() { flush(); }

void Story::line(VirtualTime at, const Actor& actor, std::string_view text, Tone tone) {
  flush();
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
  commits up to an entry is committed when a leader knows it to be on a majority (section 5.4.2)
)";
}

}  // namespace snowflk::sim::story
