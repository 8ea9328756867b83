// What a Raft is made of (sim/state/walk.hpp).
#pragma once

#include "core/raft/raft.hpp"
#include "sim/state/aside.hpp"

namespace snowflk {

template <>
struct StateOf<raft::Log> {
  using T = raft::Log;
  static constexpr auto fields() {
    return std::tuple{Field{"floor_index", &T::floor_index_}, Field{"floor_term", &T::floor_term_},
                      Field{"entries", &T::entries_}, Aside{&T::changes_}};
  }
};

template <>
struct StateOf<raft::Inflight::Sent> {
  using T = raft::Inflight::Sent;
  static constexpr auto fields() {
    return std::tuple{Field{"last", &T::last}, Field{"bytes", &T::bytes}};
  }
};

template <>
struct StateOf<raft::Inflight> {
  using T = raft::Inflight;
  static constexpr auto fields() {
    return std::tuple{Field{"sent", &T::sent_}, Field{"first", &T::first_},
                      Field{"count", &T::count_}, Field{"bytes", &T::bytes_}};
  }
};

template <>
struct StateOf<raft::Progress> {
  using T = raft::Progress;
  static constexpr auto fields() {
    return std::tuple{Field{"next_index", &T::next_index},
                      Field{"match_index", &T::match_index},
                      Field{"state", &T::state},
                      Field{"probe_sent", &T::probe_sent},
                      Field{"commit_sent", &T::commit_sent},
                      Field{"read_round", &T::read_round},
                      Field{"last_contact", &T::last_contact},
                      Field{"inflight", &T::inflight}};
  }
};

template <>
struct StateOf<raft::VoteSet> {
  using T = raft::VoteSet;
  static constexpr auto fields() { return std::tuple{Field{"granted", &T::granted_}}; }
};

template <>
struct StateOf<raft::Raft::PendingRead> {
  using T = raft::Raft::PendingRead;
  static constexpr auto fields() {
    return std::tuple{Field{"read", &T::read}, Field{"origin", &T::origin},
                      Field{"index", &T::index}, Field{"round", &T::round}};
  }
};

template <>
struct StateOf<raft::Raft::Seen> {
  using T = raft::Raft::Seen;
  static constexpr auto fields() {
    return std::tuple{Field{"hard_state", &T::hard_state},
                      Field{"commit_index", &T::commit_index},
                      Field{"commit_term", &T::commit_term},
                      Field{"last_index", &T::last_index},
                      Field{"last_term", &T::last_term},
                      Field{"leader", &T::leader},
                      Field{"role", &T::role},
                      Aside{&T::log_changes}};
  }
};

template <>
struct StateOf<raft::Raft> {
  using T = raft::Raft;
  static constexpr auto fields() {
    return std::tuple{Aside{&T::options_},
                      Field{"hard_state", &T::hard_state_},
                      Field{"log", &T::log_},
                      Field{"commit_index", &T::commit_index_},
                      Field{"role", &T::role_},
                      Field{"leader", &T::leader_},
                      Field{"votes", &T::votes_},
                      Field{"random", &T::random_},
                      Field{"election_deadline", &T::election_deadline_},
                      Field{"leader_heard_at", &T::leader_heard_at_},
                      Field{"uncommitted_bytes", &T::uncommitted_bytes_},
                      Field{"progress", &T::progress_},
                      Field{"heartbeat_deadline", &T::heartbeat_deadline_},
                      Field{"quorum_deadline", &T::quorum_deadline_},
                      Field{"pending_reads", &T::pending_reads_},
                      Field{"read_round", &T::read_round_},
                      Field{"read_round_wanted", &T::read_round_wanted_},
                      Field{"seen", &T::seen_}};
  }
};

template <>
struct StateOf<raft::Outgoing> {
  using T = raft::Outgoing;
  static constexpr auto fields() {
    return std::tuple{Field{"to", &T::to}, Field{"gate", &T::gate}, Field{"message", &T::message}};
  }
};

}  // namespace snowflk
