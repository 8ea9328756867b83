// What faults, cuts and a script's hooks are made of (sim/state/walk.hpp).
#pragma once

#include "sim/cuts.hpp"
#include "sim/faults.hpp"
#include "sim/script_hooks.hpp"
#include "sim/state/aside.hpp"
#include "sim/state/of_schedule.hpp"

namespace snowflk {

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
        Field{"nth", &T::nth},       Field{"part", &T::part},     Field{"before", &T::before},
        Field{"crash", &T::crash}};
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
                      Field{"rotten", &T::rotten_},   Field{"rot", &T::rot_},
                      Field{"healing", &T::healing_}};
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
    return std::tuple{Field{"node", &T::node},   Field{"effect", &T::effect},
                      Field{"nth", &T::nth},     Field{"before", &T::before},
                      Field{"crash", &T::crash}, Field{"unsynced", &T::unsynced},
                      Field{"kept", &T::kept},   Field{"comes_back", &T::comes_back},
                      Field{"until", &T::until}, Field{"loses_vote", &T::loses_vote}};
  }
};

template <>
struct StateOf<sim::Traps> {
  using T = sim::Traps;
  static constexpr auto fields() { return std::tuple{Field{"traps", &T::traps_}}; }
};

}  // namespace snowflk
