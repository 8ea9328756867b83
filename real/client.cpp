#include "real/client.hpp"

#include "core/base/assert.hpp"

namespace snowflk::real {

node::RequestId Client::enter_line(bool muted) {
  line_.push_back(Place{.answered = false, .muted = muted, .resp = {}});
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
  if (request.value == first_request_) {
    if (!place.muted) stream.output.append(resp);
    place.muted = true;  // It has left.
    move_on();
  } else if (!place.muted) {
    place.resp.assign(resp.begin(), resp.end());
  }
}

void Client::answer_in_turn(Bytes resp, bool muted) {
  if (unanswered() == 0) {
    if (!muted) stream.output.append(resp);
    return;
  }
  line_.push_back(Place{.answered = true, .muted = muted, .resp = {resp.begin(), resp.end()}});
}

/// Sends what is answered at the front of the line.
void Client::move_on() {
  while (front_ < line_.size() && line_[front_].answered) {
    const Place& place = line_[front_];
    if (!place.muted) stream.output.append(place.resp);
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
