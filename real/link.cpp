#include "real/link.hpp"

namespace snowflk::real {
namespace {

/// Of frames in order that may be in the stream, in front of what is urgent and comes then.
constexpr std::size_t kOnItsWayBytes = 64 << 10;

}  // namespace

void Link::send_in_order(Bytes frame) {
  if (later.empty() && stream.output.size() < kOnItsWayBytes) {
    stream.output.append(frame);
    return;
  }
  later.emplace_back(frame.begin(), frame.end());
  later_bytes += frame.size();
}

Stream::Health Link::flush() {
  for (;;) {
    while (!later.empty() && stream.output.size() < kOnItsWayBytes) {
      stream.output.append(later.front());
      later_bytes -= later.front().size();
      later.pop_front();
    }
    if (stream.flush() == Stream::Health::closed) return Stream::Health::closed;
    if (later.empty() || !stream.output.empty()) return Stream::Health::open;
  }
}

}  // namespace snowflk::real
