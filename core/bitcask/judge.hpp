// The judgement of a whole log: which pieces of which segments count, by the proofs that they give
// of each other; and the log that follows from those that do.
//
// Pure functions over scans: recovery decides by them, `snowflk inspect` prints what they say.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.hpp"
#include "core/bitcask/classify.hpp"
#include "core/bitcask/disk.hpp"
#include "core/bitcask/entry_table.hpp"
#include "core/bitcask/recovered.hpp"
#include "core/bitcask/scan.hpp"

namespace snowflk::bitcask {

/// Where, and by which rule, the log is damaged.
struct Rot {
  FileId file;
  u64 offset = 0;
  std::string_view rule;
  std::string what;  // "batch 7 of incarnation 2 is witnessed, but lost"
};
/// One sentence.
std::string sentence(const Rot& rot);

/// A batch, by its identity. (0, 0): none.
struct BatchId {
  Incarnation incarnation;
  u64 sequence = 0;
  friend constexpr auto operator<=>(const BatchId&, const BatchId&) = default;
};

struct JudgedPiece {
  std::size_t segment = 0;  // in the scans
  std::size_t piece = 0;    // in the segment's pieces
  u64 sequence = 0;         // of the batch that is, or should be, there
  Standing standing = Standing::dead;
  Classification classification;
};

struct LogJudgement {
  std::vector<JudgedPiece> pieces;  // of all segments, in their order
  std::vector<std::size_t> kept;    // those that count, in the order of the log
  std::size_t witnessed_count = 0;  // the first so many of `kept` are witnessed; the rest: the tail
  BatchId witnessed;                // the last witnessed batch: what the next REHOME names
  std::optional<Rot> rot;           // the first piece that is rotten, or out of sequence
  Term term;                        // the highest that any batch carries
  NodeId vote;                      // the vote in it
  bool two_votes = false;           // batches carry different votes in it
  u64 commit = 0;                   // the highest that any batch carries
};

/// `segments`: ascending; those of an incarnation stand together.
LogJudgement judge_log(std::span<const SegmentScan> segments);

/// An entry of the un-witnessed tail, to be written anew.
struct TailEntry {
  EntryRow row;
  u64 payload_at = 0;  // in the payloads of the tail's batches, laid end to end
};
/// A range of a segment that holds the payloads of one batch of the tail.
struct TailSource {
  u64 segment = 0;
  u64 offset = 0;
  u64 bytes = 0;
};

struct BuiltLog {
  std::vector<RecoveredEntry> entries;  // from index 1; the tail's included
  std::vector<EntryPlace> places;       // of those that need not be written anew
  std::vector<DerivedDurable> derived;  // of witnessed batches
  std::vector<TailEntry> tail;          // entries.size() - places.size() of them
  std::vector<TailSource> sources;
  u64 trunc_from = 0;  // what the tail cuts off witnessed entries, or 0
};
/// REQUIRES: judgement is of `segments`, without rot. Nothing if the batches that count do not make
/// a log without gaps that holds all that was committed.
std::optional<Rot> build_log(std::span<const SegmentScan> segments, const LogJudgement& judgement,
                             BuiltLog& out);

}  // namespace snowflk::bitcask
