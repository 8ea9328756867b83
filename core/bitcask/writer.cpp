// Cutting batches.
#include "core/bitcask/writer.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/maybe.hpp"

namespace snowflk::bitcask {

void Writer::start(const SegmentHeader& segment, u64 load_max) {
  SNOWFLK_ASSERT(sequence_ == 0);
  load_max_ = load_max;
  rotate(segment);
  chain_ = chain_start(seed_);
}

void Writer::rotate(const SegmentHeader& segment) {
  SNOWFLK_ASSERT(!flying());
  SNOWFLK_ASSERT(segment.segment > segment_.segment);
  segment_ = segment;
  seed_ = segment_seed(segment);
  position_ = kSegmentHeaderBytes;
}

bool Writer::fits(u64 body_bytes) const {
  return position_ + shape_of_body(body_bytes).bytes() <= segment_.bytes;
}

u64 Writer::next_body(u64 more) const {
  const Gather::Portion portion = gather_.portion(load_max_);
  const u64 load = portion.entries * kEntryRowBytes + portion.payload_bytes +
                   portion.derived * kDerivedRowBytes + portion.record_bytes;
  return load + (more == 0 ? 0 : more + kEntryRowBytes);
}

BatchHeader Writer::header_of(const BatchContext& context) const {
  return BatchHeader{.sequence = sequence_ + 1,
                     .durable_upto = durable_,
                     .first_index = gather_.first_index(),
                     .term = context.term,
                     .vote = context.vote,
                     .commit = context.commit.value,
                     .trunc_from = gather_.trunc_from(),
                     .chain = chain_,
                     .segment_low = static_cast<u32>(segment_.segment)};
}

void Writer::write(const BatchContext& context, Output out) {
  BatchHeader header = header_of(context);
  write_portion(header, gather_.portion(load_max_), out);
}

void Writer::write_rehome(const BatchContext& context, Incarnation kept, u64 kept_sequence,
                          Output out) {
  SNOWFLK_ASSERT(sequence_ == 0);
  BatchHeader header = header_of(context);
  header.flags = kBatchRehome;
  header.kept_incarnation = kept.value;
  header.kept_sequence = kept_sequence;
  write_portion(header, gather_.all(), out);
}

void Writer::write_witness(const BatchContext& context, Output out) {
  SNOWFLK_ASSERT(!gather_.must_write());
  BatchHeader header = header_of(context);
  header.flags = kBatchWitness;
  write_portion(header, {}, out);
  flight_.witness = true;
  last_was_witness_ = true;
}

void Writer::write_portion(BatchHeader& header, const Gather::Portion& portion, Output out) {
  SNOWFLK_ASSERT(!flying());
  SNOWFLK_ASSERT(durable_ + 1 == header.sequence);  // one batch in flight
  if (portion.entries == 0) header.first_index = 0;
  const BatchBody body = gather_.body(portion);
  encode_batch(header, body, {.segment = segment_.segment, .offset = position_, .seed = seed_},
               bytes_);
  SNOWFLK_ASSERT(position_ + bytes_.size() <= segment_.bytes);
  payloads_at_ = position_ + payload_offset(header);
  flight_.sequence = header.sequence;
  flight_.first_ticket = gather_.must_write() ? gather_.first_ticket() : 0;
  flight_.first_index = header.first_index;
  flight_.count = header.count;
  flight_.witness = false;
  if (header.trunc_from != 0) {
    written_last_ = std::min(written_last_, LogIndex{header.trunc_from - 1});
  }
  SNOWFLK_MAYBE(header.trunc_from != 0);
  SNOWFLK_MAYBE(header.derived_count != 0);
  if (header.count != 0) written_last_ = LogIndex{header.first_index + header.count - 1};
  flight_.valid_last = written_last_.value;
  note_derived(header, body);
  gather_.taken(portion);
  const FileId file{FileKind::segment, segment_.segment};
  flight_.first_operation =
      out.disk.issue(Lane::log, Write{.file = file, .offset = position_, .bytes = bytes_});
  flight_.last_operation = out.disk.issue(Lane::log, Sync{.file = file});
  out.events.emplace_back(BatchWritten{
      .sequence = header.sequence, .first = {header.first_index}, .count = header.count});
  chain_ = chain_after(chain_, Bytes{bytes_}.first(kUnitBytes));
  position_ += bytes_.size();
  sequence_ = header.sequence;
  last_was_witness_ = false;
}

void Writer::note_derived(const BatchHeader& header, const BatchBody& body) {
  flight_.derived.clear();
  u64 offset = position_ + records_offset(header);
  for (const DerivedRow& row : body.derived) {
    flight_.derived.push_back(
        {.index = {row.index},
         .sub = row.sub,
         .location = RecordLocation::of(segment_.segment, offset, row.bytes)});
    offset += row.bytes;
  }
}

bool Writer::landed(u64 up_to) const { return flying() && up_to >= flight_.last_operation; }

void Writer::land() {
  SNOWFLK_ASSERT(flying());
  durable_ = flight_.sequence;
  flight_.sequence = 0;
  flight_.first_ticket = 0;
}

void Writer::truncate(LogIndex from, u64 ticket) {
  const bool recorded = from <= written_last_;
  gather_.truncate(from, recorded, ticket);
  SNOWFLK_MAYBE(flying());  // What is on its way to the disk may be cut off again.
  if (flying()) flight_.valid_last = std::min(flight_.valid_last, from.value - 1);
}

bool Writer::owns(u64 sequence) const {
  return flying() && flight_.first_operation <= sequence && sequence <= flight_.last_operation;
}

}  // namespace snowflk::bitcask
