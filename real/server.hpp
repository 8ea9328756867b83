// A server: one node, its disk, its peers and its clients, driven by one thread.
//
// Owns the loop: wait, step all that is ready, hand the disk its work, send what is to be sent.
// Each part is a file of its own; here they only meet.
#pragma once

#include <memory>
#include <optional>

#include "core/node/node.hpp"
#include "real/config.hpp"
#include "real/effects_driver.hpp"
#include "real/poller.hpp"
#include "real/refusals.hpp"

namespace snowflk::real {

/// How a server came to its end.
struct ServerEnd {
  node::HaltKind kind = node::HaltKind::stopped;
  std::string reason;  // empty when stopped as asked
};

class Server final : private StepTarget, private StatusSource {
 public:
  /// Opens the directory and both ports. `config` was settled. SIGTERM and SIGINT are blocked from
  /// here on, and end run().
  static Result<std::unique_ptr<Server>> start(Config config);

  /// Serves until it is told to stop, or cannot go on.
  ServerEnd run();

 private:
  explicit Server(Config config, Poller poller);
  void step(const node::Input& input) override;
  [[nodiscard]] NodeStatus status() const override;

  std::expected<void, Failure> open_all();
  void boot();
  void join_once_judged();
  void turn();
  void dispatch(const Ready& ready);
  void on_signal();
  void on_disk();
  void tell_refusal(const node::DiskRefused& refused);
  void finish_turn();
  [[nodiscard]] Instant wakes_at() const;

  Config config_;
  Poller poller_;
  Fd signals_;
  node::Now now_;
  node::Node node_;
  node::Effects effects_;
  std::unique_ptr<FileDisk> disk_;  // its thread reads bytes of node_: it ends first
  std::unique_ptr<Links> links_;
  std::unique_ptr<Clients> clients_;
  std::optional<EffectsDriver> driver_;
  std::vector<DiskResult> disk_results_;
  bool unfinished_ = false;  // the last turn left something to do
  bool joined_ = false;      // the directory was judged good: peers may hear of us
  Refusals refusals_;
  u64 stops_ = 0;  // how often it was told to stop
};

}  // namespace snowflk::real
