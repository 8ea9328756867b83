// The last gate of a configuration: what follows from the rest, and a rule for each key.
//
// A rule says what was expected, so that a person knows which range is allowed; where the wrong
// value was read, they are told here, once.
#include <algorithm>
#include <array>

#include "core/base/nearest.hpp"
#include "core/bitcask/layout.hpp"
#include "core/wire/limits.hpp"
#include "real/config.hpp"

namespace snowflk::real {
namespace {

constexpr std::array<std::string_view, 6> kLogLevels{"trace", "debug", "info",
                                                     "warn",  "error", "off"};
constexpr u64 kBlockBytes = 4096;
constexpr u64 kSegmentBytesMin = 64ULL << 10;
constexpr u64 kBufferBytesMin = 64ULL << 10;
constexpr u64 kClientBytesMin = 16ULL << 20;
constexpr u64 kPeerBufferBytesMin = 2ULL * wire::kFrameBytesMax;
constexpr std::size_t kMembersMax = 9;

using Wrong = std::optional<std::string>;

const Key& key_of(std::string_view name) { return *std::ranges::find(keys(), name, &Key::name); }
std::string shown(const Config& config, std::string_view name) {
  return show(config, key_of(name));
}

Wrong expected_unless(bool holds, std::string what) {
  if (holds) return std::nullopt;
  return "expected " + std::move(what);
}
Wrong longer_than_nothing(Duration span) {
  return expected_unless(span > Duration{0}, "a time longer than 0s");
}
Wrong at_least(u64 bytes, u64 least, std::string_view text) {
  return expected_unless(bytes >= least, "a size of at least " + std::string{text});
}

Wrong wrong_peers(const Config& config) {
  if (config.peers.size() > kMembersMax) return "expected 1 to 9 members";
  const auto twice = std::ranges::adjacent_find(config.peers, {}, &Member::id);
  if (twice != config.peers.end()) {
    return "member " + std::to_string(twice->id.value) + " is named twice";
  }
  return std::nullopt;
}

Wrong wrong_node_id(const Config& config) {
  if (config.options.self.nobody()) return "expected a number from 1 on";
  std::string ids;
  for (const auto& member : config.peers) {
    if (member.id == config.options.self) return std::nullopt;
    ids += (ids.empty() ? "" : ", ") + std::to_string(member.id.value);
  }
  return "expected one of those in peers (" + ids + ")";
}

Wrong wrong_log_level(const Config& config) {
  if (std::ranges::find(kLogLevels, config.log_level) != kLogLevels.end()) return std::nullopt;
  std::string text = "expected trace, debug, info, warn, error or off";
  if (const auto near = nearest(config.log_level, kLogLevels)) {
    text += " (did you mean '" + std::string{*near} + "'?)";
  }
  return text;
}

Wrong wrong_batch_size(const Config& config) {
  const u64 most = std::min<u64>(bitcask::kBatchBytesMax, config.options.segment_bytes / 4);
  const u64 bytes = config.options.batch_bytes_max;
  return expected_unless(bytes >= 1 && bytes <= most,
                         "a size from 1B to 4MiB, and to a quarter of segment_size (" +
                             shown(config, "segment_size") + ")");
}

struct Rule {
  std::string_view key;
  Wrong (*judge)(const Config&);
  std::string_view beside = {};  // the other key that the rule compares with
};
constexpr std::array kRules{
    Rule{"cluster_id",
         [](const Config& c) {
           return expected_unless(c.options.cluster.value != 0, "a number from 1 on");
         }},
    Rule{"peers", wrong_peers},
    Rule{"node_id", wrong_node_id},
    Rule{"log_level", wrong_log_level},
    Rule{"heartbeat_interval",
         [](const Config& c) { return longer_than_nothing(c.options.heartbeat_interval); }},
    Rule{"election_timeout_min",
         [](const Config& c) {
           return expected_unless(
               c.options.election_timeout_min > c.options.heartbeat_interval,
               "a time longer than heartbeat_interval (" + shown(c, "heartbeat_interval") + ")");
         },
         "heartbeat_interval"},
    Rule{"election_timeout_max",
         [](const Config& c) {
           return expected_unless(c.options.election_timeout_max >= c.options.election_timeout_min,
                                  "a time of at least election_timeout_min (" +
                                      shown(c, "election_timeout_min") + ")");
         },
         "election_timeout_min"},
    Rule{"park_timeout",
         [](const Config& c) { return longer_than_nothing(c.options.park_timeout); }},
    Rule{"request_timeout",
         [](const Config& c) { return longer_than_nothing(c.options.request_timeout); }},
    Rule{"segment_size",
         [](const Config& c) {
           const u64 bytes = c.options.segment_bytes;
           return expected_unless(bytes >= kSegmentBytesMin && bytes % kBlockBytes == 0 &&
                                      bytes <= bitcask::kSegmentBytesMax,
                                  "a multiple of 4KiB from 64KiB to 1GiB");
         }},
    Rule{"batch_size", wrong_batch_size},
    Rule{"connections_max",
         [](const Config& c) {
           return expected_unless(c.limits.connections_max > 0, "a number from 1 on");
         }},
    Rule{"query_buffer_max",
         [](const Config& c) {
           return at_least(c.limits.query_bytes_max, kBufferBytesMin, "64KiB");
         }},
    Rule{"reply_backlog_max",
         [](const Config& c) {
           return at_least(c.limits.backlog_bytes_max, kBufferBytesMin, "64KiB");
         }},
    Rule{"client_memory_max",
         [](const Config& c) {
           return at_least(c.limits.client_bytes_max, kClientBytesMin,
                           "16MiB, two replies of the longest");
         }},
    Rule{"peer_backlog_max",
         [](const Config& c) {
           return at_least(c.limits.peer_backlog_bytes_max, kPeerBufferBytesMin,
                           "16MiB, two frames of the longest");
         }},
    Rule{"slow_client_timeout",
         [](const Config& c) { return longer_than_nothing(c.limits.slow_client_timeout); }},
    Rule{"peer_timeout",
         [](const Config& c) {
           return expected_unless(
               c.limits.peer_timeout > c.options.heartbeat_interval,
               "a time longer than heartbeat_interval (" + shown(c, "heartbeat_interval") + ")");
         },
         "heartbeat_interval"},
};

std::expected<void, Failure> fail(std::string text) {
  return std::unexpected{Failure{std::move(text)}};
}

std::expected<void, Failure> judge(const Config& config, const Rule& rule) {
  const auto wrong = rule.judge(config);
  if (!wrong) return {};
  const std::string name{rule.key};
  auto origin = config.origins.find(rule.key);
  // Where a default was left no room, what takes the room was given: there it is to be mended.
  if (origin == config.origins.end()) origin = config.origins.find(rule.beside);
  const std::string where = origin == config.origins.end() ? "" : origin->second + ": ";
  const std::string found = name == "peers" ? "" : ", found '" + shown(config, rule.key) + "'";
  return fail(where + name + ": " + *wrong + found);
}

/// What was not given and has no default.
std::expected<void, Failure> find_missing(const Config& config) {
  const bool cluster = config.options.cluster.value != 0 || config.given("cluster_id");
  if (!cluster) return fail("cluster_id is missing: which cluster is it, from 1 on?");
  const bool self = !config.options.self.nobody() || config.given("node_id");
  if (!self) return fail("node_id is missing: which of the peers is this node?");
  if (config.peers.empty()) return fail("peers is missing: which nodes make up the cluster?");
  if (config.data_dir.empty()) return fail("data_dir is missing: where is the log to be?");
  return {};
}

/// A default gives way where another value that was given leaves it no room.
void give_way(Config& config) {
  auto& options = config.options;
  if (!config.given("batch_size")) {
    options.batch_bytes_max = std::min<u64>(options.batch_bytes_max, options.segment_bytes / 4);
  }
  if (!config.given("election_timeout_max")) {
    options.election_timeout_max =
        std::max(options.election_timeout_max, options.election_timeout_min * 2);
  }
}

void fill_in_addresses(Config& config) {
  const auto self = std::ranges::find(config.peers, config.options.self, &Member::id);
  if (!config.listen_peers.given()) config.listen_peers = self->address;
  if (!config.given("listen_clients") && self->clients.given()) {
    config.listen_clients = self->clients;
  }
}

}  // namespace

std::expected<void, Failure> settle(Config& config) {
  if (auto missing = find_missing(config); !missing) return missing;
  std::ranges::sort(config.peers, {}, &Member::id);
  give_way(config);
  for (const auto& rule : kRules) {
    if (auto judged = judge(config, rule); !judged) return judged;
  }
  config.options.voters.clear();
  for (const auto& member : config.peers) config.options.voters.push_back(member.id);
  fill_in_addresses(config);
  // The core's own gate, for what no key can say.
  if (const auto why = node::invalid(config.options)) return fail(*why);
  return {};
}

}  // namespace snowflk::real
