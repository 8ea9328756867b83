#include "sim/search/exhaustive/canonical.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/raft/events.hpp"

namespace snowflk::sim::exhaustive {
namespace {

using raft::Role;

Role role_of(const SmallNode& node) { return static_cast<Role>(node.role); }

/// Two numbers in one, of which `low` is below 2^shift.
constexpr u32 both(u32 low, u32 shift, u32 high) { return low | high << shift; }

u64 relation(u8 other, u8 self) {
  if (other == kNobody) return 0;
  return other == self ? 1 : 2;
}

/// Of the messages of a link, whatever their order.
u64 traffic(const SmallWorld::Link& link) {
  u64 sum = 0;
  for (const SmallMessage& m : link) {
    sum += mix64(static_cast<u64>(m.kind) | u64{m.term} << 8U | u64{m.index} << 16U | 1ULL << 32U);
  }
  return sum;
}

/// What is told of a node without anybody's name. Equal for nodes that renaming may exchange.
u64 signature(const SmallWorld& world, u8 nodes, u8 id) {
  const SmallNode& node = world.nodes[id];
  u64 sum = 0;
  const auto add = [&](u64 word) { sum = mix64(sum + word + 0x9e3779b97f4a7c15ULL); };
  add(u64{node.down} | u64{node.crashes} << 8U | u64{node.doomed} << 16U | u64{node.role} << 24U |
      relation(node.now.vote, id) << 32U | relation(node.leader_of_term, id) << 40U);
  add(u64{node.now.term} | u64{node.now.log.size} << 8U | u64{node.commit} << 16U);
  for (const u8 entry : node.now.log) add(entry);
  u64 in = 0;
  u64 out = 0;
  for (u32 other = 0; other < nodes; ++other) {
    in += traffic(world.links[other][id]);
    out += traffic(world.links[id][other]);
  }
  add(in);
  add(out);
  return sum;
}

using Signatures = std::array<u64, kNodesMax>;

/// The next order in which signatures do not fall: the groups of equal ones are an odometer.
bool next_order(Order& order, u8 nodes, const Signatures& signatures) {
  const auto end = order.begin() + nodes;
  for (auto from = order.begin(); from != end;) {
    auto to = from;
    while (to != end && signatures[*to] == signatures[*from]) ++to;
    if (std::next_permutation(from, to)) return true;
    from = to;
  }
  return false;
}

}  // namespace

void Canonical::encode(const SmallWorld& world) {
  Order order{};
  Signatures signatures{};
  for (u8 node = 0; node < bounds_.nodes; ++node) {
    order[node] = node;
    signatures[node] = bounds_.symmetry ? signature(world, bounds_.nodes, node) : node;
  }
  std::sort(order.begin(), order.begin() + bounds_.nodes, [&](u8 a, u8 b) {
    return signatures[a] != signatures[b] ? signatures[a] < signatures[b] : a < b;
  });
  best_.clear();
  do {
    encode_in(world, order);
    if (!best_.empty() && best_ <= bytes_) continue;
    best_.swap(bytes_);
    best_order_ = order;
  } while (next_order(order, bounds_.nodes, signatures));
}

void Canonical::encode_in(const SmallWorld& world, const Order& order) {
  order_ = order;
  for (u8 at = 0; at < bounds_.nodes; ++at) places_[order[at]] = at;
  bytes_.clear();
  put(both(world.entries, 4, world.drops));
  put(both(world.duplicates, 4, world.overtakes));
  put(world.heartbeats);
  put_log(world.committed);
  for (u8 i = 0; i < world.committed.size; ++i) put(world.committed_in[i]);
  for (u32 term = 1; term <= bounds_.terms; ++term) put(place(world.leader_of[term]));
  for (u8 at = 0; at < bounds_.nodes; ++at) put_node(world, order[at]);
  for (u8 from = 0; from < bounds_.nodes; ++from) {
    for (u8 to = 0; to < bounds_.nodes; ++to) {
      if (from == to) continue;
      const auto& link = world.links[order[from]][order[to]];
      put(link.size);
      for (const SmallMessage& message : link) put_message(message);
    }
  }
}

void Canonical::put_node(const SmallWorld& world, u8 id) {
  const SmallNode& node = world.nodes[id];
  put(both(both(node.down, 1, node.doomed), 2, both(node.role, 2, node.crashes)));
  put(both(node.now.term, 5, place(node.now.vote)));
  put(both(node.commit, 5, place(node.leader_of_term)));
  put_log(node.now.log);
  if (role_of(node) == Role::candidate) {
    u32 votes = 0;
    for (u8 at = 0; at < bounds_.nodes; ++at) {
      votes |= both(0, at, u32{node.votes} >> order_[at] & 1U);
    }
    put(votes);
  }
  if (role_of(node) == Role::leader) {
    for (u8 at = 0; at < bounds_.nodes; ++at) {
      const Belief& belief = node.beliefs[order_[at]];
      put(belief.match);
      if (order_[at] == id) continue;
      put(both(both(belief.next, 6, belief.replicates), 7, belief.probe_sent));
      put(both(belief.commit_sent, 5, belief.inflight.size));
      for (const u8 last : belief.inflight) put(last);
    }
  }
  if (node.crashes == 0) return;  // It will not look at what it has stored.
  put(node.now.commit);
  if (node.doomed != 0) put_persistent(node.stored);
}

void Canonical::put_persistent(const Persistent& held) {
  put(both(held.term, 5, place(held.vote)));
  put(held.commit);
  put_log(held.log);
}

void Canonical::put_log(const SmallLog& log) {
  put(log.size);
  for (const u8 entry : log) put(entry);
}

void Canonical::put_message(const SmallMessage& m) {
  put(both(both(static_cast<u32>(m.kind), 3, m.yes), 4, m.entries.size));
  put(m.term);
  if (m.kind == MessageKind::request_vote_reply) return;
  put(m.index);
  if (m.kind == MessageKind::append_reply) {
    if (m.yes != 0) return;
    put(m.conflict_index);
    return put(m.conflict_term);
  }
  put(m.index_term);
  if (m.kind == MessageKind::request_vote) return;
  put(m.commit);
  for (const u8 entry : m.entries) put(entry);
}

// ---- Reading --------------------------------------------------------------------------------

namespace {

class Reader {
 public:
  explicit Reader(std::span<const u8> bytes) : bytes_(bytes) {}
  u8 next() {
    SNOWFLK_ASSERT(at_ < bytes_.size());
    return bytes_[at_++];
  }
  [[nodiscard]] bool done() const { return at_ == bytes_.size(); }

 private:
  std::span<const u8> bytes_;
  std::size_t at_ = 0;
};

u8 node_at(u32 place) { return place == 7 ? kNobody : static_cast<u8>(place); }

SmallLog read_log(Reader& in) {
  SmallLog log;
  for (u8 left = in.next(); left > 0; --left) log.push(in.next());
  return log;
}

Persistent read_persistent(Reader& in) {
  Persistent held;
  const u8 first = in.next();
  held.term = first & 31U;
  held.vote = node_at(first >> 5U);
  held.commit = in.next();
  held.log = read_log(in);
  return held;
}

SmallMessage read_message(Reader& in) {
  SmallMessage m;
  const u8 first = in.next();
  m.kind = static_cast<MessageKind>(first & 7U);
  m.yes = first >> 3U & 1U;
  m.entries.size = first >> 4U;
  m.term = in.next();
  if (m.kind == MessageKind::request_vote_reply) return m;
  m.index = in.next();
  if (m.kind == MessageKind::append_reply) {
    if (m.yes != 0) return m;
    m.conflict_index = in.next();
    m.conflict_term = in.next();
    return m;
  }
  m.index_term = in.next();
  if (m.kind == MessageKind::request_vote) return m;
  m.commit = in.next();
  for (u8 i = 0; i < m.entries.size; ++i) m.entries.at[i] = in.next();
  return m;
}

void read_beliefs(Reader& in, u8 nodes, u8 id, SmallNode& node) {
  for (u8 at = 0; at < nodes; ++at) {
    Belief& belief = node.beliefs[at];
    belief.match = in.next();
    if (at == id) {
      belief.next = static_cast<u8>(belief.match + 1);
      belief.replicates = belief.match > 0 ? 1 : 0;
      continue;
    }
    const u8 next = in.next();
    belief.next = next & 63U;
    belief.replicates = next >> 6U & 1U;
    belief.probe_sent = next >> 7U & 1U;
    const u8 sent = in.next();
    belief.commit_sent = sent & 31U;
    for (u8 left = sent >> 5U; left > 0; --left) belief.inflight.push(in.next());
  }
}

void read_node(Reader& in, u8 nodes, u8 id, SmallNode& node) {
  const u8 flags = in.next();
  node.down = flags & 1U;
  node.doomed = flags >> 1U & 1U;
  node.role = flags >> 2U & 3U;
  node.crashes = flags >> 4U;
  const u8 term = in.next();
  node.now.term = term & 31U;
  node.now.vote = node_at(term >> 5U);
  const u8 commit = in.next();
  node.commit = commit & 31U;
  node.leader_of_term = node_at(commit >> 5U);
  node.now.log = read_log(in);
  if (role_of(node) == Role::candidate) node.votes = in.next();
  if (role_of(node) == Role::leader) {
    node.leader = id;
    read_beliefs(in, nodes, id, node);
  }
  if (node.crashes == 0) {
    node.stored = node.now;
    return;
  }
  node.now.commit = in.next();
  node.stored = node.now;
  if (node.doomed != 0) node.stored = read_persistent(in);
}

}  // namespace

void Canonical::decode(std::span<const u8> bytes, SmallWorld& world) const {
  Reader in{bytes};
  world = SmallWorld{};
  const u8 first = in.next();
  world.entries = first & 15U;
  world.drops = first >> 4U;
  const u8 second = in.next();
  world.duplicates = second & 15U;
  world.overtakes = second >> 4U;
  world.heartbeats = in.next();
  world.committed = read_log(in);
  for (u8 i = 0; i < world.committed.size; ++i) world.committed_in[i] = in.next();
  world.leader_of.fill(kNobody);
  for (u32 term = 1; term <= bounds_.terms; ++term) world.leader_of[term] = node_at(in.next());
  for (u8 id = 0; id < bounds_.nodes; ++id) read_node(in, bounds_.nodes, id, world.nodes[id]);
  for (u8 from = 0; from < bounds_.nodes; ++from) {
    for (u8 to = 0; to < bounds_.nodes; ++to) {
      if (from == to) continue;
      for (u8 left = in.next(); left > 0; --left) world.links[from][to].push(read_message(in));
    }
  }
  SNOWFLK_ASSERT(in.done());
}

}  // namespace snowflk::sim::exhaustive
