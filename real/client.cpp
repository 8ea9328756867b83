#include "real/client.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace snowflk::real {

node::RequestId Client::enter_line(bool muted, Weight weight) {
  line_.push_back(
      Place{.answered = false, .muted = muted, .kind = waiting_kind, .weight = weight, .resp = {}});
  weight_.request_bytes += weight.request_bytes;
  weight_.reply_bytes += weight.reply_bytes;
  return node::RequestId{first_request_ + unanswered() - 1};
}

bool Client::awaits(node::RequestId request) const {
  if (request.value < first_request_ || request.value >= first_request_ + unanswered()) {
    return false;
  }
  return !line_[front_ + (request.value - first_request_)].answered;
}

void Client::answer(node::RequestId request, Bytes resp) {
  SNOWFLK_ASSERT(awaits(request));
  Place& place = line_[front_ + (request.value - first_request_)];
  place.answered = true;
  weight_.request_bytes -= place.weight.request_bytes;
  weight_.reply_bytes -= place.weight.reply_bytes;
  learn(place.kind, resp.size());
  if (request.value == first_request_) {
    if (!place.muted) stream.output.append(resp);
    place.muted = true;  // It has left.
    move_on();
  } else if (!place.muted) {
    place.resp.assign(resp.begin(), resp.end());
    bytes_in_line_ += resp.size();
  }
}

void Client::learn(RequestKind kind, u64 reply_bytes) {
  u64& expected = expected_[static_cast<std::size_t>(kind)];
  expected = std::max({reply_bytes, expected / 2, kExpectedBytesMin});
}

void Client::answer_in_turn(Bytes resp, bool muted) {
  if (unanswered() == 0) {
    if (!muted) stream.output.append(resp);
    return;
  }
  if (muted) resp = {};
  line_.push_back(Place{.answered = true,
                        .muted = muted,
                        .kind = RequestKind::read,
                        .weight = {},
                        .resp = {resp.begin(), resp.end()}});
  bytes_in_line_ += resp.size();
}

/// Sends what is answered at the front of the line.
void Client::move_on() {
  while (front_ < line_.size() && line_[front_].answered) {
    Place& place = line_[front_];
    if (!place.muted) stream.output.append(place.resp);
    bytes_in_line_ -= place.resp.size();
    if (!place.resp.empty()) place.resp = {};  // The line is shortened later; this is sent.
    front_ += 1;
    first_request_ += 1;
  }
  if (front_ == line_.size()) {
    line_.clear();
    front_ = 0;
  } else if (front_ > line_.size() / 2) {
    line_.erase(line_.begin(), line_.begin() + static_cast<std::ptrdiff_t>(front_));
    front_ = 0;
  }
}

}  // namespace snowflk::real
