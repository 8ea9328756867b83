// A scene as text for people, and as JSON.
#include <fmt/format.h>

#include "core/base/quantity.hpp"
#include "sim/timeline/scene.hpp"
#include "sim/trace_file/trace_file.hpp"

namespace snowflk::sim::timeline {
namespace {

constexpr std::size_t kUnderWayShownMax = 24;
constexpr std::size_t kClientsShownMax = 12;

std::string name_of(NodeId node) { return node.nobody() ? "-" : fmt::format("n{}", node.value); }

std::string seconds(i64 nanoseconds) {
  constexpr i64 kMicro = 1'000;
  constexpr i64 kSecond = 1'000'000'000;
  return fmt::format("{}.{:06}", nanoseconds / kSecond, nanoseconds % kSecond / kMicro);
}

std::string log_text(const NodeScene& node) {
  if (node.log_last.value == 0) return "empty";
  return fmt::format("{}..{} t{}", node.log_first.value, node.log_last.value, node.last_term.value);
}

std::string until(const NodeScene& node) {
  if (node.deadline == kNever) return "never";
  const Duration wait = node.deadline - node.clock;
  return wait.value <= 0 ? "now" : fmt::format("in {}s", seconds(wait.value));
}

void append_nodes(std::string& out, const Scene& scene) {
  out += fmt::format("  {:<5}{:<14}{:>6}{:>6}{:>8}  {:<16}{:>8}{:>9}{:>9}\n", "node", "role",
                     "term", "vote", "leader", "log", "commit", "applied", "durable");
  for (const NodeScene& node : scene.nodes) {
    out += fmt::format("  {:<5}{:<14}{:>6}{:>6}{:>8}  {:<16}{:>8}{:>9}{:>9}\n", name_of(node.node),
                       node.standing, node.term.value, name_of(node.vote), name_of(node.leader),
                       log_text(node), node.commit.value, node.applied.value, node.durable.value);
    if (node.version != 0) {
      out += fmt::format("       version {:+}: minors of the wire format ahead of this one\n",
                         node.version);
    }
    if (!node.refuses.empty()) out += fmt::format("       refuses: {}\n", node.refuses);
  }
}

void append_disks_and_clocks(std::string& out, const Scene& scene) {
  out += "disks and clocks\n";
  for (const NodeScene& node : scene.nodes) {
    out += fmt::format(
        "  {:<5}start {}, {} files, {} KiB, {}+{} operations wait{}{}; wakes {}, {:+} ppm, wall "
        "{}\n",
        name_of(node.node), node.starts, node.files, node.disk_bytes / 1024, node.waiting_log,
        node.waiting_background, node.disk_faults.empty() ? "" : "; ", node.disk_faults,
        until(node), node.drift_ppm, print(node.wall_offset));
  }
}

void append_under_way(std::string& out, const Scene& scene) {
  out += fmt::format("under way: {}\n", scene.under_way.size());
  std::size_t shown = 0;
  for (const UnderWay& what : scene.under_way) {
    if (shown == kUnderWayShownMax) {
      out += fmt::format("  and {} more\n", scene.under_way.size() - shown);
      break;
    }
    shown += 1;
    const std::string due = what.due == kEndOfTime ? "held" : seconds(what.due.value);
    out += fmt::format("  {:<14}{} (by event {})\n", due, what.what, what.cause.value);
  }
}

void append_clients(std::string& out, const Scene& scene) {
  out +=
      fmt::format("clients: {} wait, {} answered so far\n", scene.clients.size(), scene.answered);
  std::size_t shown = 0;
  for (const ClientScene& client : scene.clients) {
    if (shown == kClientsShownMax) {
      out += fmt::format("  and {} more\n", scene.clients.size() - shown);
      break;
    }
    shown += 1;
    out += fmt::format("  client {} since {}: {}\n", client.client, seconds(client.since.value),
                       client.asks);
  }
}

}  // namespace

std::string print(const Scene& scene) {
  std::string out;
  append_nodes(out, scene);
  if (!scene.links.empty()) out += "links that are cut\n";
  for (const LinkScene& link : scene.links) {
    out += fmt::format("  n{} -> n{} {}", link.from.value, link.to.value, link.state);
    out += link.held == 0 ? "\n" : fmt::format(", holds {}\n", link.held);
  }
  append_under_way(out, scene);
  append_clients(out, scene);
  append_disks_and_clocks(out, scene);
  out += fmt::format("digest {}, state {}\n", trace_file::print(scene.digest),
                     trace_file::print(scene.state));
  return out;
}

void append_json(trace::JsonWriter& json, const Scene& scene) {
  json.member("event", scene.event)
      .member("t", scene.at.value)
      .member("digest", trace_file::print(scene.digest))
      .member("state", trace_file::print(scene.state))
      .member("healed", scene.healed)
      .key("nodes")
      .begin_array();
  for (const NodeScene& node : scene.nodes) {
    json.begin_object()
        .member("node", node.node.value)
        .member("standing", node.standing)
        .member("term", node.term.value)
        .member("vote", node.vote.value)
        .member("leader", node.leader.value)
        .member("log_first", node.log_first.value)
        .member("log_last", node.log_last.value)
        .member("last_term", node.last_term.value)
        .member("commit", node.commit.value)
        .member("applied", node.applied.value)
        .member("durable", node.durable.value)
        .member("refuses", node.refuses)
        .member("starts", node.starts)
        .member("version", node.version)
        .member("clock_ns", node.clock.value)
        .member("deadline_ns", node.deadline.value)
        .member("drift_ppm", node.drift_ppm)
        .member("wall_offset_ns", node.wall_offset.value)
        .member("files", node.files)
        .member("disk_bytes", node.disk_bytes)
        .member("disk_faults", node.disk_faults)
        .end_object();
  }
  json.end_array().key("links").begin_array();
  for (const LinkScene& link : scene.links) {
    json.begin_object()
        .member("from", link.from.value)
        .member("to", link.to.value)
        .member("state", link.state)
        .member("held", link.held)
        .end_object();
  }
  json.end_array().key("under_way").begin_array();
  for (const UnderWay& what : scene.under_way) {
    json.begin_object().member("what", what.what).member("cause", what.cause.value).key("due");
    if (what.due == kEndOfTime) {
      json.null().end_object();
    } else {
      json.value(what.due.value).end_object();
    }
  }
  json.end_array().key("clients").begin_array();
  for (const ClientScene& client : scene.clients) {
    json.begin_object()
        .member("client", client.client)
        .member("asks", client.asks)
        .member("since", client.since.value)
        .end_object();
  }
  json.end_array();
}

}  // namespace snowflk::sim::timeline
