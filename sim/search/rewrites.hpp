// Changes to a recording that a shrinker tries: pure functions, each from one recording to another
// that may or may not fail in the same way.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/search/recorder.hpp"

namespace snowflk::sim::search {

/// Without steps [from, to).
Recording without_steps(const Recording& recording, std::size_t from, std::size_t to);
/// Without step `at`; the next one waits as long.
Recording without_step_but_its_wait(const Recording& recording, std::size_t at);
/// Steps [from, to) wait for nothing.
Recording without_waits(const Recording& recording, std::size_t from, std::size_t to);

/// The disk operations of `node` are done by themselves. With `holds`, what a crash found undone
/// waits still: its disk is held from its last operation that was done on.
Recording with_disk_by_itself(const Recording& recording, u32 node, bool holds);
/// The same up to step `from`; from there on that disk is held, and driven as before.
Recording with_disk_held_from(const Recording& recording, u32 node, std::size_t from);
/// From step `from` on the disk operations of `node` are done by themselves.
Recording with_disk_released_from(const Recording& recording, u32 node, std::size_t from);
/// Those of all nodes.
Recording with_disks_by_themselves(const Recording& recording, bool holds);
/// Disk operations that are done one after the other are done in one step: all that wait there.
Recording with_all_finished(const Recording& recording);
/// Those alone that begin at `at`; nothing if there are no two.
std::optional<Recording> with_finishes_at(const Recording& recording, std::size_t at);
/// The failing reads of steps [from, to) are whichever comes next, and bring a byte if they bring
/// any: where a value lies hangs on all that was written before.
Recording with_any_reads(const Recording& recording, std::size_t from, std::size_t to);
/// If no disk is driven by hand but for what is held, by_hand says so.
Recording without_idle_releases(const Recording& recording);

/// The same without one node, each in turn, the last first; then without two.
std::vector<Recording> smaller_clusters(const Recording& recording);

/// All options of the world as in a quiet one, then those of one group after the other.
std::vector<Recording> quieter_worlds(const Recording& recording);

/// The times of elections as in a quiet world, then each single number that nodes are started with.
std::vector<Recording> quieter_nodes(const Recording& recording);
/// No message carries two entries: what else takes values that are too long for one.
Recording with_an_entry_a_message(const Recording& recording);

/// Nodes that keep next to no value in memory: what else takes many values until one is read from
/// disk again. Nothing: they do so already.
std::optional<Recording> with_a_small_cache(const Recording& recording);

/// The message that is delivered at `at`, and all that follow between the same two nodes up to the
/// next step of another kind, as one exchange; nothing if that is no shorter.
std::optional<Recording> with_exchange_at(const Recording& recording, std::size_t at);

/// Steps [from, to) more coarsely, in several ways: without what clients ask there; of each two
/// nodes, all that is delivered between them at its end, as one exchange, or not at all.
std::vector<Recording> coarser_within(const Recording& recording, std::size_t from, std::size_t to);

/// No word that a client sends in steps [from, to), but for the name of the command, is longer than
/// `bytes`.
Recording with_short_words(const Recording& recording, std::size_t from, std::size_t to,
                           std::size_t bytes);

/// Deadlines pass only when they have come: a wake that comes before its deadline is passed over.
Recording with_wakes_if_due(const Recording& recording);
/// Without those steps of `passed_over` that are wakes; the others wake whether it is due or not.
/// REQUIRES: steps wait by not_before alone.
Recording without_early_wakes(const Recording& recording, std::span<const std::size_t> passed_over);

/// Reads take no time.
Recording with_reads_by_themselves(const Recording& recording);

/// Streams come up and break as they do where nothing takes time.
Recording with_streams_by_themselves(const Recording& recording);

/// From step `from` on deadlines pass by themselves.
Recording with_timers_from(const Recording& recording, std::size_t from);

/// Of what waits on a held disk when its node crashes at `at`, all is under way.
Recording with_all_under_way_at(const Recording& recording, std::size_t at);
/// What waits on a held disk when its node crashes has not begun.
Recording with_nothing_under_way(const Recording& recording);

/// Who was upgraded crashes, and starts again in the version that it had.
Recording without_upgrades(const Recording& recording);
/// All nodes start in our version.
Recording without_starting_versions(const Recording& recording);

/// Which message is meant is told by its bytes, or else it is the newest: in a run of other steps
/// counting means little.
Recording with_newest_messages(const Recording& recording);

/// What clients ask in steps [from, to), they ask whoever leads then.
Recording with_leader_asked(const Recording& recording, std::size_t from, std::size_t to);

/// The deadline at `at` is an election timeout. REQUIRES: step `at` is a wake.
Recording with_campaign_at(const Recording& recording, std::size_t at);

}  // namespace snowflk::sim::search
