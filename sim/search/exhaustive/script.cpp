// How each action of a small world is ordered in a script.
//
// On the real wire lies also what a small world has forgotten, since nobody would listen to it. The
// script drops it, when it is in the way of what is to be delivered.
#include "sim/search/exhaustive/script.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/raft/events.hpp"

namespace snowflk::sim::exhaustive {
namespace {

using Json = nlohmann::ordered_json;

const char* word_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::request_vote: return "request_vote";
    case MessageKind::request_vote_reply: return "request_vote_reply";
    case MessageKind::append: return "append_entries";
    case MessageKind::append_reply: return "append_entries_reply";
  }
  return "any";
}

// Milliseconds: the least and the longest election timeout of the nodes that follow the script.
constexpr u32 kTimeoutMin = 150;
constexpr u32 kTimeoutMax = 300;
// Nobody has heard of a leader for the shortest timeout; a leader of its followers, for the
// longest.
constexpr u32 kNoLeaderHeard = kTimeoutMin + 50;
constexpr u32 kFollowersSilent = kTimeoutMax + 100;
// A node whose disk ends nothing for so long does not stand, nor does it lead on.
constexpr u32 kDiskPatience = kTimeoutMax * 2;

bool leads(const SmallNode& node) {
  return static_cast<raft::Role>(node.role) == raft::Role::leader;
}

/// Whether what is delivered asks for a vote in a newer term: who has heard of a leader lately,
/// does not listen.
bool stands_anew(const ReplayStep& step) {
  const Action& action = step.action;
  const SmallMessage& m = step.before.links[action.other][action.node].at[action.position];
  const SmallNode& node = step.before.nodes[action.node];
  return m.kind == MessageKind::request_vote && m.term > node.now.term && !leads(node);
}

std::string link_of(u32 from, u32 to) { return fmt::format("{}->{}", from + 1, to + 1); }

class Script {
 public:
  explicit Script(u8 nodes) : nodes_(nodes) { begin(); }

  /// False: complaint() says what cannot be said.
  bool add(const ReplayStep& step) {
    note_ = telling(step);
    act(step);
    find_unfit(step);
    follow(step);
    return complaint_.empty();
  }
  [[nodiscard]] const std::vector<Json>& steps() const { return steps_; }
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  struct OnWire {
    u32 number = 0;
    SmallMessage message;
  };
  struct Wire {
    std::vector<OnWire> real;   // as a script's verbs see it, oldest first
    std::vector<u32> in_order;  // the numbers of what the small world has not forgotten
  };

  void begin();
  void say(const Json& step);
  void settle();
  void let_pass(u32 milliseconds);
  void time_out(u32 node);
  void act(const ReplayStep& step);
  void find_unfit(const ReplayStep& step);
  void campaign(const ReplayStep& step);
  void ask(u32 asker, u32 asked);
  void step_down(u32 node);
  void crash(const ReplayStep& step);
  void wake(const SmallWorld& before, u32 node);
  void take(const ReplayStep& step);
  void make_oldest(Wire& wire, const OnWire& wanted, const Json& where);
  void follow(const ReplayStep& step);
  static void forget(Wire& wire, const SmallWorld::Link& link);

  u8 nodes_;
  std::vector<Json> steps_;
  std::array<std::array<Wire, kNodesMax>, kNodesMax> wires_;
  u32 last_number_ = 0;
  std::array<std::vector<Sent>, kNodesMax> behind_gate_;  // of doomed nodes
  std::array<u32, kNodesMax> disk_waits_{};               // milliseconds at most; doomed nodes'
  std::string note_;
  std::string complaint_;
};

void Script::say(const Json& step) {
  Json whole;
  if (!note_.empty()) whole["note"] = std::exchange(note_, {});
  whole.update(step);
  steps_.push_back(std::move(whole));
}

void Script::settle() {
  const Json step{{"until", "idle"}};
  if (steps_.empty() || steps_.back() != step) say(step);
}

void Script::let_pass(u32 milliseconds) {
  say({{"run", fmt::format("{}ms", milliseconds)}});
  for (u32& waits : disk_waits_) waits += milliseconds;
}

/// Its deadline passes: its clock shows that time.
void Script::time_out(u32 node) {
  say({{"campaign", node + 1}});
  disk_waits_[node] += kTimeoutMax;
}

void Script::begin() {
  Json roles;
  for (u32 node = 0; node < nodes_; ++node) roles[std::to_string(node + 1)] = "follower";
  say({{"until", {{"role", roles}}}});
  settle();
  for (const char* word : {"pre_vote", "pre_vote_reply", "request_vote", "request_vote_reply",
                           "append_entries", "append_entries_reply"}) {
    say({{"hold", word}});
  }
}

void Script::act(const ReplayStep& step) {
  const Action& action = step.action;
  const u32 node = action.node;
  if (action.kind == ActionKind::crash_losing || action.kind == ActionKind::crash_keeping) {
    return crash(step);
  }
  if (action.kind == ActionKind::lose || action.kind == ActionKind::drop) return take(step);
  wake(step.before, node);
  if (action.dooms) {
    say({{"hold_disk", node + 1}});
    disk_waits_[node] = 0;
  }
  switch (action.kind) {
    case ActionKind::campaign: campaign(step); break;
    case ActionKind::heartbeat: time_out(node); break;
    case ActionKind::propose: say({{"propose", {"SET", "x", 1}}, {"to", node + 1}}); break;
    case ActionKind::deliver:
    case ActionKind::duplicate:
    case ActionKind::overtake:
      if (action.steps_down) step_down(node);
      if (!action.steps_down && stands_anew(step)) let_pass(kNoLeaderHeard);
      take(step);
      break;
    case ActionKind::crash_losing:
    case ActionKind::crash_keeping:
    case ActionKind::lose:
    case ActionKind::drop: break;
  }
  settle();
}

/// A small world has no time, so a disk may be late in it for ever.
void Script::find_unfit(const ReplayStep& step) {
  const u32 node = step.action.node;
  const SmallNode& before = step.before.nodes[node];
  const bool stands = step.action.kind == ActionKind::campaign;
  if (before.down != 0 || before.doomed == 0 || (!stands && !leads(before))) return;
  if (disk_waits_[node] < kDiskPatience) return;
  complaint_ = fmt::format("n{} {} while its disk has ended nothing for two election timeouts",
                           node + 1, stands ? "stands" : "leads");
}

/// A leader whose followers have been silent for longer than an election timeout notices it when
/// its deadline passes, and then stands for election; its questions are not delivered.
void Script::step_down(u32 node) {
  let_pass(kFollowersSilent);
  time_out(node);
  settle();
}

void Script::campaign(const ReplayStep& step) {
  const Action& action = step.action;
  for (u32 asked = 0; asked < nodes_; ++asked) {
    if ((action.asked >> asked & 1U) == 0) continue;
    wake(step.before, asked);
    const SmallNode& other = step.before.nodes[asked];
    if (leads(other) && other.now.term <= step.before.nodes[action.node].now.term) {
      step_down(asked);
    }
  }
  let_pass(action.steps_down ? kFollowersSilent : kNoLeaderHeard);
  time_out(action.node);
  settle();
  for (u32 asked = 0; asked < nodes_; ++asked) {
    if ((action.asked >> asked & 1U) != 0) ask(action.node, asked);
  }
}

void Script::ask(u32 asker, u32 asked) {
  say({{"deliver", "pre_vote"}, {"link", link_of(asker, asked)}, {"newest", true}});
  settle();
  say({{"deliver", "pre_vote_reply"}, {"link", link_of(asked, asker)}, {"newest", true}});
  settle();
}

/// A node that has crashed is down until something is asked of it.
void Script::wake(const SmallWorld& before, u32 node) {
  if (before.nodes[node].down == 0) return;
  say({{"restart", node + 1}});
  say({{"until", {{"role", {{std::to_string(node + 1), "follower"}}}}}});
  settle();
}

void Script::crash(const ReplayStep& step) {
  const u32 node = step.action.node;
  if (step.before.nodes[node].down != 0) wake(step.before, node);
  if (step.action.kind == ActionKind::crash_keeping) {
    // What it then says, nobody gets.
    say({{"release_disk", node + 1}});
    settle();
    say({{"crash", node + 1}});
    for (const Sent& sent : behind_gate_[node]) {
      say({{"drop", word_of(sent.message.kind)},
           {"link", link_of(node, sent.to)},
           {"newest", true}});
    }
  } else {
    say({{"power_cut", node + 1}, {"unsynced", "lost"}});
    if (step.before.nodes[node].doomed != 0) say({{"release_disk", node + 1}});
  }
  behind_gate_[node].clear();
}

/// The message that the action is about: it is delivered, doubled or lost.
void Script::take(const ReplayStep& step) {
  const Action& action = step.action;
  Wire& wire = wires_[action.other][action.node];
  const u32 number = wire.in_order[action.position];
  const auto at = std::ranges::find(wire.real, number, &OnWire::number);
  const OnWire wanted = *at;
  const auto same_kind = [&](const OnWire& other) {
    return other.message.kind == wanted.message.kind;
  };
  const bool doubled = action.kind == ActionKind::duplicate;
  const bool lost = action.kind == ActionKind::lose || action.kind == ActionKind::drop;
  const Json where{{"link", link_of(action.other, action.node)}};
  const char* word = word_of(wanted.message.kind);
  const bool newest = std::none_of(at + 1, wire.real.end(), same_kind);
  if (doubled || !newest) make_oldest(wire, wanted, where);
  Json order{{lost ? "drop" : doubled ? "duplicate" : "deliver", word}};
  order.update(where);
  if (newest && !doubled) order["newest"] = true;
  say(order);
  std::erase_if(wire.real, [&](const OnWire& other) { return other.number == number; });
  if (doubled) {
    wire.real.push_back(wanted);
  } else {
    wire.in_order.erase(wire.in_order.begin() + action.position);
  }
}

/// Drops what is older and of the same kind, all of which must have been forgotten.
void Script::make_oldest(Wire& wire, const OnWire& wanted, const Json& where) {
  for (std::size_t at = 0; wire.real[at].number != wanted.number;) {
    const OnWire& older = wire.real[at];
    if (older.message.kind != wanted.message.kind) {
      at += 1;
      continue;
    }
    if (std::ranges::find(wire.in_order, older.number) != wire.in_order.end()) {
      complaint_ = "a message is delivered that is neither the oldest nor the newest of its kind";
      return;
    }
    Json order{{"drop", word_of(wanted.message.kind)}};
    order.update(where);
    say(order);
    wire.real.erase(wire.real.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

/// What the step sent lies on the wire; what the small world forgot is known to be in the way.
void Script::follow(const ReplayStep& step) {
  for (const Sent& sent : step.sent) {
    if (sent.waits_for_ever) {
      behind_gate_[sent.from].push_back(sent);
      continue;
    }
    Wire& wire = wires_[sent.from][sent.to];
    last_number_ += 1;
    wire.real.push_back({.number = last_number_, .message = sent.message});
    wire.in_order.push_back(last_number_);
  }
  for (u32 from = 0; from < nodes_; ++from) {
    for (u32 to = 0; to < nodes_; ++to) forget(wires_[from][to], step.after.links[from][to]);
  }
}

void Script::forget(Wire& wire, const SmallWorld::Link& link) {
  u8 matched = 0;
  std::erase_if(wire.in_order, [&](u32 number) {
    const auto at = std::ranges::find(wire.real, number, &OnWire::number);
    if (matched == link.size || link.at[matched] != at->message) return true;
    matched = static_cast<u8>(matched + 1);
    return false;
  });
}

/// On a line of its own, as people write them.
std::string line_of(const Json& step) {
  std::string line;
  for (const auto& [key, value] : step.items()) {
    line += fmt::format("{}\"{}\": {}", line.empty() ? "" : ", ", key, value.dump());
  }
  return "    {" + line + "}";
}

std::string lines_of(const std::vector<Json>& steps) {
  std::string lines;
  for (const Json& step : steps) lines += (lines.empty() ? "" : ",\n") + line_of(step);
  return lines;
}

}  // namespace

std::expected<std::string, std::string> scenario_of(const Bounds& bounds, const Replay& replay) {
  Script script{bounds.nodes};
  for (const ReplayStep& step : replay.steps) {
    if (!script.add(step)) return std::unexpected(script.complaint());
  }
  const Json story = fmt::format("Found by sim explore --exhaustive with {}. {}: {}.",
                                 print(bounds), replay.property, replay.sentence);
  return fmt::format(
      "{{\n  \"story\": {},\n  \"nodes\": {},\n  \"by_hand\": [\"timers\"],\n"
      "  \"node\": {{\"entries_per_message_max\": {}}},\n  \"script\": [\n{}\n  ],\n"
      "  \"expect\": {{\"leaders_per_term_max\": 1}}\n}}\n",
      story.dump(), bounds.nodes, bounds.entries_per_message, lines_of(script.steps()));
}

}  // namespace snowflk::sim::exhaustive
