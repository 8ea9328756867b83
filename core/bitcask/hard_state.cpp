// The metadata's writer.
#include "core/bitcask/hard_state.hpp"

#include <utility>

#include "core/base/assert.hpp"

namespace snowflk::bitcask {

void MetaWriter::start(const Meta& found, unsigned missing, Output out) {
  durable_ = found;
  wanted_ = found;
  slot_.resize(kMetaSlotBytes);
  if (found.generation != 0) write(found, missing, out);
}

void MetaWriter::touch(u64 ticket) {
  dirty_ = true;
  if (dirty_ticket_ == 0) dirty_ticket_ = ticket;
}

void MetaWriter::set_hard_state(Term term, NodeId vote, u64 ticket) {
  SNOWFLK_ASSERT(term >= wanted_.term);
  // "votedFor: candidateId that received vote in current term" (Figure 2): one a term.
  SNOWFLK_ASSERT(term > wanted_.term || wanted_.vote.nobody() || vote == wanted_.vote);
  wanted_.term = term;
  wanted_.vote = vote;
  touch(ticket);
}

void MetaWriter::set_manifest(u64 generation, u32 crc) {
  SNOWFLK_ASSERT(generation > wanted_.manifest);
  wanted_.manifest = generation;
  wanted_.manifest_crc = crc;
  touch(0);
}

void MetaWriter::set_incarnation(Incarnation incarnation) {
  SNOWFLK_ASSERT(incarnation > wanted_.incarnation);
  wanted_.incarnation = incarnation;
  touch(0);
}

void MetaWriter::flush(Output out) {
  if (!dirty_ || first_operation_ != 0) return;
  dirty_ = false;
  wanted_.generation = durable_.generation + 1;
  flying_ticket_ = std::exchange(dirty_ticket_, 0);
  write(wanted_, 0, out);
}

void MetaWriter::write(const Meta& meta, unsigned missing, Output out) {
  flying_ = meta;
  encode_meta(flying_, slot_);
  const u64 offset = meta_slot_offset(flying_.generation);
  for (u64 file = 0; file < kMetaFiles; ++file) {
    if ((missing >> file & 1U) != 0) continue;
    const u64 sequence = out.disk.issue(
        Lane::log, Write{.file = {FileKind::meta, file}, .offset = offset, .bytes = slot_});
    if (first_operation_ == 0) first_operation_ = sequence;
  }
  for (u64 file = 0; file < kMetaFiles; ++file) {
    if ((missing >> file & 1U) != 0) continue;
    last_operation_ = out.disk.issue(Lane::log, Sync{.file = {FileKind::meta, file}});
  }
}

bool MetaWriter::on_done(u64 up_to) {
  if (first_operation_ == 0 || up_to < last_operation_) return false;
  SNOWFLK_ASSERT(flying_ == durable_ || flying_.generation == durable_.generation + 1);
  durable_ = flying_;
  first_operation_ = 0;
  flying_ticket_ = 0;
  return true;
}

bool MetaWriter::owns(u64 sequence) const {
  return first_operation_ != 0 && first_operation_ <= sequence && sequence <= last_operation_;
}

u64 MetaWriter::first_waiting_ticket() const {
  return flying_ticket_ != 0 ? flying_ticket_ : dirty_ticket_;
}

}  // namespace snowflk::bitcask
