// Turns a run into the schedule that it was: a script by hand, that needs no generator any more.
//
// Every input of a node becomes a step: a message that arrived, a deadline that passed, a disk
// operation that was done, a request of a client. What did not happen (a lost message, a link that
// was cut, a node that was paused) has no step, and so does not happen. What drew the faults is
// forgotten: only what they did is left, and each of it can be taken away alone.
//
// How long a read takes is left out or recorded, as asked for: most failures need none of it.
#pragma once

#include <map>
#include <vector>

#include "sim/scenario/run.hpp"

namespace snowflk::sim::search {

/// A scenario, and the options of its world: both together are a run.
struct Recording {
  scenario::Scenario scenario;
  WorldOptions options;
};

enum class Reads : u8 { by_themselves, by_hand };

class Recorder final : public scenario::Watcher {
 public:
  explicit Recorder(Reads reads = Reads::by_themselves) : reads_(reads) {}
  void event(const World& world, const StepRecord& record) override;
  void say(const World& world, std::string_view text) override;

  /// The run as far as it came. `of` and `options`: those of the run. With `until_healing`, what
  /// happened after the healing is left to happen by itself once more.
  [[nodiscard]] Recording recording(const scenario::Scenario& of, const WorldOptions& options,
                                    bool until_healing) const;

 private:
  struct Recorded {
    scenario::Step step;
    EventId event;
  };
  struct Sent {
    EventId by;
    NodeId from;
    NodeId to;
    u64 frame = 0;
    friend auto operator<=>(const Sent&, const Sent&) = default;
  };

  struct Turned {
    Bytes sent;
    u64 bit = 0;
  };

  void note_healing(const World& world);
  scenario::Step& add(const StepRecord& record, scenario::Verb verb, NodeId node);
  void add_message(const World& world, const StepRecord& record, const FrameDelivered& frame);
  void add_news(const StepRecord& record, scenario::Verb verb, NodeId peer);
  void add_disk_op(const StepRecord& record, const DiskOpFinished& done);
  void add_blemish(const StepRecord& record, const DiskBlemished& blemished);
  void add_read(const World& world, const StepRecord& record, const ReadFinished& read);
  void note_reads_asked(const StepRecord& record);
  u64 take_asked(const StepRecord& record, const ReadFinished& read);
  void order_failure(const StepRecord& record, const ReadFinished& read, bool is_short);
  void move_before(std::size_t step, EventId cause);
  void add_crash(const World& world, const StepRecord& record, scenario::Verb verb);
  void add_request(const World& world, const StepRecord& record, const RequestArrived& request);
  void add_leaving(const World& world, const StepRecord& record, u32 client);

  void count_sends(const World& world, const StepRecord& record);
  [[nodiscard]] std::optional<Turned> undo_flip(NodeId to, EventId cause, Bytes arrived) const;

  Reads reads_;
  std::vector<Recorded> steps_;
  std::map<Sent, std::size_t> delivered_;  // the last step that delivered a copy of it
  std::map<Sent, u64> ordinals_;           // of what was sent
  /// What was sent in an event, as it was on the way, and to whom: a bit of it may turn there.
  std::map<EventId, std::vector<std::pair<NodeId, std::vector<std::byte>>>> frames_;
  std::map<std::pair<NodeId, u32>, OperationId> asked_of_;  // by a client, last
  std::map<EventId, EventId> asked_by_;  // of a read: which step led to it, if need be by others
  struct Asked {
    bitcask::DiskReadId id;
    bitcask::FileId file;
    u64 offset = 0;
  };
  std::map<NodeId, std::vector<Asked>> asked_;  // reads that are not done, the oldest first
  struct Kind {
    NodeId from;
    NodeId to;
    std::string_view name;
    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  std::map<Kind, u64> counts_;
  std::size_t before_healing_ = SIZE_MAX;
};

}  // namespace snowflk::sim::search
