// A campaign's ledger: how often each class of faults came while the cluster was in which phase of
// its protocol, and which ways the core's marks went (sim/scenario/marks.hpp). A pair that never
// came, or a way never gone, shows what a campaign has not tried.
//
// Looks on from outside, and only where it is asked for: a run without it does none of this.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/marks.hpp"
#include "sim/scenario/run.hpp"

namespace snowflk::sim::scenario {

/// Of the node that a fault hits, if it hits one; else of any node. Several may be at once.
enum class LedgerPhase : u8 {
  election,     // it stands for election, or nobody leads
  replication,  // it leads, and has entries that are not committed
  commit,       // it knows less to be committed than a leader does
  apply,        // it has not applied all that it knows to be committed
  durability,   // its disk has writes or syncs of the log to do
  rotation,     // its disk makes or removes files
  recovery,     // it reads its directory
  reads,        // a client waits for what it has asked to read
  rest,         // nothing of this
};
inline constexpr std::size_t kLedgerPhases = 9;
std::string_view name_of(LedgerPhase phase);

inline constexpr std::size_t kLedgerClasses = std::tuple_size_v<decltype(FiredFaults::fields())>;

/// Counts of runs, by class (as FiredFaults has them) and phase; and the ways of marks.
struct LedgerCounts {
  std::array<std::array<u64, kLedgerPhases>, kLedgerClasses> pairs{};
  MarkWays marks = MarkWays(all_marks().size());
  void add(const LedgerCounts& other);
};

class Ledger final : public Watcher {
 public:
  void event(const World& world, const StepRecord& record) override;
  void say(const World&, std::string_view) override {}
  [[nodiscard]] LedgerCounts counts() const {
    LedgerCounts counts = counts_;
    counts.marks = marks_.ways();
    return counts;
  }

 private:
  void add(const std::array<u64, kLedgerClasses>& came, NodeId hit);
  void note_reads(const World& world, const StepRecord& record);

  LedgerCounts counts_;
  MarkNotes marks_;
  std::array<u64, kLedgerClasses> counted_{};            // what links and disks have counted so far
  std::vector<std::array<bool, kLedgerPhases>> before_;  // by node: since its last event
  std::vector<bool> reading_;                            // by client
  u32 readers_ = 0;
};

/// As bytes, from one process to another; and back. REQUIRES: made by this very program.
std::string pack(const LedgerCounts& counts);
LedgerCounts unpack_ledger(std::string_view bytes);

/// The pairs of classes that a swarm draws and phases that can meet, and never did: "wipe x reads".
std::vector<std::string> never_hit(const LedgerCounts& counts);
/// How many pairs never_hit() looks at.
std::size_t expected_pairs();
/// All that never_hit() looks at, each as it says it; and how often each came, in the same order.
/// One run goes a mark's way once, however often.
std::vector<std::string> ledger_ways();
std::vector<u64> ledger_row(const LedgerCounts& counts);
/// {"seeds":..,"pairs":{"loss":{"election":..}},"marks":..,"never":["..."]}, and a newline.
std::string ledger_json(const LedgerCounts& counts, u64 seeds);

}  // namespace snowflk::sim::scenario
