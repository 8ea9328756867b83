// The store: what happens, and what follows from it.
#include "core/bitcask/store.hpp"

#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/crc32c.hpp"
#include "core/base/hash.hpp"

namespace snowflk::bitcask {
namespace {

/// What a segment must have for one batch with that body.
u64 segment_bytes_for(u64 body_bytes) {
  return kSegmentHeaderBytes + align_up(shape_of_body(body_bytes).bytes(), kBlockBytes);
}

}  // namespace

Store::Store(const StoreOptions& options) : options_(options), cache_(options.cache_bytes) {
  SNOWFLK_ASSERT(!options.node.nobody());
  SNOWFLK_ASSERT(options.segment_bytes % kBlockBytes == 0);
  SNOWFLK_ASSERT(options.segment_bytes >= kSegmentBytesMin);
  SNOWFLK_ASSERT(options.segment_bytes <= kSegmentBytesMax);
  SNOWFLK_ASSERT(options.batch_bytes_max > 0);
  SNOWFLK_ASSERT(options.batch_bytes_max <= kBatchBytesMax);
  SNOWFLK_ASSERT(options.batch_bytes_max <= options.segment_bytes / 4);
}

void Store::fail(std::string why, bool disk) {
  if (stopped()) return;
  state_ = StoreState::failed;
  disk_failed_ = disk;
  reason_ = std::move(why);
}

// ---- What happens ------------------------------------------------------------------------------

void Store::open(std::span<const FoundFile> files, Output out) {
  recovery_.start(options_, files, out);
  after_recovery(out);
}

bool Store::on_read(DiskReadId id, std::expected<Bytes, DiskError> bytes, Output out) {
  if (!recovery_.owns(id)) return false;
  recovery_.on_read(bytes, out);
  after_recovery(out);
  return true;
}

void Store::after_recovery(Output out) {
  if (stopped()) return;
  if (recovery_.step() == RecoveryStep::failed) {
    fail(recovery_.reason(), recovery_.disk_failed());
  } else if (recovery_.step() == RecoveryStep::refused) {
    state_ = StoreState::refusing;
    reason_ = recovery_.reason();
    rot_ = recovery_.rot();
  } else if (recovery_.step() == RecoveryStep::done) {
    begin_incarnation(out);
  }
}

void Store::on_done(Lane lane, u64 up_to, Output out) {
  derived_durable_.clear();
  if (stopped()) return;
  if (lane == Lane::background) {
    rotation_.on_done(up_to, meta_, out);
    if (rotation_.step() == RotationStep::naming_manifest) meta_.flush(out);
    return;
  }
  if (writer_.landed(up_to)) after_batch(up_to, out);
  if (meta_.on_done(up_to)) after_meta(out);
}

void Store::after_meta(Output out) {
  rotation_.on_meta_durable(meta_, out);
  // It may have waited for what was written again, and the store is not flushed while it opens.
  if (rotation_.step() == RotationStep::naming_manifest) meta_.flush(out);
  if (state_ == StoreState::opening && rotation_.ready()) write_rehome(out);
}

void Store::after_batch(u64 up_to, Output out) {
  const Flight& flight = writer_.flight();
  SNOWFLK_ASSERT(up_to >= flight.last_operation);
  durable_index_ = LogIndex{flight.valid_last};
  derived_durable_.assign(flight.derived.begin(), flight.derived.end());
  cache_.set_durable(durable_index_);
  out.events.emplace_back(BatchDurable{.sequence = flight.sequence, .last = durable_index_});
  writer_.land();
  witness_at_.reset();
  if (state_ == StoreState::opening) {
    state_ = StoreState::ready;
    recovery_ = Recovery{};
  }
}

void Store::on_refused(Lane lane, u64 sequence, DiskError error, Output out) {
  if (stopped()) return;
  if (lane == Lane::background && rotation_.on_refused(sequence, error, out)) return;
  const std::string why = " (" + std::string(name_of(error)) + ")";
  if (lane == Lane::log && meta_.owns(sequence)) {
    return fail("the metadata could not be written or synced" + why, true);
  }
  if (lane == Lane::log && writer_.owns(sequence)) {
    return fail("batch " + std::to_string(writer_.flight().sequence) +
                    " could not be written or "
                    "synced to " +
                    file_name({FileKind::segment, writer_.segment().segment}) + why,
                true);
  }
  fail("a segment could not be made or listed" + why, true);
}

// ---- Beginning an incarnation ------------------------------------------------------------------

SegmentHeader Store::next_header(u64 bytes) const {
  const u64 segment = rotation_.next_segment();
  return SegmentHeader{.identity = {.cluster = options_.cluster, .node = options_.node},
                       .segment = segment,
                       .incarnation = meta_.wanted().incarnation,
                       .bytes = bytes,
                       .salt = mix64(options_.entropy ^ mix64(segment))};
}

// Nothing is appended to a file of an earlier incarnation: the first thing is a segment of our own.
void Store::begin_incarnation(Output out) {
  const LogJudgement& judgement = recovery_.judgement();
  BuiltLog& log = recovery_.log();
  if (recovery_.next_segment() >= (1ULL << kSegmentBits) - 1) {
    return fail("the directory has used up its segment numbers", false);
  }

  const Meta& meta = recovery_.meta();
  const bool batch_newer = judgement.term > meta.term;
  const Term term = std::max(meta.term, judgement.term);
  NodeId vote = batch_newer ? judgement.vote : meta.vote;
  if (judgement.term == meta.term && vote.nobody()) vote = judgement.vote;
  Incarnation incarnation = meta.incarnation;
  for (const ManifestSegment& row : recovery_.manifest().segments) {
    incarnation = std::max(incarnation, row.incarnation);
  }
  meta_.start(meta, recovery_.missing_meta(), out);
  meta_.set_hard_state(term, vote, 0);
  meta_.set_incarnation(incarnation.next());

  recovered_ = Recovered{.term = term,
                         .vote = vote,
                         .incarnation = incarnation.next(),
                         .commit = {judgement.commit},
                         .entries = std::move(log.entries),
                         .derived = std::move(log.derived)};
  rotation_.start(std::move(recovery_.manifest()), recovery_.next_segment());
  for (const u64 segment : recovery_.useless()) rotation_.doom(segment);
  rotation_.forget_doomed(
      [&](u64 segment) { return !recovery_.found({FileKind::segment, segment}); });
  for (const FileId file : recovery_.stale()) rotation_.add_stale(file);

  u64 tail_load = 0;
  for (const TailEntry& entry : log.tail) {
    tail_load += kEntryRowBytes + align_up(entry.row.size, kPayloadAlign);
  }
  // Small: an incarnation may be short, and what it does not use is taken for good.
  const u64 small = std::max(align_up(options_.segment_bytes / 16, kBlockBytes), kSegmentBytesMin);
  const u64 bytes = std::max(small, segment_bytes_for(tail_load));
  const u64 base = log.places.size();
  rotation_.make(next_header(bytes), base, recovery_.missing_meta(), out);
}

// The first batch: what is kept of earlier incarnations, and the entries that nothing proves
// durable.
void Store::write_rehome(Output out) {
  const LogJudgement& judgement = recovery_.judgement();
  BuiltLog& log = recovery_.log();
  writer_.start(rotation_.take(), options_.batch_bytes_max);
  const u64 kept = log.places.size();
  durable_index_ = LogIndex{kept};
  entries_.assign(std::move(log.places));
  cache_.set_durable(durable_index_);
  writer_.set_written_last(LogIndex{log.trunc_from == 0 ? kept : log.trunc_from});
  if (log.trunc_from != 0) writer_.truncate(LogIndex{log.trunc_from}, 0);
  u64 index = kept;
  for (const TailEntry& entry : log.tail) {
    index += 1;
    const Bytes payload = recovery_.tail_payload(entry);
    entries_.append(entry.row.size, entry.row.crc, entry.row.time);
    cache_.append(LogIndex{index}, payload);
    writer_.gather().append(LogIndex{index}, entry.row, payload, 0);
  }
  SNOWFLK_ASSERT(index == recovered_.entries.size());
  writer_.write_rehome(context(recovered_.commit), judgement.witnessed.incarnation,
                       judgement.witnessed.sequence, out);
  place_entries();
}

// ---- Writing -----------------------------------------------------------------------------------

BatchContext Store::context(LogIndex commit) const {
  return {.term = meta_.wanted().term, .vote = meta_.wanted().vote, .commit = commit};
}

void Store::place_entries() {
  const Flight& flight = writer_.flight();
  u64 offset = writer_.payloads_at();
  for (u32 i = 0; i < flight.count; ++i) {
    const LogIndex index{flight.first_index + i};
    entries_.place(index, writer_.segment().segment, offset);
    offset += align_up(entries_.at(index).size, kPayloadAlign);
  }
}

void Store::flush(Instant now, LogIndex commit, Output out) {
  if (stopped()) return;
  rotation_.flush(now, out);
  if (state_ != StoreState::ready) return;
  meta_.flush(out);
  cut(commit, out);
  witness(now, commit, out);
}

void Store::cut(LogIndex commit, Output out) {
  const Gather& gather = writer_.gather();
  const bool derived_alone = gather.derived_load() >= writer_.load_max() / 2;
  if (writer_.flying() || !(gather.must_write() || derived_alone)) return;
  if (!find_room(out)) return;
  writer_.write(context(std::min(commit, durable_index_)), out);
  place_entries();
  const bool half_full = writer_.position() > writer_.segment().bytes / 2;
  if (half_full && rotation_.step() == RotationStep::idle) make_next_segment(out);
}

bool Store::find_room(Output out) {
  // A segment that was made ahead may be too small for an entry that came since: it stays empty,
  // and one is made for that entry.
  while (!writer_.fits(writer_.next_body(0))) {
    if (rotation_.step() == RotationStep::idle) make_next_segment(out);
    if (!rotation_.ready()) return false;
    writer_.rotate(rotation_.take());
  }
  return true;
}

/// Of the usual size, or of that which the next batch needs.
void Store::make_next_segment(Output out) {
  const u64 bytes = std::max(options_.segment_bytes, segment_bytes_for(writer_.next_body(0)));
  rotation_.make(next_header(bytes), entries_.last_index().value, 0, out);
}

// After a quiet while the last batch is witnessed, so that damage to it is known as such.
void Store::witness(Instant now, LogIndex commit, Output out) {
  if (writer_.flying() || writer_.gather().must_write() || !writer_.unwitnessed() ||
      !writer_.fits(0)) {
    witness_at_.reset();
    return;
  }
  if (!witness_at_) witness_at_ = now + kWitnessAfter;
  if (now < *witness_at_) return;
  witness_at_.reset();
  writer_.write_witness(context(std::min(commit, durable_index_)), out);
}

Instant Store::deadline() const {
  if (stopped()) return kNever;
  const Instant retry = rotation_.deadline();
  return witness_at_ ? std::min(*witness_at_, retry) : retry;
}

// ---- Changes -----------------------------------------------------------------------------------

u64 Store::append(LogIndex index, Term term, u8 kind, WallTime time, Bytes payload) {
  SNOWFLK_ASSERT(state_ == StoreState::ready);
  SNOWFLK_ASSERT(index == last_index().next());
  SNOWFLK_ASSERT(term <= meta_.wanted().term);
  SNOWFLK_ASSERT(kind != 0);
  SNOWFLK_ASSERT(payload.size() <= kBatchBytesMax);
  const EntryRow row{.term = term,
                     .time = time,
                     .size = static_cast<u32>(payload.size()),
                     .crc = crc32c(payload),
                     .kind = kind};
  ticket_ += 1;
  entries_.append(row.size, row.crc, row.time);
  cache_.append(index, payload);
  writer_.gather().append(index, row, payload, ticket_);
  return ticket_;
}

u64 Store::truncate(LogIndex from) {
  SNOWFLK_ASSERT(state_ == StoreState::ready);
  SNOWFLK_ASSERT(from.value >= 1);
  ticket_ += 1;
  writer_.truncate(from, ticket_);
  entries_.truncate(from);
  cache_.truncate(from);
  durable_index_ = std::min(durable_index_, LogIndex{from.value - 1});
  return ticket_;
}

u64 Store::set_hard_state(Term term, NodeId vote) {
  SNOWFLK_ASSERT(state_ == StoreState::ready);
  ticket_ += 1;
  meta_.set_hard_state(term, vote, ticket_);
  return ticket_;
}

void Store::add_derived(LogIndex index, u32 sub, Bytes key, Bytes value) {
  SNOWFLK_ASSERT(state_ == StoreState::ready);
  SNOWFLK_ASSERT(index <= durable_index_);
  writer_.gather().add_derived(index, sub, key, value);
}

u64 Store::durable_ticket() const {
  u64 first = UINT64_MAX;
  const u64 waiting[] = {writer_.flight().first_ticket, writer_.gather().first_ticket(),
                         meta_.first_waiting_ticket()};
  for (const u64 ticket : waiting) {
    if (ticket != 0) first = std::min(first, ticket);
  }
  return first == UINT64_MAX ? ticket_ : first - 1;
}

}  // namespace snowflk::bitcask
