// What a world is made of (sim/state/walk.hpp).
#pragma once

#include "sim/state/of_clients.hpp"
#include "sim/state/of_disk.hpp"
#include "sim/state/of_faults.hpp"
#include "sim/state/of_network.hpp"
#include "sim/state/of_node.hpp"
#include "sim/state/of_schedule.hpp"
#include "sim/world.hpp"

namespace snowflk {

template <>
struct StateOf<sim::Seat> {
  using T = sim::Seat;
  static constexpr auto fields() {
    return std::tuple{Field{"id", &T::id},
                      Field{"node", &T::node},
                      Field{"clock", &T::clock},
                      Field{"disk", &T::disk},
                      Field{"entropy", &T::entropy},
                      Field{"starts", &T::starts},
                      Field{"version", &T::version},
                      Field{"next_version", &T::next_version},
                      Field{"frames_sent", &T::frames_sent},
                      Field{"running", &T::running},
                      Field{"paused", &T::paused},
                      Field{"given_up", &T::given_up},
                      Field{"mended", &T::mended},
                      Field{"has_started", &T::has_started},
                      Field{"lasting", &T::lasting},
                      Field{"disk_full", &T::disk_full},
                      Field{"clients_cut", &T::clients_cut},
                      Field{"timers_held", &T::timers_held},
                      Field{"deadline", &T::deadline},
                      Field{"deadline_cause", &T::deadline_cause},
                      Field{"wake_at", &T::wake_at},
                      Field{"wake_number", &T::wake_number},
                      Field{"backlog", &T::backlog},
                      Field{"client_backlog", &T::client_backlog}};
  }
};

template <>
struct StateOf<sim::WorldCounters> {
  using T = sim::WorldCounters;
  static constexpr auto fields() {
    return std::tuple{Field{"events", &T::events}, Field{"inputs", &T::inputs},
                      Field{"crashes", &T::crashes}, Field{"boots", &T::boots},
                      Field{"halts", &T::halts}};
  }
};

template <>
struct StateOf<sim::World::Ending> {
  using T = sim::World::Ending;
  static constexpr auto fields() {
    return std::tuple{Field{"fault", &T::fault}, Field{"cut", &T::cut},
                      Field{"begins", &T::begins}};
  }
};

template <>
struct StateOf<sim::Violation> {
  using T = sim::Violation;
  static constexpr auto fields() {
    return std::tuple{Field{"property", &T::property}, Field{"kind", &T::kind},
                      Field{"sentence", &T::sentence}, Field{"rule", &T::rule}};
  }
};

/// The digest of what has happened is one of its own. From `effects` on: reused from step to step.
template <>
struct StateOf<sim::World> {
  using T = sim::World;
  static constexpr auto fields() {
    return std::tuple{Field{"options", &T::options_},
                      Field{"schedule", &T::schedule_},
                      Field{"seats", &T::seats_},
                      Field{"network", &T::network_},
                      Field{"streams", &T::streams_},
                      Field{"clients", &T::clients_},
                      Field{"faults", &T::faults_},
                      Field{"cuts", &T::cuts_},
                      Field{"lasting_cuts", &T::lasting_cuts_},
                      Field{"endings", &T::endings_},
                      Field{"holds", &T::holds_},
                      Field{"traps", &T::traps_},
                      Field{"healed", &T::healed_},
                      Field{"restarts", &T::restarts_},
                      Field{"counters", &T::counters_},
                      Aside{&T::digest_},
                      Field{"violation", &T::violation_},
                      Aside{&T::effects_},
                      Aside{&T::notes_},
                      Aside{&T::wire_},
                      Aside{&T::files_},
                      Field{"sprung", &T::sprung_},
                      Field{"sprung_by", &T::sprung_by_}};
  }
};

}  // namespace snowflk
