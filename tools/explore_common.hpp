// What the strategies of `sim explore` that try runs have in common: they do numbered items, each
// in a worker process, within a budget; they can be stopped and gone on with; and what they find is
// a scenario file.
//
// Owns no strategy: what an item is, and what is counted, is its caller's.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "sim/runner.hpp"
#include "sim/search/trial.hpp"
#include "tools/explore_kept.hpp"
#include "tools/output.hpp"
#include "tools/sim_options.hpp"

namespace snowflk::tools {

/// What the command line says to all of them.
struct ExploreRuns {
  std::string subject;  // a scenario's file, or "swarm"
  std::string seed;
  std::string budget;       // CPU time, all processes together; empty: none
  std::string save;         // a file, or "none"
  std::string resume;       // empty: from the start
  std::string found = ".";  // a directory
  u64 runs_max = 0;         // 0: no budget
  unsigned jobs = 1;
  bool json = false;

  /// What is gone on with is kept where it was.
  [[nodiscard]] bool saves_back() const { return !resume.empty() && save == resume; }
};

/// The scenario in that file; "swarm": random worlds, as `sim swarm` has them; empty: the same, but
/// short.
OrExit<Loaded> load_subject(const std::string& subject);

/// CPU time of this process, all its threads together.
u64 cpu_time_ns();
/// Of `--budget`. What is wrong with it is complained of.
OrExit<std::optional<u64>> cpu_budget_of(const std::string& text);

/// A search that goes from seed to seed.
struct SeedsOf {
  Loaded loaded;
  u64 first = 1;
  u64 next = 1;  // not done yet
};
/// As the command line says. What is wrong is complained of.
OrExit<SeedsOf> seeds_of(const ExploreRuns& arguments);
/// As it was kept; to be asked for when all else of `kept` has been read. What is wrong with any of
/// it is complained of.
OrExit<SeedsOf> seeds_of(KeptState& kept);

// ---- Items ----------------------------------------------------------------------------------

struct ItemDone {
  u64 index = 0;
  sim::RunStatus status = sim::RunStatus::finished;
  std::string text;  // what the work returned; of an assertion: what it says
};

enum class ItemsEnd : u8 { done, found, spent, stopped, no_process };

class Items {
 public:
  /// An `--budget` that is wrong has been complained of.
  static OrExit<Items> of(const ExploreRuns& arguments);

  /// Does `work` for `next` ... `end - 1`; `emit` gets what came of each, in order, and returns
  /// false when something was found. `next` is then the one after the last that was emitted.
  ItemsEnd run(u64& next, u64 end, const std::function<std::string(u64)>& work,
               const std::function<bool(const ItemDone&)>& emit);
  /// False: there were no processes; complained.
  static bool could_start(ItemsEnd ended);
  /// CPU time of all that was emitted.
  [[nodiscard]] u64 cpu_ns() const { return cpu_ns_; }
  void begin_at(u64 cpu_ns) { cpu_ns_ = cpu_ns; }
  /// `keep` is called now and then while items are done: what is lost when all is cut off.
  void keep_by(std::function<void()> keep) { keep_ = std::move(keep); }
  /// The budget is, if there is one.
  [[nodiscard]] bool is_spent() const { return budget_ns_ && spent_here_ >= *budget_ns_; }

 private:
  u32 jobs_ = 1;
  std::optional<u64> budget_ns_;
  u64 cpu_ns_ = 0;
  u64 spent_here_ = 0;
  u64 kept_at_ = 0;  // of spent_here_
  std::function<void()> keep_;
};

/// A page that a worker writes to and that outlives it: what it is about to do.
class SharedNote {
 public:
  SharedNote();
  SharedNote(const SharedNote&) = delete;
  SharedNote& operator=(const SharedNote&) = delete;
  ~SharedNote();
  void write(std::string_view text);
  [[nodiscard]] std::string read() const;

 private:
  void* page_;
};

// ---- What was found -------------------------------------------------------------------------

struct Found {
  std::string file;  // empty: it could not be written, and that has been complained of
  sim::search::Failure failure;
  std::string how;  // "seed 7 of short, with "forks": [...]": what the file says
};

/// Writes `loaded` with this seed and these `members` ("\"forks\": [...]") and runs it. Nothing: it
/// passes when it is run by itself; that has been complained of.
std::optional<Found> write_found(const Loaded& loaded, u64 seed, const std::string& members,
                                 std::string_view strategy, const std::string& directory);
/// The members that tell of it, and of the file in which the search was `kept` (empty: none).
void add_found(nlohmann::ordered_json& json, const std::optional<Found>& found,
               const std::string& kept);
/// On one line; bytes that are no UTF-8 are replaced.
std::string printed(const nlohmann::ordered_json& json);
/// The lines that tell of it.
std::string tell_found(const Found& found);
Exit exit_of(const sim::search::Failure& failure);
/// Of a search that has no end of its own: that it was stopped by a signal is no verdict.
Exit exit_of(ItemsEnd ended, const std::optional<Found>& found);
/// The lines that tell why it ended, if a signal was why, and how it is gone on with.
std::string tell_end(ItemsEnd ended, std::string_view strategy, const std::string& kept);

}  // namespace snowflk::tools
