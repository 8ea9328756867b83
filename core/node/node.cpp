// step(): the inputs of a node, and what follows from each.
#include "core/node/node.hpp"

#include <algorithm>

namespace snowflk::node {
namespace {

bitcask::StoreOptions store_options(const Options& options, u64 entropy) {
  return bitcask::StoreOptions{.cluster = options.cluster,
                               .node = options.self,
                               .members = options.voters,
                               .segment_bytes = options.segment_bytes,
                               .batch_bytes_max = options.batch_bytes_max,
                               .cache_bytes = options.value_cache_bytes / 2,
                               .entropy = entropy,
                               .bootstrap = options.bootstrap};
}

kv::Machine::Options machine_options(const Options& options) {
  return kv::Machine::Options{.cache_bytes = options.value_cache_bytes / 2,
                              .salt = options.cluster.value};
}

void clear(Effects& effects) {
  effects.sends.clear();
  effects.replies.clear();
  effects.disconnects.clear();
  effects.disk.clear();
  effects.reads.clear();
  effects.halt.clear();
  effects.arena.clear();
  effects.events.clear();
  effects.deadline = kNever;
}

}  // namespace

Node::Node(const Options& options)
    : options_(options),
      store_(store_options(options, 0)),
      applier_(machine_options(options)),
      budget_(options.applies_per_step_max, options.reply_bytes_per_step_max),
      peers_(options.voters) {
  SNOWFLK_ASSERT(!invalid(options));
}

void Node::step(const Now& now, const Input& input, Effects& effects) {
  SNOWFLK_ASSERT(phase_ != Phase::stopped);
  clear(effects);
  disk_.clear();
  budget_ = StepBudget{options_.applies_per_step_max, options_.reply_bytes_per_step_max};
  std::visit([&](const auto& happened) { on(now, happened, effects); }, input);
  settle(now, effects);
  finish(now, effects);
}

void Node::on(const Now& now, const Booted& input, Effects& effects) {
  SNOWFLK_ASSERT(phase_ == Phase::booting);
  random_ = Prng(input.entropy, options_.self.value, 1);
  store_ = bitcask::Store(store_options(options_, input.entropy));
  store_.open(input.files, store_output());
  follow_store(now, effects);
}

void Node::on(const Now& now, const DeadlinePassed&, Effects& effects) {
  expire(now.monotonic, effects);
  if (phase_ != Phase::running || now.monotonic < raft_->deadline()) return;
  if (raft_->role() != raft::Role::leader && disk_is_unfit(now.monotonic)) {
    return raft_->postpone_election(now.monotonic);
  }
  raft_->on_deadline(now.monotonic, raft_output_);
  absorb(now, nullptr, effects);
}

void Node::on(const Now&, const PeerUp& input, Effects&) { peers_.up(input.peer, input.epoch); }

void Node::on(const Now&, const PeerDown& input, Effects& effects) {
  peers_.down(input.peer, input.epoch);
  forwards_.broken(input.peer, input.epoch, [&](const Forwarded& forwarded) {
    answer_error(forwarded.origin, kv::ErrorKind::unknown, kv::kOutcomeUnknownText, effects);
  });
}

void Node::on(const Now& now, const ClientRequest& input, Effects& effects) {
  const Origin origin = Origin::of_client(input.client, input.request);
  // Who waits already goes first, so that a client's requests are admitted in the order they came.
  const bool others_wait = phase_ == Phase::running && !parking_.empty();
  if (others_wait || admit(now, origin, input.command, effects) == Admitted::wait) {
    park(now, origin, input.command, effects);
  }
}

void Node::on(const Now&, const ClientGone& input, Effects&) {
  parking_.forget(input.client);
  proposals_.forget(input.client);
  forwards_.forget(input.client);
  reads_.forget(input.client);
}

// Nothing waits for room: a frame that finds none is lost, and Raft sends it again; a client that
// does not take its replies is cut off by the driver.
void Node::on(const Now&, const SendRoom&, Effects&) {}
void Node::on(const Now&, const ReplyRoom&, Effects&) {}

void Node::on(const Now& now, const DiskDone& input, Effects& effects) {
  store_.on_done(input.lane, input.up_to, store_output());
  follow_store(now, effects);
  applier_.derived_durable(store_.derived_durable());
}

void Node::on(const Now& now, const DiskRefused& input, Effects& effects) {
  store_.on_refused(input.lane, input.sequence, input.error, store_output());
  follow_store(now, effects);
}

void Node::on(const Now& now, const ReadDone& input, Effects& effects) {
  disk_reads_ended_ += 1;
  if (store_.on_read(input.id, input.bytes, store_output())) return follow_store(now, effects);
  if (phase_ == Phase::running) on_fetched(input, effects);
}

void Node::on(const Now& now, const Stop&, Effects& effects) {
  stopping_ = true;
  stop_deadline_ = now.monotonic + options_.election_timeout_max * 4;
  if (phase_ != Phase::running) return halt(HaltKind::stopped, "stopped as asked", effects);
  raft_->step_down(now.monotonic, raft::StepDownReason::stopping, raft_output_);
  absorb(now, nullptr, effects);
}

/// Goes on with whatever the input made possible, until nothing more is.
void Node::settle(const Now& now, Effects& effects) {
  if (phase_ != Phase::running) return;
  do {
    open_gate(now, effects);
    apply_committed(effects);
    ask_for_rounds(now, effects);
    serve_reads(effects);
    retry_parked(now, effects);
  } while (phase_ == Phase::running && gate_.open(store_.durable_ticket()));
  watch_disk(now, effects);
  if (stopping_) leave_if_stopping(now.monotonic, effects);
}

/// Answers those whose time is up.
void Node::expire(Instant now, Effects& effects) {
  // A node whose disk is full has a leader, perhaps, and a quorum: it says what is wrong here.
  const bool full = out_of_space();
  parking_.expire(now, [&](const Parked& parked) {
    answer_error(parked.origin, kv::ErrorKind::refused,
                 full ? kv::kDiskErrorText : kv::kNoLeaderText, effects);
  });
  forwards_.expire(now, [&](const Forwarded& forwarded) {
    answer_error(forwarded.origin, kv::ErrorKind::unknown, kv::kOutcomeUnknownText, effects);
  });
  proposals_.expire(now, [&](const Proposal& proposal) {
    answer_error(proposal.origin, kv::ErrorKind::unknown, kv::kOutcomeUnknownText, effects);
  });
  reads_.expire(now, [&](const Origin& origin) {
    answer_error(origin, kv::ErrorKind::refused,
                 full ? kv::kDiskErrorText : kv::kNoQuorumForReadText, effects);
  });
}

void Node::finish(const Now& now, Effects& effects) {
  if (phase_ == Phase::running || phase_ == Phase::booting) {
    const LogIndex commit = raft_ ? raft_->commit_index() : LogIndex{};
    store_.flush(now.monotonic, commit, store_output());
    follow_store(now, effects);
  }
  effects.disk.assign(disk_.operations().begin(), disk_.operations().end());
  effects.reads.assign(disk_.reads().begin(), disk_.reads().end());
  disk_reads_begun_ += disk_.reads().size();
  for (const bitcask::Event& event : store_events_) effects.events.emplace_back(event);
  store_events_.clear();
  writer_.finish(effects);
  effects.deadline = deadline();
  if (phase_ == Phase::running) check_invariants();
}

Instant Node::deadline() const {
  if (phase_ == Phase::stopped || phase_ == Phase::refusing) return kNever;
  const Instant store = store_.deadline();
  if (phase_ == Phase::booting) return std::min(store, parking_.deadline());
  if (budget_.spent()) return Instant{0};  // There may be more.
  const Instant stop = stopping_ ? stop_deadline_ : kNever;
  return std::min({stop, raft_->deadline(), store, parking_.deadline(), forwards_.deadline(),
                   proposals_.deadline(), reads_.deadline()});
}

void Node::check_invariants() {
  raft_->check_invariants();
  if (options_.check_expensive_invariants) store_.check_invariants();
  // Whatever Raft's log has, the store has: in memory, in flight or durable.
  SNOWFLK_ASSERT(store_.last_index() == raft_->log().last_index());
  // Only what is committed and durable here is applied (docs/adr: applied entries are durable).
  SNOWFLK_ASSERT(applier_.applied() <= raft_->commit_index());
  SNOWFLK_ASSERT(applier_.applied() <= store_.durable_index());
}

}  // namespace snowflk::node
