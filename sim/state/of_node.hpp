// What a node is made of, and the state machine in it (sim/state/walk.hpp).
#pragma once

#include "core/node/node.hpp"
#include "sim/state/of_bitcask.hpp"
#include "sim/state/of_raft.hpp"

namespace snowflk {

template <>
struct StateOf<kv::ValueCache::Slot> {
  using T = kv::ValueCache::Slot;
  static constexpr auto fields() {
    return std::tuple{Field{"place", &T::place}, Field{"hash", &T::hash}};
  }
};

template <>
struct StateOf<kv::ValueCache> {
  using T = kv::ValueCache;
  static constexpr auto fields() {
    return std::tuple{Field{"bytes_max", &T::bytes_max_},
                      Field{"count", &T::count_},
                      Field{"tail", &T::tail_},
                      Field{"head", &T::head_},
                      Field{"end", &T::end_},
                      Field{"wrapped", &T::wrapped_},
                      Field{"bytes", &T::bytes_},
                      Field{"table", &T::table_}};
  }
};

template <>
struct StateOf<kv::PendingDerived::Slot> {
  using T = kv::PendingDerived::Slot;
  static constexpr auto fields() {
    return std::tuple{Field{"index", &T::index}, Field{"sub", &T::sub}, Field{"done", &T::done},
                      Field{"key_bytes", &T::key_bytes}, Field{"bytes", &T::bytes}};
  }
};

template <>
struct StateOf<kv::PendingDerived> {
  using T = kv::PendingDerived;
  static constexpr auto fields() {
    return std::tuple{Field{"ring", &T::ring_}, Field{"first", &T::first_},
                      Field{"next", &T::next_}, Field{"bytes", &T::bytes_}};
  }
};

template <>
struct StateOf<kv::Operands::Held> {
  using T = kv::Operands::Held;
  static constexpr auto fields() {
    return std::tuple{Field{"location", &T::location}, Field{"from", &T::from},
                      Field{"size", &T::size}};
  }
};

template <>
struct StateOf<kv::Operands> {
  using T = kv::Operands;
  static constexpr auto fields() {
    return std::tuple{Field{"held", &T::held_}, Field{"bytes", &T::bytes_},
                      Field{"table", &T::table_}};
  }
};

template <>
struct StateOf<kv::Machine> {
  using T = kv::Machine;
  static constexpr auto fields() {
    return std::tuple{Field{"keydir", &T::keydir_},   Field{"cache", &T::cache_},
                      Field{"pending", &T::pending_}, Aside{&T::computed_},
                      Field{"applied", &T::applied_}, Field{"digest", &T::digest_}};
  }
};

template <>
struct StateOf<node::Origin> {
  using T = node::Origin;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &T::kind},       Field{"client", &T::client},
                      Field{"request", &T::request}, Field{"peer", &T::peer},
                      Field{"epoch", &T::epoch},     Field{"forward", &T::forward}};
  }
};

template <>
struct StateOf<node::ReadTries> {
  using T = node::ReadTries;
  static constexpr auto fields() {
    return std::tuple{Field{"made", &T::made_}, Field{"wrong", &T::wrong_}};
  }
};

template <>
struct StateOf<node::ApplyAhead::Ahead> {
  using T = node::ApplyAhead::Ahead;
  static constexpr auto fields() {
    return std::tuple{Field{"index", &T::index}, Field{"id", &T::id}, Field{"tries", &T::tries},
                      Field{"arrived", &T::arrived}, Field{"payload", &T::payload}};
  }
};

template <>
struct StateOf<node::ApplyAhead> {
  using T = node::ApplyAhead;
  static constexpr auto fields() {
    return std::tuple{Field{"ahead", &T::ahead_}, Field{"rotten", &T::rotten_}};
  }
};

template <>
struct StateOf<node::Fetch::Asked> {
  using T = node::Fetch::Asked;
  static constexpr auto fields() {
    return std::tuple{Field{"id", &T::id}, Field{"location", &T::location},
                      Field{"tries", &T::tries}};
  }
};

template <>
struct StateOf<node::Fetch> {
  using T = node::Fetch;
  static constexpr auto fields() {
    return std::tuple{Field{"operands", &T::operands_}, Field{"asked", &T::asked_},
                      Aside{&T::wanted_}, Field{"rotten", &T::rotten_}};
  }
};

template <>
struct StateOf<node::Applier> {
  using T = node::Applier;
  static constexpr auto fields() {
    return std::tuple{Field{"machine", &T::machine_},
                      Field{"ahead", &T::ahead_},
                      Field{"fetch", &T::fetch_},
                      Field{"rotten", &T::rotten_},
                      Field{"recovered", &T::recovered_},
                      Field{"recovered_next", &T::recovered_next_},
                      Aside{&T::reply_},
                      Aside{&T::derived_}};
  }
};

template <>
struct StateOf<node::DurabilityGate::Held> {
  using T = node::DurabilityGate::Held;
  static constexpr auto fields() {
    return std::tuple{Field{"ticket", &T::ticket}, Field{"message", &T::message}};
  }
};

template <>
struct StateOf<node::DurabilityGate> {
  using T = node::DurabilityGate;
  static constexpr auto fields() { return std::tuple{Field{"held", &T::held_}}; }
};

template <>
struct StateOf<node::Forwarded> {
  using T = node::Forwarded;
  static constexpr auto fields() {
    return std::tuple{Field{"id", &T::id}, Field{"leader", &T::leader}, Field{"epoch", &T::epoch},
                      Field{"origin", &T::origin}, Field{"deadline", &T::deadline}};
  }
};

template <>
struct StateOf<node::Forwards> {
  using T = node::Forwards;
  static constexpr auto fields() {
    return std::tuple{Field{"waiting", &T::waiting_}, Field{"leader", &T::leader_},
                      Field{"superseded_until", &T::superseded_until_}, Field{"last", &T::last_}};
  }
};

template <>
struct StateOf<node::Parked> {
  using T = node::Parked;
  static constexpr auto fields() {
    return std::tuple{Field{"origin", &T::origin}, Field{"command", &T::command},
                      Field{"deadline", &T::deadline}};
  }
};

template <>
struct StateOf<node::Parking> {
  using T = node::Parking;
  static constexpr auto fields() { return std::tuple{Field{"parked", &T::parked_}}; }
};

template <>
struct StateOf<node::Peers::Stream> {
  using T = node::Peers::Stream;
  static constexpr auto fields() {
    return std::tuple{Field{"peer", &T::peer}, Field{"newest", &T::newest},
                      Field{"stands", &T::stands}};
  }
};

template <>
struct StateOf<node::Peers> {
  using T = node::Peers;
  static constexpr auto fields() { return std::tuple{Field{"streams", &T::streams_}}; }
};

template <>
struct StateOf<node::PendingSends::Wanted> {
  using T = node::PendingSends::Wanted;
  static constexpr auto fields() {
    return std::tuple{Field{"id", &T::id}, Field{"row", &T::row}, Field{"tries", &T::tries}};
  }
};

/// The payload of a row is set when all are there, from `payloads` beside it.
template <>
struct StateOf<wire::Entry> {
  using T = wire::Entry;
  static constexpr auto fields() {
    return std::tuple{Field{"info", &T::info}, Field{"time_ms", &T::time_ms}, Aside{&T::payload}};
  }
};

template <>
struct StateOf<node::PendingSends::Waiting> {
  using T = node::PendingSends::Waiting;
  static constexpr auto fields() {
    return std::tuple{Field{"to", &T::to}, Field{"message", &T::message}, Field{"rows", &T::rows},
                      Field{"payloads", &T::payloads}, Field{"wanted", &T::wanted}};
  }
};

template <>
struct StateOf<node::PendingSends> {
  using T = node::PendingSends;
  static constexpr auto fields() {
    return std::tuple{Field{"waiting", &T::waiting_}, Field{"rotten", &T::rotten_}};
  }
};

template <>
struct StateOf<node::Proposal> {
  using T = node::Proposal;
  static constexpr auto fields() {
    return std::tuple{Field{"index", &T::index}, Field{"term", &T::term},
                      Field{"origin", &T::origin}, Field{"deadline", &T::deadline}};
  }
};

template <>
struct StateOf<node::Proposals> {
  using T = node::Proposals;
  static constexpr auto fields() { return std::tuple{Field{"waiting", &T::waiting_}}; }
};

template <>
struct StateOf<node::WaitingRead> {
  using T = node::WaitingRead;
  static constexpr auto fields() {
    return std::tuple{Field{"origin", &T::origin},     Field{"command", &T::command},
                      Field{"deadline", &T::deadline}, Field{"round", &T::round},
                      Field{"index", &T::index},       Field{"confirmed", &T::confirmed}};
  }
};

template <>
struct StateOf<node::FetchingRead> {
  using T = node::FetchingRead;
  static constexpr auto fields() {
    return std::tuple{Field{"read", &T::read}, Field{"fetch", &T::fetch}, Field{"news", &T::news},
                      Field{"failed", &T::failed}};
  }
};

template <>
struct StateOf<node::Reads> {
  using T = node::Reads;
  static constexpr auto fields() {
    return std::tuple{Field{"waiting", &T::waiting_},
                      Field{"fetching", &T::fetching_},
                      Field{"gathering_round", &T::gathering_round_},
                      Field{"asked_round", &T::asked_round_},
                      Field{"asked", &T::asked_},
                      Field{"first_asked", &T::first_asked_},
                      Field{"last_asked", &T::last_asked_},
                      Field{"ask_again_at", &T::ask_again_at_},
                      Field{"rotten", &T::rotten_},
                      Aside{&T::fetch_},
                      Aside{&T::reply_}};
  }
};

template <>
struct StateOf<node::DiskWatch> {
  using T = node::DiskWatch;
  static constexpr auto fields() {
    return std::tuple{Field{"since", &T::since_}, Field{"ended", &T::ended_}};
  }
};

/// Its options follow from those of the world. From `raft_output` on: reused from step to step.
template <>
struct StateOf<node::Node> {
  using T = node::Node;
  static constexpr auto fields() {
    return std::tuple{Aside{&T::options_},
                      Field{"phase", &T::phase_},
                      Field{"refusing_reason", &T::refusing_reason_},
                      Field{"stopping", &T::stopping_},
                      Field{"stop_deadline", &T::stop_deadline_},
                      Field{"random", &T::random_},
                      Field{"incarnation", &T::incarnation_},
                      Field{"last_read", &T::last_read_},
                      Field{"last_stamp", &T::last_stamp_},
                      Field{"store", &T::store_},
                      Field{"raft", &T::raft_},
                      Field{"stored_hard_state", &T::stored_hard_state_},
                      Field{"applier", &T::applier_},
                      Field{"refused_room", &T::refused_room_},
                      Field{"write_watch", &T::write_watch_},
                      Field{"read_watch", &T::read_watch_},
                      Field{"disk_reads_begun", &T::disk_reads_begun_},
                      Field{"disk_reads_ended", &T::disk_reads_ended_},
                      Aside{&T::budget_},
                      Field{"peers", &T::peers_},
                      Field{"gate", &T::gate_},
                      Field{"pending_sends", &T::pending_sends_},
                      Field{"proposals", &T::proposals_},
                      Field{"forwards", &T::forwards_},
                      Field{"parking", &T::parking_},
                      Field{"reads", &T::reads_},
                      Aside{&T::raft_output_},
                      Field{"disk", &T::disk_},
                      Aside{&T::store_events_},
                      Aside{&T::writer_},
                      Aside{&T::entry_infos_},
                      Aside{&T::entries_},
                      Aside{&T::error_}};
  }
};

}  // namespace snowflk
