// One client: its requests in the order they came, and its answers in the same order.
//
// Keeps the line of what was asked and not yet answered; clients.hpp decides what is asked of whom.
#pragma once

#include <string>
#include <vector>

#include "core/node/boundary.hpp"
#include "core/wire/resp.hpp"
#include "real/session.hpp"
#include "real/stream.hpp"

namespace snowflk::real {

/// What a request touches. Requests of different kinds never wait for the core together, so that a
/// connection's reads see its writes, and its writes come after its reads.
enum class RequestKind : u8 { read, write };

class Client {
 public:
  Client(Session& session_, Stream stream_) : session(session_), stream(std::move(stream_)) {}

  /// A new place at the end of the line; its request is what the core knows it by. `muted`: the
  /// answer is thrown away.
  node::RequestId enter_line(bool muted);
  /// The answer of `request`, as RESP. Leaves at once if it is at the front of the line.
  void answer(node::RequestId request, Bytes resp);
  /// An answer that needs nobody: it comes after all that is in the line.
  void answer_in_turn(Bytes resp, bool muted);
  /// How many are in the line.
  [[nodiscard]] std::size_t unanswered() const { return line_.size() - front_; }
  /// Whether `request` still waits.
  [[nodiscard]] bool awaits(node::RequestId request) const;

  /// Closes the connection at the end of the turn; the first reason counts.
  void end(std::string_view why) {
    if (ending.empty()) ending = why;
  }

  Session& session;
  Stream stream;
  wire::RequestParser parser;
  RequestKind waiting_kind = RequestKind::read;  // of what waits for the core, if anything does
  u32 waiting = 0;                               // for the core
  bool held = false;         // a request was parsed, and waits for those before it
  bool starved = false;      // it may have asked more, and there was no room for it
  bool leaving = false;      // nothing more is read from it; it closes once all is answered
  bool input_ended = false;  // it has sent all that it will
  bool broken = false;       // nothing can be sent to it, or read from it
  bool touched = false;      // it is in the list of those who have something to do
  u64 sent_before = 0;       // what it had taken when it last took something
  Instant stalled = kNever;  // since when answers wait and none is taken
  std::string ending;        // why it is to be closed; empty: it is not

 private:
  struct Place {
    bool answered = false;
    bool muted = false;
    std::vector<std::byte> resp;
  };
  void move_on();

  std::vector<Place> line_;
  std::size_t front_ = 0;
  u64 first_request_ = 1;  // of line_[front_]
};

}  // namespace snowflk::real
