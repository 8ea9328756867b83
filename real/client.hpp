// One client: its requests in the order they came, and its answers in the same order.
//
// Keeps the line of what was asked and not yet answered; clients.hpp decides what is asked of whom.
#pragma once

#include <array>
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
inline constexpr std::size_t kRequestKinds = 2;

/// What requests that wait for the core take up: their own bytes, and those that are set aside for
/// their answers.
struct Weight {
  u64 request_bytes = 0;
  u64 reply_bytes = 0;
};

class Client {
 public:
  static constexpr u64 kExpectedBytesMin = 4 << 10;
  static constexpr u64 kFirstReadBytes = 512 << 10;

  Client(Session& of_whom, Stream through, Instant now)
      : session(of_whom), stream(std::move(through)), moved(now) {}

  /// A new place at the end of the line; its request is what the core knows it by. `muted`: the
  /// answer is thrown away.
  node::RequestId enter_line(bool muted, Weight weight);
  /// The answer of `request`, as RESP. Leaves at once if it is at the front of the line.
  void answer(node::RequestId request, Bytes resp);
  /// An answer that needs nobody: it comes after all that is in the line.
  void answer_in_turn(Bytes resp, bool muted);
  /// How many are in the line.
  [[nodiscard]] std::size_t unanswered() const { return line_.size() - front_; }
  /// Whether `request` still waits.
  [[nodiscard]] bool awaits(node::RequestId request) const;
  /// Of all that waits for the core.
  [[nodiscard]] Weight waiting_weight() const { return weight_; }
  /// Bytes of answers that it has not taken, those among them whose turn has not come.
  [[nodiscard]] u64 unsent() const { return stream.output.size() + bytes_in_line_; }

  /// How long an answer to a request of `kind` is to be expected: what the last ones were. At once
  /// more when one was longer, by halves less when they are shorter. Of reads, the first are let in
  /// by twos: any may be of the longest value.
  [[nodiscard]] u64 expected_reply_bytes(RequestKind kind) const {
    return expected_[static_cast<std::size_t>(kind)];
  }

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
  bool crowded_out = false;  // it waits for room that others take up
  Instant stalled = kNever;  // since when answers wait and none is taken
  Instant moved;             // when it last took of an answer, or a request of it was understood
  u64 input_counted = 0;     // of what Clients counts of all together, what is this one's
  u64 unsent_counted = 0;
  u64 promised_counted = 0;
  std::string ending;  // why it is to be closed; empty: it is not

 private:
  struct Place {
    bool answered = false;
    bool muted = false;
    RequestKind kind = RequestKind::read;
    Weight weight;
    std::vector<std::byte> resp;
  };
  void learn(RequestKind kind, u64 reply_bytes);
  void move_on();

  std::vector<Place> line_;
  std::size_t front_ = 0;
  u64 first_request_ = 1;  // of line_[front_]
  u64 bytes_in_line_ = 0;  // of answers
  Weight weight_;
  std::array<u64, kRequestKinds> expected_{kFirstReadBytes, kExpectedBytesMin};
};

}  // namespace snowflk::real
