// What a run of many operations has too much of for a line each: commands, entries, clock jumps,
// failed reads.
// It is counted, and told in a line before the next line of another kind.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.hpp"
#include "sim/history.hpp"
#include "sim/story/actor.hpp"
#include "sim/time.hpp"

namespace snowflk::sim::story {

/// A line that was kept back: when the last of it happened, and to whom.
struct KeptBack {
  VirtualTime at;
  Actor actor;
  std::string text;
};

class Gathered {
 public:
  /// pending: a client asked. Else: what came of it.
  void outcome(VirtualTime at, Outcome outcome);
  void clock_jump(VirtualTime at, NodeId node) { jumps_.add(at, node); }
  void failed_read(VirtualTime at, NodeId node) { failed_reads_.add(at, node); }
  /// Entries up to `index` are in the leader's log, or committed. REQUIRES: is_of(leader).
  void append(VirtualTime at, const Actor& leader, LogIndex first, LogIndex last);
  void commit(VirtualTime at, const Actor& leader, LogIndex first, LogIndex last);
  /// Whether what `leader` does can be added: nothing is there of another's, or of another term's.
  [[nodiscard]] bool is_of(const Actor& leader) const;

  /// What is there at `now`, in the order of time. Clients, clocks and disks, of whom there is
  /// always something, wait until a second of them is together, unless `all`.
  std::vector<KeptBack> take(VirtualTime now, bool all);

 private:
  struct Range {
    LogIndex first;
    LogIndex last;
    [[nodiscard]] bool empty() const { return last.value == 0; }
  };
  /// Since when it is counted, and when it was last.
  struct Span {
    std::optional<VirtualTime> since;
    VirtualTime last;
    void add(VirtualTime at);
    [[nodiscard]] bool is_due(VirtualTime now, bool all) const;
  };
  /// A small fault, how often, and of which nodes.
  struct Faults {
    Span span;
    u64 count = 0;
    u32 nodes = 0;  // bit id - 1
    void add(VirtualTime at, NodeId node);
  };
  static void widen(Range& range, LogIndex first, LogIndex last);
  void touch(VirtualTime at, const Actor& leader);
  [[nodiscard]] std::string phrase_leader() const;
  [[nodiscard]] std::string phrase_clients() const;
  static void take_faults(Faults& faults, std::string_view one, std::string_view many,
                          VirtualTime now, bool all, std::vector<KeptBack>& lines);

  Actor leader_;
  VirtualTime leader_at_;
  Range appends_;
  Range commits_;
  Span clients_;
  std::array<u64, 4> outcomes_{};  // by Outcome; pending counts what was asked
  Faults jumps_;
  Faults failed_reads_;
};

}  // namespace snowflk::sim::story
