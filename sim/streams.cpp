#include "sim/streams.hpp"

#include <algorithm>

namespace snowflk::sim {
namespace {

constexpr Duration kRetryMean = milliseconds(40);
constexpr Duration kSilenceMean = milliseconds(700);
constexpr Duration kCutMean = milliseconds(600);

// A pair and an epoch in one argument.
constexpr u64 kPairBits = 8;
constexpr u64 token_of(u64 pair, u64 epoch) { return epoch << kPairBits | pair; }
constexpr u64 pair_in(u64 token) { return token & ((1U << kPairBits) - 1); }
constexpr u64 epoch_in(u64 token) { return token >> kPairBits; }

}  // namespace

Streams::Streams(u64 seed, u32 nodes, const NetworkOptions& options)
    : options_(options), nodes_(nodes) {
  for (u32 first = 1; first <= nodes; ++first) {
    for (u32 second = first + 1; second <= nodes; ++second) {
      Pair pair;
      pair.ends = {NodeId{first}, NodeId{second}};
      pair.delay = stream_of(seed, u64{first} * 64 + second, Stream::stream_delay);
      pairs_.push_back(std::move(pair));
    }
  }
  SNOWFLK_ASSERT(pairs_.size() < (1U << kPairBits));
}

u64 Streams::pair_of(NodeId a, NodeId b) const {
  const u64 first = std::min(a.value, b.value);
  const u64 second = std::max(a.value, b.value);
  SNOWFLK_ASSERT(first >= 1);
  SNOWFLK_ASSERT(first < second);
  SNOWFLK_ASSERT(second <= nodes_);
  // Rows of nodes-1, nodes-2, … before `first`.
  return (first - 1) * (2 * u64{nodes_} - first) / 2 + (second - first - 1);
}

Streams::Ends Streams::ends_of(u64 token) const { return pairs_[pair_in(token)].ends; }

bool Streams::stands(NodeId first, NodeId second) const {
  return pairs_[pair_of(first, second)].stands;
}

// ---- Coming up ------------------------------------------------------------------------------

void Streams::poke(NodeId node, Schedule& schedule, EventId cause) {
  for (u64 index = 0; index < pairs_.size(); ++index) {
    const Ends ends = pairs_[index].ends;
    if (ends.first != node && ends.second != node) continue;
    try_later(index, kRetryMean / 4, schedule, cause);
  }
}

void Streams::try_later(u64 index, Duration mean, Schedule& schedule, EventId cause) {
  Pair& pair = pairs_[index];
  if (pair.stands || held_) return;
  if (pair.trying) return;
  pair.trying = true;
  if (options_.delay_mean.value == 0) mean = Duration{0};  // nothing takes time there
  schedule.push(Pending{.at = schedule.now() + options_.delay_min + geometric(pair.delay, mean),
                        .cause = cause,
                        .argument = index,
                        .kind = EventKind::stream_connect});
}

void Streams::connect(u64 index, bool both, Schedule& schedule, EventId cause) {
  Pair& pair = pairs_[index];
  SNOWFLK_ASSERT(pair.trying);
  pair.trying = false;
  if (pair.stands || held_) return;
  if (!both) return;                                      // poke() comes when that changes
  if (pair.first.told_up || pair.second.told_up) return;  // down() comes first, and tries again
  pair.epoch += 1;
  pair.stands = true;
  tell(index, pair.ends.first, EventKind::stream_up, options_.delay_mean, schedule, cause);
  tell(index, pair.ends.second, EventKind::stream_up, options_.delay_mean, schedule, cause);
}

void Streams::tell(u64 index, NodeId node, EventKind kind, Duration mean, Schedule& schedule,
                   EventId cause) {
  if (held_) return;
  Pair& pair = pairs_[index];
  End& end = end_of(pair, node);
  const VirtualTime when = schedule.now() + options_.delay_min + geometric(pair.delay, mean);
  end.last_arrival = std::max(when, end.last_arrival + Duration{1});
  schedule.push(Pending{.at = end.last_arrival,
                        .cause = cause,
                        .argument = token_of(index, pair.epoch),
                        .node = node.value,
                        .kind = kind});
}

bool Streams::up(NodeId node, u64 token, StreamUp& happening) {
  Pair& pair = pairs_[pair_in(token)];
  if (!pair.stands) return false;
  if (pair.epoch != epoch_in(token)) return false;
  End& end = end_of(pair, node);
  SNOWFLK_ASSERT(!end.told_up);
  SNOWFLK_ASSERT(end.told_epoch < pair.epoch);
  end.told_epoch = pair.epoch;
  end.told_up = true;
  happening.peer = node == pair.ends.first ? pair.ends.second : pair.ends.first;
  happening.epoch = pair.epoch;
  return true;
}

// ---- Breaking -------------------------------------------------------------------------------

bool Streams::down(NodeId node, u64 token, StreamDown& happening, Schedule& schedule,
                   EventId cause) {
  const u64 index = pair_in(token);
  Pair& pair = pairs_[index];
  End& end = end_of(pair, node);
  if (!end.told_up) return false;
  if (end.told_epoch != epoch_in(token)) return false;
  end.told_up = false;
  happening.peer = node == pair.ends.first ? pair.ends.second : pair.ends.first;
  happening.epoch = end.told_epoch;
  if (!pair.first.told_up && !pair.second.told_up) try_later(index, kRetryMean, schedule, cause);
  return true;
}

void Streams::break_pair(NodeId first, NodeId second, BreakKind kind, Schedule& schedule,
                         EventId cause) {
  const u64 index = pair_of(first, second);
  Pair& pair = pairs_[index];
  if (!pair.stands) return;
  fall(pair);
  const Duration mean = kind == BreakKind::reset ? options_.delay_mean : kSilenceMean;
  for (const NodeId node : {pair.ends.first, pair.ends.second}) {
    if (!end_of(pair, node).told_up) continue;
    tell(index, node, EventKind::stream_down, mean, schedule, cause);
  }
  // An end that was not told that it stood needs not hear that it fell.
  if (!pair.first.told_up && !pair.second.told_up) try_later(index, kRetryMean, schedule, cause);
}

// What was on it is gone.
void Streams::fall(Pair& pair) {
  SNOWFLK_ASSERT(pair.stands);
  pair.stands = false;
  breaks_ += 1;
  for (End* end : {&pair.first, &pair.second}) {
    for (const u64 slot : end->waiting) release(slot);
    end->waiting.clear();
  }
}

void Streams::crash(NodeId node, BreakKind kind, Schedule& schedule, EventId cause) {
  for (Pair& pair : pairs_) {
    if (pair.ends.first != node && pair.ends.second != node) continue;
    end_of(pair, node).told_up = false;
    break_pair(pair.ends.first, pair.ends.second, kind, schedule, cause);
  }
}

void Streams::watch_cut(NodeId from, NodeId to, Schedule& schedule, EventId cause) {
  const u64 index = pair_of(from, to);
  Pair& pair = pairs_[index];
  if (!pair.stands || held_) return;
  schedule.push(Pending{.at = schedule.now() + geometric(pair.delay, kCutMean),
                        .cause = cause,
                        .argument = token_of(index, pair.epoch),
                        .kind = EventKind::stream_cut});
}

void Streams::cut_lasted(u64 token, bool still_cut, Schedule& schedule, EventId cause) {
  const Pair& pair = pairs_[pair_in(token)];
  if (!still_cut || held_) return;
  if (pair.epoch != epoch_in(token)) return;
  break_pair(pair.ends.first, pair.ends.second, BreakKind::reset, schedule, cause);
}

void Streams::reopen(NodeId from, NodeId to, Schedule& schedule) {
  Pair& pair = pairs_[pair_of(from, to)];
  End& end = end_of(pair, to);
  for (const u64 slot : end.waiting) {
    schedule.push_first(Pending{.at = schedule.now(),
                                .cause = messages_[slot].cause,
                                .argument = slot,
                                .node = to.value,
                                .kind = EventKind::stream_message});
  }
  end.waiting.clear();
}

// ---- By hand --------------------------------------------------------------------------------

void Streams::hold(bool held, Schedule& schedule, EventId cause) {
  const bool let_go = held_ && !held;
  held_ = held;
  if (!let_go) return;
  for (u64 index = 0; index < pairs_.size(); ++index) {
    Pair& pair = pairs_[index];
    for (const NodeId node : {pair.ends.first, pair.ends.second}) {
      const bool told_up = end_of(pair, node).told_up;
      if (pair.stands == told_up) continue;
      const EventKind news = pair.stands ? EventKind::stream_up : EventKind::stream_down;
      tell(index, node, news, options_.delay_mean, schedule, cause);
    }
    if (!pair.first.told_up && !pair.second.told_up) try_later(index, kRetryMean, schedule, cause);
  }
}

bool Streams::hear(NodeId node, NodeId peer, bool up, bool both, Schedule& schedule,
                   EventId cause) {
  const u64 index = pair_of(node, peer);
  Pair& pair = pairs_[index];
  const End& end = end_of(pair, node);
  if (end.told_up == up) return false;
  if (up && !pair.stands) {
    if (!both || pair.first.told_up || pair.second.told_up) return false;
    pair.epoch += 1;
    pair.stands = true;
  }
  if (!up && pair.stands) fall(pair);
  schedule.push_first(Pending{.at = schedule.now(),
                              .cause = cause,
                              .argument = token_of(index, up ? pair.epoch : end.told_epoch),
                              .node = node.value,
                              .kind = up ? EventKind::stream_up : EventKind::stream_down});
  return true;
}

// ---- What they carry ------------------------------------------------------------------------

SendNote Streams::send(NodeId from, NodeId to, u64 epoch, Bytes frame, Schedule& schedule,
                       EventId cause) {
  Pair& pair = pairs_[pair_of(from, to)];
  if (!pair.stands || pair.epoch != epoch) return SendNote{.fate = Fate::cut, .copies = 0};
  SNOWFLK_ASSERT(end_of(pair, from).told_up);  // else it could not know the epoch
  const u64 slot = store(from, to, epoch, frame, cause);
  End& receiver = end_of(pair, to);
  const VirtualTime when =
      schedule.now() + options_.delay_min + geometric(pair.delay, options_.delay_mean);
  receiver.last_arrival = std::max(when, receiver.last_arrival + Duration{1});
  schedule.push(Pending{.at = receiver.last_arrival,
                        .cause = cause,
                        .argument = slot,
                        .node = to.value,
                        .kind = EventKind::stream_message});
  return SendNote{.fate = Fate::sent, .copies = 1};
}

void Streams::send_exactly(NodeId from, NodeId to, u64 epoch, Bytes frame, Schedule& schedule,
                           EventId cause) {
  const Pair& pair = pairs_[pair_of(from, to)];
  if (!pair.stands || pair.epoch != epoch) return;
  schedule.push_first(Pending{.at = schedule.now(),
                              .cause = cause,
                              .argument = store(from, to, epoch, frame, cause),
                              .node = to.value,
                              .kind = EventKind::stream_message});
}

u64 Streams::store(NodeId from, NodeId to, u64 epoch, Bytes frame, EventId cause) {
  const u64 slot = messages_.take();
  Message& message = messages_[slot];
  message.from = from;
  message.to = to;
  message.channel = node::Channel::stream;
  message.epoch = epoch;
  message.cause = cause;
  message.lost = false;
  message.damaged = false;
  message.bytes.assign(frame.begin(), frame.end());
  return slot;
}

Message* Streams::arrive(u64 slot, bool open) {
  Message& message = messages_[slot];
  Pair& pair = pairs_[pair_of(message.from, message.to)];
  End& end = end_of(pair, message.to);
  if (!pair.stands || pair.epoch != message.epoch || !end.told_up) {
    release(slot);
    return nullptr;
  }
  if (!open || !end.waiting.empty()) {
    end.waiting.push_back(slot);
    return nullptr;
  }
  return &message;
}

}  // namespace snowflk::sim
