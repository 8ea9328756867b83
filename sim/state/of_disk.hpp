// What a simulated disk is made of (sim/state/walk.hpp).
#pragma once

#include "sim/disk.hpp"
#include "sim/state/aside.hpp"
#include "sim/state/of_schedule.hpp"

namespace snowflk {

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
                      Field{"lies", &T::lies},
                      Field{"choices", &T::choices}};
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
struct StateOf<sim::Disk::HeldRead> {
  using T = sim::Disk::HeldRead;
  static constexpr auto fields() {
    return std::tuple{Field{"slot", &T::slot}, Field{"incarnation", &T::incarnation},
                      Field{"cause", &T::cause}};
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
struct StateOf<sim::Disk::FailingRead> {
  using T = sim::Disk::FailingRead;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &T::file}, Field{"offset", &T::offset},
                      Field{"bytes", &T::bytes}};
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
                      Field{"reads_are_held", &T::reads_are_held_},
                      Field{"held_reads", &T::held_reads_},
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
                      Field{"chosen", &T::chosen_},
                      Field{"blemishes", &T::blemishes_},
                      Field{"lost", &T::lost_},
                      Field{"harms", &T::harms_},
                      Field{"fail_next", &T::fail_next_},
                      Field{"fail_reads", &T::fail_reads_},
                      Field{"begun", &T::begun_},
                      Field{"under_way_at_crash", &T::under_way_at_crash_},
                      Field{"latency", &T::latency_},
                      Field{"errors", &T::errors_},
                      Field{"crashes", &T::crashes_},
                      Field{"writeback", &T::writeback_},
                      Field{"counters", &T::counters_}};
  }
};

}  // namespace snowflk
