// What the parts of a world are made of, but for the nodes (sim/state/walk.hpp).
#pragma once

#include "sim/clients.hpp"
#include "sim/cuts.hpp"
#include "sim/faults.hpp"
#include "sim/network.hpp"
#include "sim/script_hooks.hpp"
#include "sim/seat.hpp"
#include "sim/state/aside.hpp"
#include "sim/streams.hpp"

namespace snowflk {

template <>
struct StateOf<Prng> {
  using T = Prng;
  static constexpr auto fields() {
    return std::tuple{Field{"key_low", &T::key_low_}, Field{"key_high", &T::key_high_},
                      Field{"counter", &T::counter_}};
  }
};

template <>
struct StateOf<sim::Pending> {
  using T = sim::Pending;
  static constexpr auto fields() {
    return std::tuple{Field{"at", &T::at},
                      Field{"tie", &T::tie},
                      Field{"sequence", &T::sequence},
                      Field{"cause", &T::cause},
                      Field{"argument", &T::argument},
                      Field{"node", &T::node},
                      Field{"incarnation", &T::incarnation},
                      Field{"kind", &T::kind}};
  }
};

/// Its heap is walked in the order of its events: what lies where in it is the library's choice.
template <>
struct StateOf<sim::Schedule> {
  using T = sim::Schedule;
  static constexpr auto fields() {
    return std::tuple{Aside{&T::heap_}, Field{"ties", &T::ties_}, Field{"sequence", &T::sequence_},
                      Field{"now", &T::now_}};
  }
};

template <>
struct StateOf<sim::Clock> {
  using T = sim::Clock;
  static constexpr auto fields() {
    return std::tuple{Field{"since", &T::since_}, Field{"base", &T::base_},
                      Field{"drift_ppm", &T::drift_ppm_}, Field{"wall_offset", &T::wall_offset_}};
  }
};

template <>
struct StateOf<sim::Content::Page> {
  using T = sim::Content::Page;
  static constexpr auto fields() {
    return std::tuple{Field{"cache", &T::cache}, Field{"platter", &T::platter},
                      Field{"dirty", &T::dirty}, Field{"stale", &T::stale}};
  }
};

template <>
struct StateOf<sim::Content> {
  using T = sim::Content;
  static constexpr auto fields() {
    return std::tuple{Field{"pages", &T::pages_},
                      Field{"dirty_pages", &T::dirty_pages_},
                      Field{"size", &T::size_},
                      Field{"durable_size", &T::durable_size_},
                      Field{"written", &T::written_},
                      Field{"synced", &T::synced_},
                      Field{"synced_before", &T::synced_before_},
                      Field{"settled", &T::settled_}};
  }
};

template <>
struct StateOf<sim::Blemish> {
  using T = sim::Blemish;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &T::kind}, Field{"inode", &T::inode},
                      Field{"page", &T::page}, Field{"sectors", &T::sectors},
                      Field{"once", &T::once}, Field{"shows", &T::shows}};
  }
};

template <>
struct StateOf<sim::Blemishes> {
  using T = sim::Blemishes;
  static constexpr auto fields() { return std::tuple{Field{"all", &T::all_}}; }
};

template <>
struct StateOf<sim::DiskTask> {
  using T = sim::DiskTask;
  static constexpr auto fields() {
    return std::tuple{Field{"sequence", &T::sequence},   Field{"action", &T::action},
                      Field{"file", &T::file},           Field{"to", &T::to},
                      Field{"offset", &T::offset},       Field{"size", &T::size},
                      Field{"bytes", &T::bytes},         Field{"done", &T::done},
                      Field{"this_time", &T::this_time}, Field{"cause", &T::cause}};
  }
};

template <>
struct StateOf<sim::DiskCounters> {
  using T = sim::DiskCounters;
  static constexpr auto fields() {
    return std::tuple{Field{"bytes_written", &T::bytes_written},
                      Field{"writes", &T::writes},
                      Field{"syncs", &T::syncs},
                      Field{"reads", &T::reads},
                      Field{"write_errors", &T::write_errors},
                      Field{"sync_errors", &T::sync_errors},
                      Field{"ordered_errors", &T::ordered_errors},
                      Field{"read_errors", &T::read_errors},
                      Field{"short_writes", &T::short_writes},
                      Field{"short_reads", &T::short_reads},
                      Field{"writebacks", &T::writebacks},
                      Field{"no_space", &T::no_space},
                      Field{"sectors_at_risk", &T::sectors_at_risk},
                      Field{"rotted", &T::rotted},
                      Field{"garbage", &T::garbage},
                      Field{"blemishes", &T::blemishes},
                      Field{"bad_sector_reads", &T::bad_sector_reads},
                      Field{"lost_files", &T::lost_files},
                      Field{"wipes", &T::wipes},
                      Field{"lies", &T::lies}};
  }
};

template <>
struct StateOf<sim::Disk::LaneState> {
  using T = sim::Disk::LaneState;
  static constexpr auto fields() {
    return std::tuple{Field{"queue", &T::queue},
                      Aside{&T::spare},
                      Field{"executing", &T::executing},
                      Field{"held", &T::held},
                      Field{"ordered_error", &T::ordered_error},
                      Field{"ordered", &T::ordered}};
  }
};

template <>
struct StateOf<sim::Disk::Job> {
  using T = sim::Disk::Job;
  static constexpr auto fields() {
    return std::tuple{Field{"asked", &T::asked}, Field{"bytes", &T::bytes}};
  }
};

template <>
struct StateOf<sim::Disk::NameChange> {
  using T = sim::Disk::NameChange;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &T::kind}, Field{"name", &T::name}, Field{"to", &T::to},
                      Field{"inode", &T::inode}};
  }
};

template <>
struct StateOf<sim::Disk::Inode> {
  using T = sim::Disk::Inode;
  static constexpr auto fields() {
    return std::tuple{Field{"content", &T::content}, Field{"names", &T::names}};
  }
};

template <>
struct StateOf<sim::Disk::Lost> {
  using T = sim::Disk::Lost;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &T::file}, Field{"inode", &T::inode}};
  }
};

template <>
struct StateOf<sim::Harm> {
  using T = sim::Harm;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &T::kind}, Field{"file", &T::file}, Field{"offset", &T::offset},
                      Field{"bytes", &T::bytes}};
  }
};

template <>
struct StateOf<sim::Disk::Harmed> {
  using T = sim::Disk::Harmed;
  static constexpr auto fields() {
    return std::tuple{Field{"harm", &T::harm}, Field{"inode", &T::inode}};
  }
};

template <>
struct StateOf<sim::Disk> {
  using T = sim::Disk;
  static constexpr auto fields() {
    return std::tuple{Field{"options", &T::options_},
                      Field{"lanes", &T::lanes_},
                      Field{"reads", &T::reads_},
                      Field{"inodes", &T::inodes_},
                      Field{"names", &T::names_},
                      Field{"durable_names", &T::durable_names_},
                      Field{"unsynced_names", &T::unsynced_names_},
                      Field{"last_inode", &T::last_inode_},
                      Field{"node", &T::node_},
                      Field{"stalled_until", &T::stalled_until_},
                      Field{"full", &T::full_},
                      Field{"lies", &T::lies_},
                      Field{"has_misled", &T::has_misled_},
                      Field{"blemishes", &T::blemishes_},
                      Field{"lost", &T::lost_},
                      Field{"harms", &T::harms_},
                      Field{"fail_next", &T::fail_next_},
                      Field{"latency", &T::latency_},
                      Field{"errors", &T::errors_},
                      Field{"crashes", &T::crashes_},
                      Field{"writeback", &T::writeback_},
                      Field{"counters", &T::counters_}};
  }
};

template <>
struct StateOf<sim::Message> {
  using T = sim::Message;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &T::from},       Field{"to", &T::to},
                      Field{"channel", &T::channel}, Field{"epoch", &T::epoch},
                      Field{"cause", &T::cause},     Field{"lost", &T::lost},
                      Field{"damaged", &T::damaged}, Field{"bytes", &T::bytes}};
  }
};

template <>
struct StateOf<sim::NetworkCounters> {
  using T = sim::NetworkCounters;
  static constexpr auto fields() {
    return std::tuple{Field{"sent", &T::sent},
                      Field{"delivered", &T::delivered},
                      Field{"lost", &T::lost},
                      Field{"duplicated", &T::duplicated},
                      Field{"late", &T::late},
                      Field{"free_to_pass", &T::free_to_pass},
                      Field{"queue_drops", &T::queue_drops},
                      Field{"bandwidth_drops", &T::bandwidth_drops},
                      Field{"cut", &T::cut},
                      Field{"jammed", &T::jammed},
                      Field{"damaged", &T::damaged}};
  }
};

template <>
struct StateOf<sim::Network::Link> {
  using T = sim::Network::Link;
  static constexpr auto fields() {
    return std::tuple{Field{"state", &T::state},
                      Field{"busy_until", &T::busy_until},
                      Field{"last_arrival", &T::last_arrival},
                      Field{"under_way", &T::under_way},
                      Field{"held", &T::held},
                      Field{"loss", &T::loss},
                      Field{"duplicate", &T::duplicate},
                      Field{"reorder", &T::reorder},
                      Field{"delay", &T::delay},
                      Field{"queue", &T::queue},
                      Field{"flip", &T::flip},
                      Field{"shuffle", &T::shuffle}};
  }
};

template <>
struct StateOf<sim::Network> {
  using T = sim::Network;
  static constexpr auto fields() {
    return std::tuple{Field{"options", &T::options_}, Field{"nodes", &T::nodes_},
                      Field{"links", &T::links_}, Field{"messages", &T::messages_},
                      Field{"counters", &T::counters_}};
  }
};

template <>
struct StateOf<sim::Streams::Ends> {
  using T = sim::Streams::Ends;
  static constexpr auto fields() {
    return std::tuple{Field{"first", &T::first}, Field{"second", &T::second}};
  }
};

template <>
struct StateOf<sim::Streams::End> {
  using T = sim::Streams::End;
  static constexpr auto fields() {
    return std::tuple{Field{"told_epoch", &T::told_epoch}, Field{"told_up", &T::told_up},
                      Field{"last_arrival", &T::last_arrival}, Field{"waiting", &T::waiting}};
  }
};

template <>
struct StateOf<sim::Streams::Pair> {
  using T = sim::Streams::Pair;
  static constexpr auto fields() {
    return std::tuple{Field{"ends", &T::ends},     Field{"epoch", &T::epoch},
                      Field{"stands", &T::stands}, Field{"trying", &T::trying},
                      Field{"first", &T::first},   Field{"second", &T::second},
                      Field{"delay", &T::delay}};
  }
};

template <>
struct StateOf<sim::Streams> {
  using T = sim::Streams;
  static constexpr auto fields() {
    return std::tuple{Field{"options", &T::options_}, Field{"nodes", &T::nodes_},
                      Field{"pairs", &T::pairs_}, Field{"messages", &T::messages_},
                      Field{"breaks", &T::breaks_}};
  }
};

template <>
struct StateOf<sim::Operation> {
  using T = sim::Operation;
  static constexpr auto fields() {
    return std::tuple{Field{"process", &T::process},
                      Field{"invoked_at", &T::invoked_at},
                      Field{"returned_at", &T::returned_at},
                      Field{"invoked_event", &T::invoked_event},
                      Field{"returned_event", &T::returned_event},
                      Field{"words_offset", &T::words_offset},
                      Field{"reply_offset", &T::reply_offset},
                      Field{"word_count", &T::word_count},
                      Field{"reply_size", &T::reply_size},
                      Field{"outcome", &T::outcome}};
  }
};

template <>
struct StateOf<sim::History> {
  using T = sim::History;
  static constexpr auto fields() {
    return std::tuple{Field{"operations", &T::operations_}, Field{"arena", &T::arena_},
                      Field{"events", &T::events_}};
  }
};

template <>
struct StateOf<sim::Workload> {
  using T = sim::Workload;
  static constexpr auto fields() {
    return std::tuple{Field{"options", &T::options_}, Field{"keys", &T::keys_},
                      Field{"string_keys", &T::string_keys_},
                      Field{"last_values", &T::last_values_}, Field{"written", &T::written_}};
  }
};

template <>
struct StateOf<sim::Clients::Parcel> {
  using T = sim::Clients::Parcel;
  static constexpr auto fields() {
    return std::tuple{Field{"connection", &T::connection}, Field{"request", &T::request},
                      Field{"client", &T::client}, Field{"operation", &T::operation},
                      Field{"bytes", &T::bytes}};
  }
};

template <>
struct StateOf<sim::Clients::Client> {
  using T = sim::Clients::Client;
  static constexpr auto fields() {
    return std::tuple{Field{"connection", &T::connection},
                      Field{"waiting", &T::waiting},
                      Field{"operation", &T::operation},
                      Field{"scripted", &T::scripted},
                      Field{"patience", &T::patience},
                      Field{"think", &T::think},
                      Field{"choice", &T::choice},
                      Field{"commands", &T::commands},
                      Field{"delay", &T::delay}};
  }
};

template <>
struct StateOf<sim::Clients::Connection> {
  using T = sim::Clients::Connection;
  static constexpr auto fields() {
    return std::tuple{Field{"client", &T::client},
                      Field{"node", &T::node},
                      Field{"at_client", &T::at_client},
                      Field{"at_node", &T::at_node},
                      Field{"dead", &T::dead},
                      Field{"requests", &T::requests},
                      Field{"last_to_node", &T::last_to_node},
                      Field{"last_to_client", &T::last_to_client}};
  }
};

template <>
struct StateOf<sim::Clients> {
  using T = sim::Clients;
  static constexpr auto fields() {
    return std::tuple{Field{"seed", &T::seed_},
                      Field{"nodes", &T::nodes_},
                      Field{"options", &T::options_},
                      Field{"network", &T::network_},
                      Field{"workload", &T::workload_},
                      Field{"left", &T::left_},
                      Field{"final_reads", &T::final_reads_},
                      Field{"final_read", &T::final_read_},
                      Field{"answered", &T::answered_},
                      Field{"clients", &T::clients_},
                      Field{"connections", &T::connections_},
                      Field{"parcels", &T::parcels_},
                      Field{"history", &T::history_},
                      Aside{&T::words_},
                      Aside{&T::word_views_},
                      Aside{&T::resp_}};
  }
};

template <>
struct StateOf<sim::NodeOrder> {
  using T = sim::NodeOrder;
  static constexpr auto fields() {
    return std::tuple{Field{"ids", &T::ids}, Field{"count", &T::count}};
  }
};

template <>
struct StateOf<sim::Fault> {
  using T = sim::Fault;
  static constexpr auto fields() {
    return std::tuple{
        Field{"kind", &T::kind},     Field{"node", &T::node},     Field{"other", &T::other},
        Field{"side", &T::side},     Field{"length", &T::length}, Field{"by", &T::by},
        Field{"ppm", &T::ppm},       Field{"shape", &T::shape},   Field{"order", &T::order},
        Field{"joined", &T::joined}, Field{"jams", &T::jams},     Field{"effect", &T::effect},
        Field{"nth", &T::nth},       Field{"before", &T::before}, Field{"crash", &T::crash}};
  }
};

template <>
struct StateOf<sim::Faults::Class> {
  using T = sim::Faults::Class;
  static constexpr auto fields() {
    return std::tuple{Field{"time", &T::time}, Field{"place", &T::place},
                      Field{"length", &T::length}};
  }
};

template <>
struct StateOf<sim::Faults> {
  using T = sim::Faults;
  static constexpr auto fields() {
    return std::tuple{Field{"options", &T::options_}, Field{"nodes", &T::nodes_},
                      Field{"stopped", &T::stopped_}, Field{"classes", &T::classes_},
                      Field{"counts", &T::counts_},   Field{"down_times", &T::down_times_},
                      Field{"rotten", &T::rotten_},   Field{"rot", &T::rot_}};
  }
};

template <>
struct StateOf<sim::Cut> {
  using T = sim::Cut;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &T::from}, Field{"to", &T::to},
                      Field{"both_ways", &T::both_ways}, Field{"state", &T::state}};
  }
};

template <>
struct StateOf<sim::Cuts::Numbered> {
  using T = sim::Cuts::Numbered;
  static constexpr auto fields() {
    return std::tuple{Field{"number", &T::number}, Field{"cut", &T::cut}};
  }
};

template <>
struct StateOf<sim::Cuts> {
  using T = sim::Cuts;
  static constexpr auto fields() {
    return std::tuple{Field{"cuts", &T::cuts_}, Field{"last", &T::last_}};
  }
};

template <>
struct StateOf<sim::MessageFilter> {
  using T = sim::MessageFilter;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &T::from}, Field{"to", &T::to}, Field{"kind", &T::kind}};
  }
};

template <>
struct StateOf<sim::HeldMessage> {
  using T = sim::HeldMessage;
  static constexpr auto fields() {
    return std::tuple{
        Field{"number", &T::number}, Field{"ordinal", &T::ordinal}, Field{"from", &T::from},
        Field{"to", &T::to},         Field{"channel", &T::channel}, Field{"epoch", &T::epoch},
        Field{"kind", &T::kind},     Field{"bytes", &T::bytes},     Field{"cause", &T::cause}};
  }
};

template <>
struct StateOf<sim::Holds::Count> {
  using T = sim::Holds::Count;
  static constexpr auto fields() {
    return std::tuple{Field{"from", &T::from}, Field{"to", &T::to}, Field{"kind", &T::kind},
                      Field{"sent", &T::sent}};
  }
};

template <>
struct StateOf<sim::Holds> {
  using T = sim::Holds;
  static constexpr auto fields() {
    return std::tuple{Field{"filters", &T::filters_}, Field{"held", &T::held_},
                      Field{"counts", &T::counts_}, Field{"last", &T::last_}};
  }
};

template <>
struct StateOf<sim::Trap> {
  using T = sim::Trap;
  static constexpr auto fields() {
    return std::tuple{Field{"node", &T::node},
                      Field{"effect", &T::effect},
                      Field{"nth", &T::nth},
                      Field{"before", &T::before},
                      Field{"crash", &T::crash},
                      Field{"unsynced", &T::unsynced},
                      Field{"comes_back", &T::comes_back},
                      Field{"until", &T::until}};
  }
};

template <>
struct StateOf<sim::Traps> {
  using T = sim::Traps;
  static constexpr auto fields() { return std::tuple{Field{"traps", &T::traps_}}; }
};

}  // namespace snowflk
