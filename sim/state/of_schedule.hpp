// What is to come and when: streams of draws, what is pending, clocks (sim/state/walk.hpp).
#pragma once

#include "sim/clock.hpp"
#include "sim/schedule.hpp"
#include "sim/state/aside.hpp"

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
                      Field{"peer", &T::peer},
                      Field{"kind", &T::kind}};
  }
};

template <>
struct StateOf<sim::PriorityOptions> {
  using T = sim::PriorityOptions;
  static constexpr auto fields() {
    return std::tuple{Field{"depth", &T::depth}, Field{"steps", &T::steps},
                      Field{"window", &T::window}};
  }
};

template <>
struct StateOf<sim::Priorities> {
  using T = sim::Priorities;
  static constexpr auto fields() {
    return std::tuple{Field{"options", &T::options_},
                      Field{"nodes", &T::nodes_},
                      Field{"of", &T::of_},
                      Field{"change_at", &T::change_at_},
                      Field{"has_changed", &T::has_changed_},
                      Field{"step", &T::step_}};
  }
};

/// Its heap is walked in the order of its events: what lies where in it is the library's choice.
template <>
struct StateOf<sim::Schedule> {
  using T = sim::Schedule;
  static constexpr auto fields() {
    return std::tuple{Aside{&T::heap_}, Field{"priorities", &T::priorities_},
                      Field{"ties", &T::ties_}, Field{"sequence", &T::sequence_},
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

}  // namespace snowflk
