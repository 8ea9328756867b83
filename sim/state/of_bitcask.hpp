// What a node's log store is made of (sim/state/walk.hpp).
#pragma once

#include "core/bitcask/store.hpp"
#include "sim/state/aside.hpp"

namespace snowflk {

template <>
struct StateOf<bitcask::RecordLocation> {
  using T = bitcask::RecordLocation;
  static constexpr auto fields() {
    return std::tuple{Field{"segment", &T::segment}, Field{"offset", &T::offset},
                      Field{"length", &T::length}};
  }
};

template <>
struct StateOf<bitcask::FoundFile> {
  using T = bitcask::FoundFile;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &T::file}, Field{"size", &T::size}};
  }
};

template <>
struct StateOf<bitcask::Rot> {
  using T = bitcask::Rot;
  static constexpr auto fields() {
    return std::tuple{Field{"file", &T::file}, Field{"offset", &T::offset}, Field{"rule", &T::rule},
                      Field{"what", &T::what}};
  }
};

template <>
struct StateOf<bitcask::Identity> {
  using T = bitcask::Identity;
  static constexpr auto fields() {
    return std::tuple{Field{"cluster", &T::cluster}, Field{"node", &T::node}};
  }
};

template <>
struct StateOf<bitcask::SegmentHeader> {
  using T = bitcask::SegmentHeader;
  static constexpr auto fields() {
    return std::tuple{Field{"identity", &T::identity}, Field{"segment", &T::segment},
                      Field{"incarnation", &T::incarnation}, Field{"bytes", &T::bytes},
                      Field{"salt", &T::salt}};
  }
};

template <>
struct StateOf<bitcask::Meta> {
  using T = bitcask::Meta;
  static constexpr auto fields() {
    return std::tuple{Field{"generation", &T::generation},
                      Field{"identity", &T::identity},
                      Field{"term", &T::term},
                      Field{"vote", &T::vote},
                      Field{"incarnation", &T::incarnation},
                      Field{"manifest", &T::manifest},
                      Field{"manifest_crc", &T::manifest_crc}};
  }
};

template <>
struct StateOf<bitcask::ManifestSegment> {
  using T = bitcask::ManifestSegment;
  static constexpr auto fields() {
    return std::tuple{Field{"segment", &T::segment}, Field{"incarnation", &T::incarnation},
                      Field{"base_index", &T::base_index}, Field{"doomed", &T::doomed}};
  }
};

template <>
struct StateOf<bitcask::Manifest> {
  using T = bitcask::Manifest;
  static constexpr auto fields() {
    return std::tuple{Field{"generation", &T::generation}, Field{"identity", &T::identity},
                      Field{"members", &T::members}, Field{"segments", &T::segments}};
  }
};

template <>
struct StateOf<bitcask::EntryRow> {
  using T = bitcask::EntryRow;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &T::term}, Field{"time", &T::time}, Field{"size", &T::size},
                      Field{"crc", &T::crc}, Field{"kind", &T::kind}};
  }
};

template <>
struct StateOf<bitcask::DerivedRow> {
  using T = bitcask::DerivedRow;
  static constexpr auto fields() {
    return std::tuple{Field{"index", &T::index}, Field{"sub", &T::sub}, Field{"bytes", &T::bytes}};
  }
};

template <>
struct StateOf<bitcask::DerivedDurable> {
  using T = bitcask::DerivedDurable;
  static constexpr auto fields() {
    return std::tuple{Field{"index", &T::index}, Field{"sub", &T::sub},
                      Field{"location", &T::location}};
  }
};

template <>
struct StateOf<bitcask::RecoveredEntry> {
  using T = bitcask::RecoveredEntry;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &T::term}, Field{"size", &T::size}, Field{"kind", &T::kind}};
  }
};

template <>
struct StateOf<bitcask::Recovered> {
  using T = bitcask::Recovered;
  static constexpr auto fields() {
    return std::tuple{Field{"term", &T::term},
                      Field{"vote", &T::vote},
                      Field{"incarnation", &T::incarnation},
                      Field{"commit", &T::commit},
                      Field{"entries", &T::entries},
                      Field{"derived", &T::derived}};
  }
};

template <>
struct StateOf<bitcask::DiskRequests> {
  using T = bitcask::DiskRequests;
  static constexpr auto fields() {
    return std::tuple{Aside{&T::operations_}, Aside{&T::reads_}, Field{"issued", &T::issued_},
                      Field{"last_read", &T::last_read_}};
  }
};

template <>
struct StateOf<bitcask::EntryPlace> {
  using T = bitcask::EntryPlace;
  static constexpr auto fields() {
    return std::tuple{Field{"packed", &T::packed}, Field{"size", &T::size}, Field{"crc", &T::crc},
                      Field{"time", &T::time}};
  }
};

template <>
struct StateOf<bitcask::EntryTable> {
  using T = bitcask::EntryTable;
  static constexpr auto fields() { return std::tuple{Field{"places", &T::places_}}; }
};

template <>
struct StateOf<bitcask::EntryCache::Row> {
  using T = bitcask::EntryCache::Row;
  static constexpr auto fields() {
    return std::tuple{Field{"at", &T::at}, Field{"size", &T::size}};
  }
};

template <>
struct StateOf<bitcask::EntryCache> {
  using T = bitcask::EntryCache;
  static constexpr auto fields() {
    return std::tuple{Field{"budget", &T::budget_},
                      Field{"held", &T::held_},
                      Field{"first_index", &T::first_index_},
                      Field{"count", &T::count_},
                      Field{"first_row", &T::first_row_},
                      Field{"durable", &T::durable_},
                      Field{"rows", &T::rows_},
                      Field{"bytes", &T::bytes_}};
  }
};

template <>
struct StateOf<bitcask::Gather> {
  using T = bitcask::Gather;
  static constexpr auto fields() {
    return std::tuple{
        Field{"first_index", &T::first_index_},   Field{"trunc_from", &T::trunc_from_},
        Field{"trunc_ticket", &T::trunc_ticket_}, Field{"entries", &T::entries_},
        Field{"tickets", &T::tickets_},           Field{"payloads", &T::payloads_},
        Field{"derived", &T::derived_},           Field{"records", &T::records_}};
  }
};

template <>
struct StateOf<bitcask::Flight> {
  using T = bitcask::Flight;
  static constexpr auto fields() {
    return std::tuple{Field{"sequence", &T::sequence},
                      Field{"last_operation", &T::last_operation},
                      Field{"first_operation", &T::first_operation},
                      Field{"first_ticket", &T::first_ticket},
                      Field{"first_index", &T::first_index},
                      Field{"count", &T::count},
                      Field{"valid_last", &T::valid_last},
                      Field{"witness", &T::witness},
                      Field{"derived", &T::derived}};
  }
};

template <>
struct StateOf<bitcask::Writer> {
  using T = bitcask::Writer;
  static constexpr auto fields() {
    return std::tuple{Field{"segment", &T::segment_},
                      Field{"seed", &T::seed_},
                      Field{"position", &T::position_},
                      Field{"sequence", &T::sequence_},
                      Field{"durable", &T::durable_},
                      Field{"chain", &T::chain_},
                      Field{"load_max", &T::load_max_},
                      Field{"payloads_at", &T::payloads_at_},
                      Field{"last_was_witness", &T::last_was_witness_},
                      Field{"written_last", &T::written_last_},
                      Field{"gather", &T::gather_},
                      Field{"flight", &T::flight_},
                      Field{"bytes", &T::bytes_}};
  }
};

template <>
struct StateOf<bitcask::MetaWriter> {
  using T = bitcask::MetaWriter;
  static constexpr auto fields() {
    return std::tuple{Field{"durable", &T::durable_},
                      Field{"flying", &T::flying_},
                      Field{"wanted", &T::wanted_},
                      Field{"dirty", &T::dirty_},
                      Field{"dirty_ticket", &T::dirty_ticket_},
                      Field{"flying_ticket", &T::flying_ticket_},
                      Field{"first_operation", &T::first_operation_},
                      Field{"last_operation", &T::last_operation_},
                      Field{"slot", &T::slot_}};
  }
};

template <>
struct StateOf<bitcask::Rotation> {
  using T = bitcask::Rotation;
  static constexpr auto fields() {
    return std::tuple{Field{"step", &T::step_},
                      Field{"manifest", &T::manifest_},
                      Field{"next_segment", &T::next_segment_},
                      Field{"header", &T::header_},
                      Field{"base_index", &T::base_index_},
                      Field{"missing_meta", &T::missing_meta_},
                      Field{"waits_for", &T::waits_for_},
                      Field{"lacks_space", &T::lacks_space_},
                      Field{"retry_at", &T::retry_at_},
                      Field{"header_bytes", &T::header_bytes_},
                      Field{"manifest_bytes", &T::manifest_bytes_},
                      Field{"stale", &T::stale_},
                      Field{"doomed_removed", &T::doomed_removed_},
                      Field{"ignorable", &T::ignorable_}};
  }
};

/// What a recovery has made of the bytes that it read is left aside: they are the disk's, which is
/// compared, and it is gone when the node runs.
template <>
struct StateOf<bitcask::Recovery> {
  using T = bitcask::Recovery;
  static constexpr auto fields() {
    return std::tuple{Aside{&T::options_},
                      Field{"files", &T::files_},
                      Field{"step", &T::step_},
                      Field{"reason", &T::reason_},
                      Field{"rot", &T::rot_},
                      Field{"disk_failed", &T::disk_failed_},
                      Field{"reading", &T::reading_},
                      Field{"read", &T::read_},
                      Field{"read_end", &T::read_end_},
                      Field{"file_ended", &T::file_ended_},
                      Field{"slot_by_slot", &T::slot_by_slot_},
                      Field{"tries", &T::tries_},
                      Field{"unreadable_slots", &T::unreadable_slots_},
                      Field{"buffer", &T::buffer_},
                      Field{"current", &T::current_},
                      Aside{&T::slots_},
                      Field{"meta", &T::meta_},
                      Field{"meta_unreadable", &T::meta_unreadable_},
                      Field{"missing_meta", &T::missing_meta_},
                      Field{"manifest", &T::manifest_},
                      Aside{&T::scans_},
                      Aside{&T::scanner_},
                      Field{"scanning", &T::scanning_},
                      Field{"unlisted", &T::unlisted_},
                      Aside{&T::judgement_},
                      Aside{&T::log_},
                      Field{"next_segment", &T::next_segment_},
                      Field{"useless", &T::useless_},
                      Field{"stale", &T::stale_}};
  }
};

template <>
struct StateOf<bitcask::Store> {
  using T = bitcask::Store;
  static constexpr auto fields() {
    return std::tuple{Aside{&T::options_},
                      Field{"state", &T::state_},
                      Field{"disk_failed", &T::disk_failed_},
                      Field{"reason", &T::reason_},
                      Field{"rot", &T::rot_},
                      Field{"recovery", &T::recovery_},
                      Field{"recovered", &T::recovered_},
                      Field{"meta", &T::meta_},
                      Field{"rotation", &T::rotation_},
                      Field{"writer", &T::writer_},
                      Field{"entries", &T::entries_},
                      Field{"cache", &T::cache_},
                      Field{"ticket", &T::ticket_},
                      Field{"durable_index", &T::durable_index_},
                      Field{"witness_at", &T::witness_at_},
                      Field{"derived_durable", &T::derived_durable_}};
  }
};

template <>
struct StateOf<bitcask::KeydirTable::Slot> {
  using T = bitcask::KeydirTable::Slot;
  static constexpr auto fields() {
    return std::tuple{Field{"value", &T::value}, Field{"tag", &T::tag}, Field{"key", &T::key}};
  }
};

template <>
struct StateOf<bitcask::KeydirTable> {
  using T = bitcask::KeydirTable;
  static constexpr auto fields() {
    return std::tuple{Field{"depth", &T::depth_},           Field{"size", &T::size_},
                      Field{"dead_bytes", &T::dead_bytes_}, Field{"slots", &T::slots_},
                      Field{"arena", &T::arena_},           Field{"arena_room", &T::arena_room_}};
  }
};

template <>
struct StateOf<bitcask::Keydir> {
  using T = bitcask::Keydir;
  static constexpr auto fields() {
    return std::tuple{Field{"salt", &T::salt_}, Field{"size", &T::size_},
                      Field{"depth", &T::depth_}, Field{"directory", &T::directory_},
                      Field{"tables", &T::tables_}};
  }
};

}  // namespace snowflk
