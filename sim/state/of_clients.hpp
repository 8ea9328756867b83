// What clients, what they ask and what they were answered are made of (sim/state/walk.hpp).
#pragma once

#include "sim/clients.hpp"
#include "sim/state/aside.hpp"
#include "sim/state/of_schedule.hpp"

namespace snowflk {

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
    return std::tuple{Field{"connection", &T::connection}, Field{"waiting", &T::waiting},
                      Field{"operation", &T::operation},   Field{"scripted", &T::scripted},
                      Field{"patience", &T::patience},     Field{"think", &T::think},
                      Field{"choice", &T::choice},         Field{"commands", &T::commands},
                      Field{"values", &T::values},         Field{"delay", &T::delay}};
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
struct StateOf<sim::Clients::FinalRead> {
  using T = sim::Clients::FinalRead;
  static constexpr auto fields() {
    return std::tuple{Field{"operation", &T::operation}, Field{"node", &T::node}};
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
                      Field{"avoided", &T::avoided_},
                      Field{"final_reads", &T::final_reads_},
                      Field{"final_read", &T::final_read_},
                      Field{"final_asked", &T::final_asked_},
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

}  // namespace snowflk
