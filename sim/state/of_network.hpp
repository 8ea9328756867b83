// What links and streams are made of (sim/state/walk.hpp).
#pragma once

#include "sim/network.hpp"
#include "sim/state/aside.hpp"
#include "sim/state/of_schedule.hpp"
#include "sim/streams.hpp"

namespace snowflk {

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
                      Field{"damaged", &T::damaged},
                      Field{"stragglers", &T::stragglers},
                      Field{"late_answers", &T::late_answers}};
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
                      Field{"shuffle", &T::shuffle},
                      Field{"straggler", &T::straggler},
                      Field{"late_answer", &T::late_answer}};
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
                      Field{"pairs", &T::pairs_},     Field{"messages", &T::messages_},
                      Field{"breaks", &T::breaks_},   Field{"held", &T::held_}};
  }
};

}  // namespace snowflk
