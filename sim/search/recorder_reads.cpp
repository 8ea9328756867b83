// What a recorder makes of reads.
#include <algorithm>

#include "core/base/assert.hpp"
#include "sim/search/recorder.hpp"

namespace snowflk::sim::search {

using scenario::Step;
using scenario::Verb;

namespace {

bool is_blemish(Verb verb) {
  return verb == Verb::bad_sector || verb == Verb::stale_read || verb == Verb::misdirected_read ||
         verb == Verb::misdirected_write;
}

/// Whether a read of `node` touches what the step `blemish` makes bad, or one of two pages of it.
bool meets(const ReadFinished& read, NodeId node, const Step& blemish) {
  if (!is_blemish(blemish.verb) || blemish.nodes[0].number != node.value) return false;
  const std::string file = bitcask::file_name(read.file);
  const u64 bytes = blemish.verb == Verb::bad_sector ? kSectorBytes : kPageBytes;
  const auto touches = [&](std::string_view name, u64 first) {
    return file == name && first < read.offset + read.length && read.offset < first + bytes;
  };
  return touches(blemish.text, blemish.byte) || (blemish.verb == Verb::misdirected_write &&
                                                 touches(blemish.other_file, blemish.other_byte));
}

}  // namespace

// Where a read takes no time, nor does one that it leads to: what it met had to be there when the
// first of them was asked for. So that comes before what asks, and so does the order to fail, if
// nothing that was met explains the failure.
void Recorder::add_read(const World& world, const StepRecord& record, const ReadFinished& read) {
  const auto earlier = asked_by_.find(record.cause);
  const EventId asked_by = earlier == asked_by_.end() ? record.cause : earlier->second;
  asked_by_.emplace(record.event, asked_by);
  const bool moves = reads_ == Reads::by_themselves;
  bool explained = false;
  for (std::size_t at = steps_.size(); at > 0; --at) {
    const Step& step = steps_[at - 1].step;
    if (!meets(read, record.node, step)) continue;
    explained |= step.verb == Verb::bad_sector;
    if (moves && steps_[at - 1].event > asked_by) move_before(at - 1, asked_by);
  }
  std::vector<std::byte> whole(read.length);
  const bool is_short =
      !read.failed &&
      record.brought < world.seat(record.node).disk.peek(read.file, read.offset, whole);
  if (is_short || (read.failed && !explained)) {
    order_failure(record, read, is_short);
    if (moves) move_before(steps_.size() - 1, asked_by);
  }
  if (moves) return;
  Step& step = add(record, Verb::finish_read, record.node);
  step.text = bitcask::file_name(read.file);
  step.byte = read.offset;
  step.number = take_asked(record, read);
}

void Recorder::note_reads_asked(const StepRecord& record) {
  std::vector<Asked>& asked = asked_[record.node];
  if (record.booted) asked.clear();
  for (const bitcask::DiskRead& read : record.effects->reads) {
    asked.push_back({.id = read.id, .file = read.file, .offset = read.offset});
  }
}

// Which of the reads of the same place that are not done, from 1 on, by age.
u64 Recorder::take_asked(const StepRecord& record, const ReadFinished& read) {
  std::vector<Asked>& asked = asked_[record.node];
  u64 number = 0;
  for (auto at = asked.begin(); at != asked.end(); ++at) {
    if (at->file != read.file || at->offset != read.offset) continue;
    number += 1;
    if (at->id != record.read) continue;
    asked.erase(at);
    return number;
  }
  SNOWFLK_ASSERT(false);
  return number;
}

void Recorder::order_failure(const StepRecord& record, const ReadFinished& read, bool is_short) {
  Step& order = add(record, Verb::fail, record.node);
  order.word = name_of(DiskActionKind::read);
  order.text = bitcask::file_name(read.file);
  order.byte = read.offset;
  if (is_short) order.bytes = record.brought;
}

// What lies between moves up by one, and those that look for it there are told.
void Recorder::move_before(std::size_t step, EventId cause) {
  const auto asks = std::ranges::lower_bound(steps_, cause, {}, &Recorded::event);
  const auto to = static_cast<std::size_t>(asks - steps_.begin());
  if (to >= step) return;
  steps_[step].step.not_before = steps_[to].step.not_before;
  steps_[step].event = cause;
  const auto begin = steps_.begin();
  std::rotate(begin + static_cast<std::ptrdiff_t>(to), begin + static_cast<std::ptrdiff_t>(step),
              begin + static_cast<std::ptrdiff_t>(step) + 1);
  for (auto& [sent, delivered] : delivered_) {
    if (delivered >= to && delivered < step) delivered += 1;
  }
}

}  // namespace snowflk::sim::search
