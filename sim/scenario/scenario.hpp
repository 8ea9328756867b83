// A scenario: a cluster, its faults and clients, a script, and what must hold. A value, as read.
//
// Owns no meaning: what a verb does is told in script.cpp, what a claim says in claims.cpp.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/violation.hpp"
#include "sim/options.hpp"
#include "sim/scenario/detours.hpp"
#include "sim/scenario/json.hpp"
#include "sim/swarm.hpp"
#include "sim/time.hpp"

namespace snowflk::sim::scenario {

/// A node by number, or by the name that an earlier step gave it.
struct NodeRef {
  u32 number = 0;    // 0: by name
  std::string name;  // "*": any node (links only)
  friend bool operator==(const NodeRef&, const NodeRef&) = default;
};
std::string print(const NodeRef& node);

/// One direction between two nodes.
struct LinkRef {
  NodeRef from;
  NodeRef to;
  friend bool operator==(const LinkRef&, const LinkRef&) = default;
};

/// A value in the store or a reply; nothing: there is none (nil).
using Scalar = std::optional<std::string>;

enum class Subject : u8 {
  role,                  // of `node` is `word`
  term,                  // current term of `node` is `number`
  vote,                  // of `node` in its current term is `other`; number 0: nobody
  log,                   // the terms of all entries of `node` are `terms`
  last_index,            // of `node` is `number`
  commit,                // index of `node` is `number`
  commit_min,            // … or more
  applied,               // index of `node` is `number`
  value,                 // of key `word` is `value` on every node that is up
  value_at,              // … on `node`
  reply,                 // to the proposal `word` is `value`
  outcome,               // of the proposal `word` is `text`
  leader,                // of the latest term is `other`; number 0 and no name: nobody
  logs_equal,            // on all nodes that are up, if `number` is 1; not, if 0
  term_max,              // no node is in a later term than `number`
  leaders_per_term_max,  // no term had more than `number`
  elections_max,         // so far, of all nodes together
  leaderships_max,       // so far: how often a node became leader
  events_min,            // at least `number` events `word` so far
  events_max,            // at most
};
std::string_view name_of(Subject subject);

/// One thing that is expected.
struct Claim {
  Subject subject = Subject::role;
  NodeRef node;
  NodeRef other;
  std::string word;
  std::string text;
  Scalar value;
  u64 number = 0;
  std::vector<u64> terms;
  std::string path;  // where it stands
  u32 line = 0;
};

enum class Verb : u8 {
  none,               // only a note, or time that passes
  run,                // for `span`
  until,              // `word`, or all of `claims`, but `within` at most; a leader is named `as`
  isolate,            // `nodes` from all others and from clients
  cut,                // `links`
  heal,               // `links`, all of `nodes`, or all
  crash,              // the processes of `nodes`, or each at its next effect `word`
  power_cut,          // the machines of `nodes`, likewise; unsynced data as `text`
  restart,            // `nodes` that are down
  pause,              // `nodes`
  resume,             // `nodes`
  campaign,           // `nodes`: their election timeout has passed
  wake,               // `nodes`: their next deadline passes, whatever it is for
  propose,            // `words` to `nodes[0]`, the reply named `as`
  deliver,            // messages `word` under way on `links`: the oldest, or all
  drop,               // likewise
  duplicate,          // likewise: each once more
  exchange,           // all messages between `nodes`, until none waits
  hold,               // messages `word` on `links` wait from now on
  release,            // … no longer, and those that waited go on
  by_hand,            // what of `words` does not happen by itself from now on; all else does
  give_up,            // the client that proposed `word` waits no longer: its connection ends
  stream_up,          // the second of each of `links` hears that its stream with the first stands
  stream_down,        // … or that it fell
  hold_disk,          // operations of `nodes` wait from now on
  release_disk,       // … no longer
  finish,             // the oldest disk operation of `nodes` that waits; or it fails as `text`
  redraw,             // what is drawn from now on: anew, by `number`
  finish_read,        // the oldest read of `nodes` that waits, or that from `byte` of `text` on
  fail,               // the next disk operation `word` of `nodes`; a read: of `byte` of `text`
  rot,                // one bit of `byte` of the entry `number` in the log of `nodes`
  fill,               // the disks of `nodes`: no space is left
  free,               // the disks of `nodes`: there is space again
  split,              // `nodes` from all others
  bridge,             // all others in two halves that `nodes` alone sees both of
  ring,               // `nodes`, each sees its two neighbours
  jam,                // `links` hold what is sent
  wipe,               // the directories of `nodes` are empty
  upgrade,            // the processes of `nodes` end; from their next start on: version `amount`
  lose_file,          // `text` of `nodes`
  bad_sector,         // the page of the entry `number`, or the sector of `byte` of the file `text`
  stale_read,         // that page, or the page of that byte; by one read, if `once`
  misdirected_read,   // likewise as that of `other`, or of `other_byte` of `other_file`
  misdirected_write,  // likewise, over that one
  mend,               // what was done to the disks of `nodes`, but for rot and wipes
  lie,                // syncs of `nodes` do nothing
  honest,             // … no longer
  drift,              // the clock of `nodes`, by `amount` millionths
  jump,               // the wall clock of `nodes`, by `amount` nanoseconds
  leave_out,          // `nodes`, from now on and when all is healed: LastingFault `word`
  expect,             // all of `claims`
};
std::string_view name_of(Verb verb);

inline constexpr i64 kNanosecondsPerMs = milliseconds(1).value;

/// Which members count is told beside the verb.
struct Step {
  Verb verb = Verb::none;
  Duration after;    // passes first
  std::string note;  // a sentence for the story
  Duration span;
  Duration within;
  std::vector<NodeRef> nodes;
  std::vector<LinkRef> links;
  std::vector<std::string> words;
  std::vector<Claim> claims;
  std::string word;
  std::string text;
  std::string as;
  std::string lane;  // "log" or "background", of a crash also "none"; empty: whichever has it
  std::string keep;  // of unsynced data: a 0 or 1 for each choice (Disk::choices); empty: `text`
  u64 number = 0;
  u64 byte = 0;
  u64 bytes = 0;
  std::optional<u64> flip;
  u64 other = 0;
  std::string other_file;
  u64 other_byte = 0;
  i64 amount = 0;
  bool once = false;
  bool all = false;
  bool newest = false;
  std::string path;  // $.script[3]
  u32 line = 0;

  // Of a step that was recorded, in memory only: a file says it by `after` and by order.
  VirtualTime not_before;  // time passes until then
  u64 frame = 0;           // frame_hash() of the message that is meant, if it waits
  u64 ordinal = 0;         // else of which number among those of its kind on its link
  bool if_due = false;     // a wake: passed over if the deadline has not come
};

struct Scenario {
  std::string story;
  u32 nodes = 3;
  u64 seed = 1;
  bool swarm = false;       // what the file does not say, the seed draws
  Mode mode = Mode::swarm;  // how much it draws
  u32 generator = kGeneratorVersion;
  bool heal = true;                  // in the end all faults stop, and the cluster must converge
  bool recorded = false;             // the script is a schedule that was recorded, or a part of one
  bool under_way = false;            // what waits for `finish` is: a crash may leave a part of it
  std::vector<std::string> by_hand;  // of kByHandWords: what does not happen by itself
  std::vector<StartingLog> start;
  std::vector<i64> versions;  // by id - 1; may be shorter than the cluster
  std::vector<Step> script;
  Detours detours;
  std::vector<Claim> expect;
  std::optional<ViolationKind> verdict;  // how every run must end; nothing: it passes
  std::string property;                  // what must be broken then; empty: whatever it is
  Value file;    // as read and judged: what it says of options is applied by options_of()
  u64 hash = 0;  // of the file's bytes
};

/// The gate: any bytes, and the first thing that is wrong with them.
std::expected<Scenario, Fault> parse(std::string_view bytes);

/// The options of a world without faults and without clients, but for those of the file.
WorldOptions quiet_options(const Scenario& scenario);

/// `base` (quiet_options, or a seed's draw), and over it what the file says.
WorldOptions options_of(const Scenario& scenario, WorldOptions base);

}  // namespace snowflk::sim::scenario
