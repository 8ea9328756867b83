// The links to all peers: who dials whom, hello, frames in and out, silence, and dialling again.
//
// Between two nodes there is one connection; the one with the higher id dials. It carries both
// channels of the boundary: datagrams are dropped when the peer does not take them, the stream ends
// with the connection. What a frame says is judged by the core; here it is only cut and its sender
// compared. A link that misbehaves is closed, with the reason in the log.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/wire/frame.hpp"
#include "real/config.hpp"
#include "real/link.hpp"
#include "real/poller.hpp"
#include "real/socket.hpp"
#include "real/step_target.hpp"

namespace snowflk::real {

class Links {
 public:
  /// Looks the peers up and takes the port; answers nobody and dials nobody until open(). `config`,
  /// `poller` and `target` outlive the value.
  static Result<std::unique_ptr<Links>> start(const Config& config, Poller& poller,
                                              StepTarget& target);

  void open();

  // ---- What the poller says -----------------------------------------------------------------
  void on_listener(Instant now);
  void on_ready(const Ready& ready, Instant now);
  /// Dials, asks who is silent, closes who has been silent for too long.
  void on_time(Instant now);
  /// When on_time is wanted at the latest.
  [[nodiscard]] Instant deadline() const;

  // ---- What the core wants ------------------------------------------------------------------
  void send(const node::Send& send);
  /// A frame of `peer` was refused: its link is closed at the end of the turn, or the frame is
  /// passed over (wire::ends_stream()).
  void refuse_frame(NodeId peer, wire::FrameFault fault);
  /// Closes the link to `peer` at the end of the turn.
  void refuse(NodeId peer, std::string_view why);

  // ---- The end of a turn --------------------------------------------------------------------
  /// Sends what waits, closes what is to be closed, and tells the core of both. Steps; what that
  /// gives to send waits for the next call. True if another call has something to do.
  bool settle(Instant now);

  /// Frames of kinds that a newer version sends, and ours does not know.
  [[nodiscard]] u64 frames_passed_over() const { return frames_passed_over_; }
  [[nodiscard]] bool is_up(NodeId peer) const { return link_to(peer) != nullptr; }
  [[nodiscard]] std::string listening_at() const { return local_name(listener_.get()); }

 private:
  struct Peer {
    NodeId id;
    Endpoint endpoint;
    u64 link = 0;          // the number of its link; 0: none
    u64 epochs = 0;        // how many there were
    Instant dial_at{0};    // if we are the ones who dial
    Duration patience{0};  // before the next dial
    u64 failures = 0;      // since it was last up
  };

  Links(const Config& config, Poller& poller, StepTarget& target);
  [[nodiscard]] const Link* link_to(NodeId id) const;
  Link* link_to(NodeId id) { return const_cast<Link*>(std::as_const(*this).link_to(id)); }
  Peer* find_peer(NodeId id);
  [[nodiscard]] bool dials(const Peer& peer) const { return peer.id < self_; }

  void dial(Peer& peer, Instant now);
  void dial_later(Peer& peer, Instant now);
  Link* adopt(Fd fd, bool connecting, Instant now);
  void on_connected(Link& link);
  void say_hello(Link& link, NodeId to);
  void read_frames(Link& link, Instant now);
  void on_frame(Link& link, Bytes frame, Instant now);
  void on_hello(Link& link, Bytes bytes);
  void on_ping(Link& link, Bytes bytes);
  void come_up(Link& link, Peer& peer);
  void watch_silence(Link& link, Instant now);
  bool close(u64 number, Instant now);
  static void end(Link& link, std::string_view why);

  const Config& config_;
  Poller& poller_;
  StepTarget& target_;
  NodeId self_;
  wire::Sender sender_;
  Fd listener_;
  bool open_ = false;
  u64 frames_passed_over_ = 0;
  u64 last_number_ = 0;
  std::vector<Peer> peers_;
  std::map<u64, Link> links_;
  std::vector<u64> ending_;  // scratch of settle()
};

}  // namespace snowflk::real
