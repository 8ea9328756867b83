#include "sim/check/linear_zones.hpp"

#include <algorithm>
#include <tuple>

namespace snowflk::sim {
namespace {

/// A plain set or get of a key.
struct Use {
  u32 cell = 0;
  ValueId value = kAbsent;
  u32 operation = 0;
};

/// Before all events: then a key holds nothing.
constexpr i64 kBeginning = -1;
constexpr i64 kNever = INT64_MAX;

/// What is known of when a key held a value.
struct Zone {
  std::size_t begin = 0;  // its uses
  std::size_t end = 0;
  u32 first_returned = 0;  // operations
  u32 last_invoked = 0;
  i64 first_return = kNever;
  i64 last_invocation = kBeginning;
  u32 writers = 0;
  u32 writer = 0;  // an operation, if there are any

  /// The key held the value from `low()` to `high()` at least. Else: at some time between them.
  [[nodiscard]] bool is_forward() const { return first_return < last_invocation; }
  [[nodiscard]] i64 low() const { return std::min(first_return, last_invocation); }
  [[nodiscard]] i64 high() const { return std::max(first_return, last_invocation); }
};

class ZoneFinder {
 public:
  explicit ZoneFinder(const LinearProblem& problem) : problem_(problem) {}

  std::vector<OperationId> find() {
    gather();
    for (std::size_t begin = 0; begin < uses_.size();) {
      std::size_t end = begin;
      while (end < uses_.size() && uses_[end].cell == uses_[begin].cell) end += 1;
      auto found = in_key(begin, end);
      if (!found.empty()) return found;
      begin = end;
    }
    return {};
  }

 private:
  const LinearOperation& operation(u32 number) const { return problem_.operations[number]; }
  i64 invoked(u32 number) const { return static_cast<i64>(operation(number).invoked); }
  i64 returned(u32 number) const {
    const LinearOperation& op = operation(number);
    return op.part == Part::required ? static_cast<i64>(op.returned) : kNever;
  }

  void gather() {
    std::vector<bool> spoiled(problem_.key_count,
                              false);  // of each key: something else may write it
    for (u32 number = 0; number < problem_.operations.size(); ++number) {
      const LinearOperation& op = operation(number);
      if (op.part == Part::left_out) continue;
      if (op.plain_set || op.plain_get) {
        uses_.push_back({.cell = problem_.cell(op, 0), .value = op.value, .operation = number});
      } else if (!op.never_writes) {
        for (std::size_t key = 0; key < op.command.key_count(); ++key) {
          spoiled[problem_.cell(op, key)] = true;
        }
      }
    }
    std::erase_if(uses_, [&](const Use& use) { return spoiled[use.cell]; });
    std::ranges::sort(uses_, [](const Use& a, const Use& b) {
      return std::tie(a.cell, a.value, a.operation) < std::tie(b.cell, b.value, b.operation);
    });
  }

  Zone zone_of(std::size_t begin, std::size_t end) const {
    Zone zone{.begin = begin, .end = end};
    for (std::size_t at = begin; at < end; ++at) {
      const u32 number = uses_[at].operation;
      if (operation(number).plain_set) {
        zone.writers += 1;
        zone.writer = number;
      }
      if (returned(number) < zone.first_return) {
        zone.first_return = returned(number);
        zone.first_returned = number;
      }
      if (invoked(number) > zone.last_invocation) {
        zone.last_invocation = invoked(number);
        zone.last_invoked = number;
      }
    }
    // A key holds nothing until it is written: as if that had been written before all.
    if (uses_[begin].value == kAbsent) zone.first_return = kBeginning;
    return zone;
  }

  /// Uses [begin, end) are of one key.
  std::vector<OperationId> in_key(std::size_t begin, std::size_t end) {
    forward_.clear();
    backward_.clear();
    for (std::size_t first = begin; first < end;) {
      std::size_t last = first;
      while (last < end && uses_[last].value == uses_[first].value) last += 1;
      const Zone zone = zone_of(first, last);
      const bool is_written = zone.writers > 0 || uses_[first].value == kAbsent;
      if (!is_written) return ids({zone.first_returned});
      // Of what nobody has seen it is not known that it was written at all; nor, of what was
      // written twice, how often a key held it.
      const bool is_known = zone.writers <= 1 && zone.first_return != kNever;
      const bool was_foreseen = zone.writers == 1 && invoked(zone.writer) > zone.first_return;
      if (was_foreseen) return ids({zone.first_returned, zone.writer});
      if (is_known) (zone.is_forward() ? forward_ : backward_).push_back(zone);
      first = last;
    }
    return in_conflict();
  }

  std::vector<OperationId> in_conflict() {
    std::ranges::sort(forward_, {}, &Zone::low);
    const Zone* longest = nullptr;
    for (const Zone& zone : forward_) {
      if (longest != nullptr && zone.low() < longest->high()) return shown(*longest, zone);
      if (longest == nullptr || zone.high() > longest->high()) longest = &zone;
    }
    for (const Zone& zone : backward_) {
      const auto after = std::ranges::upper_bound(forward_, zone.low(), {}, &Zone::low);
      if (after == forward_.begin()) continue;
      const Zone& around = *std::prev(after);
      if (around.low() < zone.low() && zone.high() < around.high()) return shown(around, zone);
    }
    return {};
  }

  /// Two that hold a zone open, and one of the other value that is within it; else two of each.
  std::vector<OperationId> shown(const Zone& a, const Zone& b) const {
    for (const auto& [around, other] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
      if (!around->is_forward()) continue;
      for (std::size_t at = other->begin; at < other->end; ++at) {
        const u32 within = uses_[at].operation;
        const bool is_within = around->low() < invoked(within) && returned(within) < around->high();
        if (is_within) return ids(ends_of(*around, {within}));
      }
    }
    return ids(ends_of(a, ends_of(b, {})));
  }

  static std::vector<u32> ends_of(const Zone& zone, std::vector<u32> numbers) {
    numbers.push_back(zone.last_invoked);
    if (zone.first_return != kBeginning) numbers.push_back(zone.first_returned);
    return numbers;
  }

  std::vector<OperationId> ids(std::vector<u32> numbers) const {
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
    std::vector<OperationId> ids;
    for (const u32 number : numbers) ids.push_back(operation(number).id);
    return ids;
  }

  const LinearProblem& problem_;
  std::vector<Use> uses_;
  std::vector<Zone> forward_;
  std::vector<Zone> backward_;
};

}  // namespace

std::vector<OperationId> conflicting_zones(const LinearProblem& problem) {
  return ZoneFinder{problem}.find();
}

}  // namespace snowflk::sim
