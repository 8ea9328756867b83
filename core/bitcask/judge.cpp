// The judgement: standings by witness, classes by the table, order by sequence and chain.
#include "core/bitcask/judge.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace snowflk::bitcask {
namespace {

// The pieces of one incarnation, in order.
struct Group {
  Incarnation incarnation;
  std::size_t begin = 0;
  std::size_t end = 0;
  u64 witness = 0;  // the highest durable_upto that one of its batches carries
};

class Judge {
 public:
  explicit Judge(std::span<const SegmentScan> segments) : segments_(segments) {}

  LogJudgement run() {
    gather();
    for (const Group& group : groups_) number(group);
    const std::size_t live = newest_valid();
    for (std::size_t g = live; g < groups_.size(); ++g) judge_newest(groups_[g], valid(g));
    follow_kept(live);
    classify_dead();
    note_first_rot();
    if (live < groups_.size() && !out_.rot) keep_newest(live);
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Piece& piece(std::size_t at) const {
    return segments_[out_.pieces[at].segment].pieces[out_.pieces[at].piece];
  }

  void gather() {
    for (std::size_t s = 0; s < segments_.size(); ++s) {
      const Incarnation incarnation = segments_[s].header.incarnation;
      if (groups_.empty() || groups_.back().incarnation != incarnation) {
        groups_.push_back(
            {.incarnation = incarnation, .begin = out_.pieces.size(), .end = out_.pieces.size()});
      }
      for (std::size_t p = 0; p < segments_[s].pieces.size(); ++p) {
        out_.pieces.push_back({.segment = s, .piece = p, .classification = {}});
        if (segments_[s].pieces[p].headed()) note_header(segments_[s].pieces[p].header);
      }
      groups_.back().end = out_.pieces.size();
    }
  }

  // A header whose checksum is right says the truth, whatever became of its body: what it carries
  // of term, vote and commit was so.
  void note_header(const BatchHeader& header) {
    groups_.back().witness = std::max(groups_.back().witness, header.durable_upto);
    out_.commit = std::max(out_.commit, header.commit);
    if (header.term > out_.term) {
      out_.term = header.term;
      out_.vote = header.vote;
    } else if (header.term == out_.term && !header.vote.nobody()) {
      if (!out_.vote.nobody() && out_.vote != header.vote) out_.two_votes = true;
      out_.vote = header.vote;
    }
  }

  // A hole stands for the batch after the one before it. Where the next batch is just that, nothing
  // is missing: the hole is the unused end of a segment.
  void number(const Group& group) {
    u64 next = 1;
    for (std::size_t at = group.begin; at < group.end; ++at) {
      if (piece(at).headed()) next = piece(at).header.sequence;
      out_.pieces[at].sequence = next;
      if (piece(at).headed()) next += 1;
    }
    u64 following = 0;
    for (std::size_t at = group.end; at > group.begin; --at) {
      JudgedPiece& judged = out_.pieces[at - 1];
      if (piece(at - 1).headed()) {
        following = judged.sequence;
      } else if (judged.sequence == following) {
        judged.sequence = 0;
      }
    }
  }

  // The newest incarnation whose first batch is whole: it says what counts of those before it.
  [[nodiscard]] std::size_t newest_valid() const {
    for (std::size_t g = groups_.size(); g > 0; --g) {
      if (valid(g - 1)) return g - 1;
    }
    return 0;
  }
  [[nodiscard]] bool valid(std::size_t g) const {
    if (g >= groups_.size() || groups_[g].begin == groups_[g].end) return false;
    const Piece& first = piece(groups_[g].begin);
    return first.headed() && first.header.rehome() && first.body == PieceBody::intact;
  }

  void judge_newest(const Group& group, bool begun) {
    bool dropped = false;
    for (std::size_t at = group.begin; at < group.end; ++at) {
      JudgedPiece& judged = out_.pieces[at];
      if (dropped || judged.sequence == 0) continue;  // dead
      judged.standing =
          judged.sequence <= group.witness ? Standing::witnessed : Standing::unwitnessed;
      judged.classification = classify(judged.standing, piece(at).head, piece(at).body);
      const Verdict verdict = judged.classification.verdict;
      dropped = verdict == Verdict::torn || verdict == Verdict::end;
      if (!begun && verdict == Verdict::ok) out_.rot = rot_at(at, rules::kSequence, "comes first");
    }
  }

  // From each REHOME to the batch that it names, down to the first incarnation.
  void follow_kept(std::size_t live) {
    if (!valid(live)) return;
    std::vector<std::size_t> chain;  // groups, newest first
    BatchId kept = named_by(groups_[live]);
    for (std::size_t g = live; kept.incarnation.value != 0;) {
      while (g > 0 && groups_[g - 1].incarnation > kept.incarnation) g -= 1;
      if (g == 0 || groups_[g - 1].incarnation != kept.incarnation) {
        missing_kept(groups_[live], kept);
        return;
      }
      g -= 1;
      judge_kept(groups_[g], kept.sequence);
      chain.push_back(g);
      if (!valid(g)) break;  // rotten; it has been noted
      kept = named_by(groups_[g]);
    }
    for (std::size_t c = chain.size(); c > 0; --c) keep(groups_[chain[c - 1]]);
  }

  [[nodiscard]] BatchId named_by(const Group& group) const {
    const BatchHeader& header = piece(group.begin).header;
    return {.incarnation = {header.kept_incarnation}, .sequence = header.kept_sequence};
  }

  void judge_kept(const Group& group, u64 upto) {
    u64 last = 0;
    for (std::size_t at = group.begin; at < group.end; ++at) {
      JudgedPiece& judged = out_.pieces[at];
      if (judged.sequence == 0 || judged.sequence > upto) continue;  // dead
      judged.standing = Standing::witnessed;
      judged.classification = classify(judged.standing, piece(at).head, piece(at).body);
      last = judged.sequence;
    }
    if (last < upto) missing_kept(group, {.incarnation = group.incarnation, .sequence = upto});
  }

  void missing_kept(const Group& group, const BatchId& kept) {
    if (out_.rot) return;
    const std::size_t segment = group.begin < group.end ? out_.pieces[group.begin].segment : 0;
    out_.rot = Rot{.file = {FileKind::segment, segments_[segment].header.segment},
                   .offset = 0,
                   .rule = rules::kKeptMissing,
                   .what = "batch " + std::to_string(kept.sequence) + " of incarnation " +
                           std::to_string(kept.incarnation.value) +
                           " is kept by a later incarnation, but missing"};
  }

  void classify_dead() {
    for (std::size_t at = 0; at < out_.pieces.size(); ++at) {
      JudgedPiece& judged = out_.pieces[at];
      if (judged.standing != Standing::dead) continue;
      judged.classification = classify(Standing::dead, piece(at).head, piece(at).body);
    }
  }

  void note_first_rot() {
    for (std::size_t at = 0; at < out_.pieces.size(); ++at) {
      const JudgedPiece& judged = out_.pieces[at];
      if (judged.classification.verdict != Verdict::rotten) continue;
      out_.rot = rot_at(at, judged.classification.rule, "is damaged");
      return;
    }
  }

  [[nodiscard]] Rot rot_at(std::size_t at, std::string_view rule, std::string_view how) const {
    const JudgedPiece& judged = out_.pieces[at];
    const SegmentHeader& header = segments_[judged.segment].header;
    return Rot{.file = {FileKind::segment, header.segment},
               .offset = piece(at).offset,
               .rule = rule,
               .what = "batch " + std::to_string(judged.sequence) + " of incarnation " +
                       std::to_string(header.incarnation.value) + " " + std::string(how)};
  }

  void keep_newest(std::size_t live) {
    if (!valid(live)) {
      out_.witnessed_count = out_.kept.size();
      return;
    }
    const Group& group = groups_[live];
    const std::size_t before = out_.kept.size();
    keep(group);
    out_.witnessed = named_by(group);
    out_.witnessed_count = before;
    for (std::size_t k = before; k < out_.kept.size(); ++k) {
      if (out_.pieces[out_.kept[k]].standing != Standing::witnessed) break;
      out_.witnessed_count = k + 1;
      out_.witnessed = {.incarnation = group.incarnation,
                        .sequence = out_.pieces[out_.kept[k]].sequence};
    }
  }

  // Adds a group's batches that count, and holds them to sequence and chain.
  void keep(const Group& group) {
    u64 expected = 1;
    u64 chain = 0;
    for (std::size_t at = group.begin; at < group.end; ++at) {
      if (out_.pieces[at].classification.verdict != Verdict::ok) continue;
      const BatchHeader& header = piece(at).header;
      if (expected == 1) {
        chain = chain_start(segment_seed(segments_[out_.pieces[at].segment].header));
      }
      if (header.sequence != expected && !out_.rot) {
        out_.rot = rot_at(at, rules::kSequence, "is out of sequence");
      }
      if (header.chain != chain && !out_.rot) {
        out_.rot = rot_at(at, rules::kChain, "does not follow the one before it");
      }
      out_.kept.push_back(at);
      chain = piece(at).chain_after;
      expected = header.sequence + 1;
    }
  }

  std::span<const SegmentScan> segments_;
  std::vector<Group> groups_;
  LogJudgement out_;
};

}  // namespace

std::string sentence(const Rot& rot) {
  return file_name(rot.file) + " at offset " + std::to_string(rot.offset) + ": " + rot.what +
         " (rule " + std::string(rot.rule) + ")";
}

LogJudgement judge_log(std::span<const SegmentScan> segments) { return Judge(segments).run(); }

}  // namespace snowflk::bitcask
