#include "sim/check/register_hints.hpp"

#include <algorithm>

namespace snowflk::sim {

void RegisterHints::set_up(const LinearProblem& problem, std::span<const u32> members,
                           std::span<const Part> parts) {
  for (const ValueId value : used_) blocks_[value] = Block{};
  used_.clear();
  blocks_.resize(std::max<std::size_t>(blocks_.size(), problem.values.size()));
  on_ = false;
  for (std::size_t at = 0; at < members.size(); ++at) {
    const LinearOperation& operation = problem.operations[members[at]];
    if (parts[at] == Part::left_out) continue;
    if (!operation.plain_get && !operation.plain_set) return;
    Block& block = blocks_[operation.value];
    used_.push_back(operation.value);
    if (parts[at] == Part::required) {
      block.first_returned = std::min(block.first_returned, operation.returned);
    }
    if (operation.plain_get) block.last_invoked = std::max(block.last_invoked, operation.invoked);
    (operation.plain_get ? block.reads : block.writes) += 1;
  }
  on_ = true;
}

void RegisterHints::count(const LinearOperation& operation, int by) {
  if (!on_) return;
  Block& block = blocks_[operation.value];
  u32& left = operation.plain_get ? block.reads : block.writes;
  left = by > 0 ? left + 1 : left - 1;
}

}  // namespace snowflk::sim
