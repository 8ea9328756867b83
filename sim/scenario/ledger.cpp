#include "sim/scenario/ledger.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

#include "core/trace/json.hpp"

namespace snowflk::sim::scenario {
namespace {

using Counts = std::array<u64, kLedgerClasses>;

Counts as_array(const FiredFaults& faults) {
  Counts counts{};
  std::size_t at = 0;
  for_each_field(faults, [&](std::string_view, const u64& count) { counts[at++] = count; });
  return counts;
}

std::array<std::string_view, kLedgerClasses> class_names() {
  std::array<std::string_view, kLedgerClasses> names;
  std::size_t at = 0;
  const FiredFaults none;
  for_each_field(none, [&](std::string_view name, const u64&) { names[at++] = name; });
  return names;
}

using Phases = std::array<bool, kLedgerPhases>;

void set(Phases& phases, LedgerPhase phase) { phases[static_cast<std::size_t>(phase)] = true; }

bool is_making_files(const World& world, NodeId id) {
  const auto names = [](const DiskTask& task) {
    return task.action != DiskActionKind::write && task.action != DiskActionKind::sync;
  };
  return !world.disk_tasks(id, bitcask::Lane::background).empty() ||
         std::ranges::any_of(world.disk_tasks(id, bitcask::Lane::log), names);
}

/// Adds those of one node. `committed`: what the leader knows.
void add_phases(const World& world, NodeId id, LogIndex committed, Phases& phases) {
  if (!world.is_up(id)) return;
  const node::Node& node = world.node(id);
  if (node.phase() == node::Phase::booting) set(phases, LedgerPhase::recovery);
  if (!world.disk_tasks(id, bitcask::Lane::log).empty()) set(phases, LedgerPhase::durability);
  if (is_making_files(world, id)) set(phases, LedgerPhase::rotation);
  const raft::Raft* raft = node.raft();
  if (raft == nullptr) return;
  const raft::Role role = raft->role();
  if (role != raft::Role::follower && role != raft::Role::leader) {
    set(phases, LedgerPhase::election);
  }
  if (role == raft::Role::leader && raft->log().last_index() > raft->commit_index()) {
    set(phases, LedgerPhase::replication);
  }
  if (raft->commit_index() < committed) set(phases, LedgerPhase::commit);
  if (node.applied_index() < raft->commit_index()) set(phases, LedgerPhase::apply);
}

Phases phases_of(const World& world, NodeId id, NodeId leader) {
  Phases phases{};
  if (leader.nobody()) set(phases, LedgerPhase::election);
  const LogIndex committed =
      leader.nobody() ? LogIndex{} : world.node(leader).raft()->commit_index();
  add_phases(world, id, committed, phases);
  return phases;
}

/// A node that reads its directory sends nothing that a link could lose, double, turn, drop or
/// bring late; what fails to be written, or made, was the disk's work; a coup waits for a write
/// that is not committed; and votes are told where an election is on, so rarely lost that no more
/// is asked of that.
bool can_meet(std::string_view fault, LedgerPhase phase) {
  const bool of_links = fault == "loss" || fault == "duplicate" || fault == "flip" ||
                        fault == "queue" || fault == "straggler" || fault == "late_answer";
  if (of_links) return phase != LedgerPhase::recovery;
  if (fault == "coup") return phase != LedgerPhase::rest;
  if (fault == "lost_vote") return phase == LedgerPhase::election;
  const bool of_writes = fault == "write_error" || fault == "sync_error" ||
                         fault == "short_write" || fault == "writeback" || fault == "no_space";
  return !of_writes || phase != LedgerPhase::rest;
}

/// What a swarm never draws: it comes beyond the bounds, or in controls.
bool is_drawn(std::string_view fault) { return fault != "garbage" && fault != "lying_sync"; }

template <class Visit>
void for_each_expected(Visit visit) {
  const auto names = class_names();
  for (std::size_t fault = 0; fault < kLedgerClasses; ++fault) {
    if (!is_drawn(names[fault])) continue;
    for (std::size_t phase = 0; phase < kLedgerPhases; ++phase) {
      if (can_meet(names[fault], static_cast<LedgerPhase>(phase))) visit(fault, phase);
    }
  }
}

}  // namespace

std::string_view name_of(LedgerPhase phase) {
  switch (phase) {
    case LedgerPhase::election: return "election";
    case LedgerPhase::replication: return "replication";
    case LedgerPhase::commit: return "commit";
    case LedgerPhase::apply: return "apply";
    case LedgerPhase::durability: return "durability";
    case LedgerPhase::rotation: return "rotation";
    case LedgerPhase::recovery: return "recovery";
    case LedgerPhase::reads: return "reads";
    case LedgerPhase::rest: return "rest";
  }
  return "?";
}

void LedgerCounts::add(const LedgerCounts& other) {
  for (std::size_t fault = 0; fault < kLedgerClasses; ++fault) {
    for (std::size_t phase = 0; phase < kLedgerPhases; ++phase) {
      pairs[fault][phase] += other.pairs[fault][phase];
    }
  }
  SNOWFLK_ASSERT(marks.size() == other.marks.size());
  for (std::size_t at = 0; at < marks.size(); ++at) {
    marks[at] = static_cast<u8>(marks[at] | other.marks[at]);
  }
}

// A fault counts for what was before it: a crash leaves nothing to look at.
void Ledger::event(const World& world, const StepRecord& record) {
  note_reads(world, record);
  FiredFaults of_event;
  count_fault(record.what, of_event);
  FiredFaults of_counters;
  add_counters(world, of_counters);
  Counts came = as_array(of_event);
  const Counts counted = as_array(of_counters);
  bool any = false;
  for (std::size_t at = 0; at < kLedgerClasses; ++at) {
    came[at] += counted[at] - counted_[at];
    any |= came[at] != 0;
  }
  counted_ = counted;
  if (any) add(came, record.node);
  before_.resize(world.size() + 1);
  if (record.node.nobody()) return;
  before_[record.node.value] = phases_of(world, record.node, world.leader());
}

void Ledger::add(const std::array<u64, kLedgerClasses>& came, NodeId hit) {
  Phases phases{};
  for (u32 id = 1; id < before_.size(); ++id) {
    if (!hit.nobody() && hit.value != id) continue;
    for (std::size_t phase = 0; phase < kLedgerPhases; ++phase) {
      phases[phase] = phases[phase] || before_[id][phase];
    }
  }
  if (readers_ > 0) set(phases, LedgerPhase::reads);
  if (std::ranges::none_of(phases, [](bool in) { return in; })) set(phases, LedgerPhase::rest);
  for (std::size_t fault = 0; fault < kLedgerClasses; ++fault) {
    for (std::size_t phase = 0; phase < kLedgerPhases; ++phase) {
      if (phases[phase]) counts_.pairs[fault][phase] += came[fault];
    }
  }
}

void Ledger::note_reads(const World& world, const StepRecord& record) {
  const auto mark = [&](u32 client, bool reads) {
    if (client >= reading_.size()) reading_.resize(client + 1);
    if (reading_[client] == reads) return;
    reading_[client] = reads;
    reads ? readers_ += 1 : readers_ -= 1;
  };
  if (const auto* invoked = std::get_if<Invoked>(&record.what)) {
    const History& history = world.history();
    const std::string_view verb = history.word(history.operation(invoked->operation), 0);
    mark(invoked->client, verb == "GET" || verb == "MGET" || verb == "EXISTS" || verb == "STRLEN");
  } else if (const auto* returned = std::get_if<Returned>(&record.what)) {
    mark(returned->client, false);
  }
}

std::string pack(const LedgerCounts& counts) {
  std::string bytes(sizeof counts.pairs + counts.marks.size(), '\0');
  std::memcpy(bytes.data(), counts.pairs.data(), sizeof counts.pairs);
  std::ranges::copy(counts.marks, bytes.begin() + sizeof counts.pairs);
  return bytes;
}

LedgerCounts unpack_ledger(std::string_view bytes) {
  LedgerCounts counts;
  SNOWFLK_ASSERT(bytes.size() == sizeof counts.pairs + counts.marks.size());
  std::memcpy(counts.pairs.data(), bytes.data(), sizeof counts.pairs);
  std::ranges::copy(bytes.substr(sizeof counts.pairs), counts.marks.begin());
  return counts;
}

std::vector<std::string> never_hit(const LedgerCounts& counts) {
  const auto names = class_names();
  std::vector<std::string> never;
  for_each_expected([&](std::size_t fault, std::size_t phase) {
    if (counts.pairs[fault][phase] != 0) return;
    never.push_back(fmt::format("{} x {}", names[fault], name_of(static_cast<LedgerPhase>(phase))));
  });
  std::ranges::move(ways_never_gone(counts.marks), std::back_inserter(never));
  return never;
}

std::size_t expected_pairs() {
  std::size_t count = 0;
  for_each_expected([&](std::size_t, std::size_t) { count += 1; });
  return count;
}

std::vector<std::string> ledger_ways() { return never_hit(LedgerCounts{}); }

std::vector<u64> ledger_row(const LedgerCounts& counts) {
  std::vector<u64> row;
  for_each_expected(
      [&](std::size_t fault, std::size_t phase) { row.push_back(counts.pairs[fault][phase]); });
  for (const u8 ways : counts.marks) {
    for (const u8 way : kWaysOfMark) row.push_back((ways & way) != 0 ? 1 : 0);
  }
  return row;
}

std::string ledger_json(const LedgerCounts& counts, u64 seeds) {
  const auto names = class_names();
  std::string out;
  trace::JsonWriter json{out};
  json.begin_object().member("seeds", seeds).key("pairs").begin_object();
  for (std::size_t fault = 0; fault < kLedgerClasses; ++fault) {
    json.key(names[fault]).begin_object();
    for (std::size_t phase = 0; phase < kLedgerPhases; ++phase) {
      json.member(name_of(static_cast<LedgerPhase>(phase)), counts.pairs[fault][phase]);
    }
    json.end_object();
  }
  json.end_object().member("marks", counts.marks.size()).key("never").begin_array();
  for (const std::string& pair : never_hit(counts)) json.value(pair);
  json.end_array().end_object();
  return out + "\n";
}

}  // namespace snowflk::sim::scenario
