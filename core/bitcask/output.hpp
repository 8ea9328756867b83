// Where the store puts its wishes and what it has to say. Passed down by value; owns nothing.
#pragma once

#include <vector>

#include "core/bitcask/disk.hpp"
#include "core/bitcask/events.hpp"

namespace snowflk::bitcask {

struct Output {
  DiskRequests& disk;
  std::vector<Event>& events;
};

}  // namespace snowflk::bitcask
