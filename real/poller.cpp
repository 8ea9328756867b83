#include "real/poller.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace snowflk::real {
namespace {

constexpr unsigned kSourceShift = 56;

u64 pack(Token token) {
  SNOWFLK_ASSERT(token.number < (1ULL << kSourceShift));
  return (static_cast<u64>(token.source) << kSourceShift) | token.number;
}

Token unpack(u64 word) {
  return Token{.source = static_cast<Source>(word >> kSourceShift),
               .number = word & ((1ULL << kSourceShift) - 1)};
}

epoll_event wish(Token token, bool readable, bool writable) {
  epoll_event event{};
  event.events = (readable ? u32{EPOLLIN} : 0U) | (writable ? u32{EPOLLOUT} : 0U);
  event.data.u64 = pack(token);
  return event;
}

int whole_milliseconds(Duration patience) {
  constexpr i64 kLongest = 60'000;
  const i64 rounded_up = (patience.value + 999'999) / 1'000'000;
  return static_cast<int>(std::clamp<i64>(rounded_up, 0, kLongest));
}

}  // namespace

Result<Poller> Poller::make() {
  Fd epoll{::epoll_create1(EPOLL_CLOEXEC)};
  if (!epoll.open()) return std::unexpected{system_failure("make an epoll set")};
  return Poller{std::move(epoll)};
}

std::expected<void, Failure> Poller::add(int fd, Token token, bool writable) {
  epoll_event event = wish(token, true, writable);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return std::unexpected{system_failure("watch a descriptor")};
  }
  return {};
}

void Poller::change(int fd, Token token, bool readable, bool writable) {
  epoll_event event = wish(token, readable, writable);
  const int result = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
  SNOWFLK_ASSERT(result == 0);
}

std::span<const Ready> Poller::wait(Duration patience) {
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(kReadyMax),
                                 whole_milliseconds(patience));
  if (count < 0) {
    SNOWFLK_ASSERT(errno == EINTR);
    return {};
  }
  for (std::size_t at = 0; at < static_cast<std::size_t>(count); ++at) {
    const u32 bits = events_[at].events;
    ready_[at] = Ready{.token = unpack(events_[at].data.u64),
                       .readable = (bits & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                       .writable = (bits & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                       .broken = (bits & (EPOLLHUP | EPOLLERR)) != 0};
  }
  return std::span{ready_}.first(static_cast<std::size_t>(count));
}

}  // namespace snowflk::real
