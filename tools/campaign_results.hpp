// What a shard leaves on disk while it runs, and how it goes on from there after whatever end.
//
//   results.ndjson   append-only: who it is; what its ledger counts, if it keeps one; a line for
//                    each failure; a line with the totals after every kCheckpointEvery seeds and at
//                    the end. A function of the shard but for times: a shard that was killed and
//                    resumed leaves the same bytes
//   state.json       where a shard that was asked to stop stands, between two such lines
//   *.trace          of seeds that failed; there before the line that names it
//   lock             held by the process that works here
//
// The counts of a ledger are part of the totals, so that they are those of the seeds that the line
// says have been run, whatever came between two lines.
//
// A last line without its end is what a kill left, if the first line, or what there is of it, is
// ours: it is cut off. Anything else that is no line of ours is refused, never cut.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "tools/campaign_lines.hpp"
#include "tools/read_file.hpp"

namespace snowflk::tools {

inline constexpr u64 kCheckpointEvery = 64;
inline constexpr const char* kResultsName = "results.ndjson";

/// A results file as it was read.
struct ShardFile {
  BeginLine begin;
  std::vector<std::string> ways = {};  // what its ledger counts
  ShardTotals so_far = {};
  WeakPasses weak = {};
  std::vector<CampaignFailure> failures = {};  // in the order of seeds
  u64 whole_bytes = 0;                         // up to the end of the last whole line
};
/// Reads `text`, the bytes of `path`. Nothing where not even the first line is whole. What is no
/// line of ours, or contradicts what comes before it, is told with the number of its line.
std::expected<std::optional<ShardFile>, FileProblem> parse_results(const std::string& path,
                                                                   std::string_view text);

/// What a shard that was asked to stop left in `directory` of the seeds after the last line of its
/// results, which are `file`. Nothing if it left none, or results have come after it.
std::optional<ProgressLine> read_state(const std::string& directory, const ShardFile& file);

/// The results of one shard, being written by this process.
class ShardResults {
 public:
  /// Makes `directory`, or goes on with what is there. Refuses another shard's or campaign's.
  /// REQUIRES: identity.ledger == ways.size().
  static std::expected<ShardResults, FileProblem> open(const std::string& directory,
                                                       const ShardIdentity& identity,
                                                       const std::vector<std::string>& ways,
                                                       u64 begun_s);
  ShardResults(ShardResults&& other) noexcept;
  ShardResults(const ShardResults&) = delete;
  ShardResults& operator=(const ShardResults&) = delete;
  ShardResults& operator=(ShardResults&&) = delete;
  ~ShardResults();

  [[nodiscard]] const ShardTotals& so_far() const { return so_far_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  /// Of failures of this kind, how many have a trace here.
  [[nodiscard]] u64 traces_of(const std::string& signature) const;

  // Each says what went wrong where the disk does not take it; then nothing more may be added.
  /// The next seed has passed.
  [[nodiscard]] std::optional<FileProblem> add_pass(const ShardTotals& so_far);
  /// The next seed has failed.
  [[nodiscard]] std::optional<FileProblem> add_failure(const CampaignFailure& failure,
                                                       const ShardTotals& so_far);
  /// This process stops here, and the shard is not done.
  [[nodiscard]] std::optional<FileProblem> save_state();

 private:
  ShardResults() = default;
  std::optional<FileProblem> take_lock();
  std::optional<FileProblem> go_on(const ShardIdentity& identity,
                                   const std::vector<std::string>& ways, u64 begun_s);
  std::optional<FileProblem> append(const std::string& line);
  std::optional<FileProblem> append_progress(const std::optional<CampaignFailure>& failure);
  void take(const ShardTotals& so_far);

  std::string directory_;
  int lock_ = -1;
  int results_ = -1;
  std::string begin_line_;
  sim::SeedRange seeds_;
  ShardTotals so_far_;
  WeakPasses weak_;  // since the last line
  std::map<std::string, u64> traces_;
};

/// Writes `text` into `path` by way of another name, so that `path` never has a part of it.
std::optional<FileProblem> write_renamed(const std::string& path, std::string_view text);
/// The other name, of this process alone; those of processes that are gone are swept away by
/// open().
std::string temporary_name(const std::string& path);

}  // namespace snowflk::tools
