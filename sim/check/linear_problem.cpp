#include "sim/check/linear_problem.hpp"

#include <numeric>

#include "core/base/hash.hpp"

namespace snowflk::sim {
namespace {

/// Where to look for `value`. Of a long one the ends are read and a sample between them: a search
/// looks values up at every step, and who finds two of a kind compares all of their bytes.
u64 place_of(std::string_view value) {
  constexpr std::size_t kPart = 64;
  constexpr std::size_t kSamples = 16;
  if (value.size() <= 4 * kPart) return hash64(as_bytes(value), 0);
  u64 hash = hash64(as_bytes(value.substr(0, kPart)), value.size());
  const std::size_t stride = (value.size() - 2 * kPart) / kSamples;
  for (std::size_t sample = 0; sample < kSamples; ++sample) {
    hash = hash64(as_bytes(value.substr(kPart + sample * stride, 8)), hash);
  }
  return hash64(as_bytes(value.substr(value.size() - kPart)), hash);
}

}  // namespace

ValueTable::ValueTable() : ends_{0}, hashes_{0}, slots_(64, 0) {}

std::string_view ValueTable::text(ValueId id) const {
  SNOWFLK_ASSERT(id != kAbsent);
  SNOWFLK_ASSERT(id < ends_.size());
  return {arena_.data() + ends_[id - 1], ends_[id] - ends_[id - 1]};
}

ValueId ValueTable::intern(std::string_view value) {
  const u64 hash = place_of(value);
  const u64 mask = slots_.size() - 1;
  u64 at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    if (hashes_[slots_[at]] == hash && text(slots_[at]) == value) return slots_[at];
  }
  const ValueId id = size();
  arena_.insert(arena_.end(), value.begin(), value.end());
  ends_.push_back(arena_.size());
  hashes_.push_back(hash);
  slots_[at] = id;
  if (2 * ends_.size() > slots_.size()) grow();
  return id;
}

void ValueTable::grow() {
  slots_.assign(slots_.size() * 4, 0);
  const u64 mask = slots_.size() - 1;
  for (u32 id = 1; id < size(); ++id) {
    u64 at = hashes_[id] & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = id;
  }
}

std::span<const u32> LinearProblem::partition(std::size_t at) const {
  const u32 begin = at == 0 ? 0 : partition_ends[at - 1];
  return std::span{members}.subspan(begin, partition_ends[at] - begin);
}

namespace {

/// Which keys belong together: the usual forest, roots found with path halving.
class Joined {
 public:
  explicit Joined(u32 count) : parents_(count) { std::iota(parents_.begin(), parents_.end(), 0U); }
  u32 root(u32 at) {
    while (parents_[at] != at) {
      parents_[at] = parents_[parents_[at]];
      at = parents_[at];
    }
    return at;
  }
  /// The smaller number becomes the root, so that the order of partitions is that of their keys.
  void join(u32 a, u32 b) {
    a = root(a);
    b = root(b);
    if (a < b) parents_[b] = a;
    if (b < a) parents_[a] = b;
  }

 private:
  std::vector<u32> parents_;
};

Part part_of(const Operation& operation, const Command& command) {
  switch (operation.outcome) {
    case Outcome::ok: return Part::required;
    case Outcome::failed: return Part::left_out;
    case Outcome::pending:
    case Outcome::unknown:
      // A read of unknown outcome says nothing and changes nothing.
      return command.reads_only() ? Part::left_out : Part::optional;
  }
  return Part::left_out;
}

/// The value in "$1\r\nx\r\n"; nothing if `reply` is no bulk string.
std::optional<std::string_view> bulk_value(std::string_view reply) {
  const std::size_t line = reply.find("\r\n");
  if (!reply.starts_with('$') || line == std::string_view::npos) return std::nullopt;
  const std::optional<i64> size = parse_integer(reply.substr(1, line - 1));
  if (!size || *size < 0) return std::nullopt;
  if (reply.size() != line + 4 + static_cast<u64>(*size)) return std::nullopt;
  return reply.substr(line + 2, static_cast<u64>(*size));
}

/// Finds what can be judged by comparing two numbers: most operations of most histories.
void mark_plain(LinearOperation& operation, ValueTable& values) {
  const Command& command = operation.command;
  if (command.verb == Verb::set && command.when == SetWhen::always && !command.returns_old) {
    operation.plain_set = operation.any_reply || operation.reply == reply::kOk;
    if (operation.plain_set) operation.value = values.intern(command.words[2]);
  }
  if (command.verb == Verb::get && !operation.any_reply) {
    const std::optional<std::string_view> value = bulk_value(operation.reply);
    operation.plain_get = value || operation.reply == reply::kNil;
    if (value) operation.value = values.intern(*value);
  }
}

/// A read, or a command whose answer says that it left all as it was.
bool never_writes(const LinearOperation& operation) {
  const Command& command = operation.command;
  if (command.reads_only()) return true;
  if (operation.any_reply) return false;
  if (operation.reply.starts_with('-')) return true;
  if (operation.reply == reply::kNil) {
    return command.verb == Verb::getdel || (command.verb == Verb::set && !command.returns_old);
  }
  return command.verb == Verb::del && operation.reply == ":0\r\n";
}

class Builder {
 public:
  explicit Builder(const History& history) : history_(history) { gather_words(); }

  LinearProblem build() {
    u32 word = 0;
    for (u32 at = 0; at < history_.operations().size(); ++at) {
      const Operation& operation = history_.operations()[at];
      add(operation, OperationId{at}, Words{problem_.words}.subspan(word, operation.word_count));
      word += operation.word_count;
    }
    problem_.key_count = keys_.size() - 1;
    part_by_key();
    return std::move(problem_);
  }

 private:
  /// All at once, so that spans into the row of words stay where they are.
  void gather_words() {
    std::vector<std::string_view> words;
    for (const Operation& operation : history_.operations()) {
      history_.words(operation, words);
      problem_.words.insert(problem_.words.end(), words.begin(), words.end());
    }
    problem_.operations.reserve(history_.operations().size());
  }

  void add(const Operation& operation, OperationId id, Words words) {
    const auto command = parse_command(words);
    if (!command) {
      problem_.skipped += 1;
      return;
    }
    LinearOperation linear;
    linear.command = *command;
    linear.id = id;
    linear.part = part_of(operation, *command);
    if (linear.part == Part::left_out) return;
    linear.invoked = operation.invoked_event;
    linear.returned = operation.returned_event;
    linear.reply = history_.reply(operation);
    linear.any_reply = linear.part == Part::optional || linear.reply.empty();
    linear.first_cell = static_cast<u32>(problem_.cells.size());
    for (std::size_t key = 0; key < command->key_count(); ++key) {
      problem_.cells.push_back(keys_.intern(command->key(key)) - 1);
      const bool given = command->verb == Verb::mset;
      problem_.given.push_back(given ? problem_.values.intern(words[2 + 2 * key]) : kAbsent);
    }
    linear.never_writes = never_writes(linear);
    mark_plain(linear, problem_.values);
    problem_.operations.push_back(linear);
  }

  void part_by_key() {
    Joined joined{problem_.key_count + 1};  // one more, for DBSIZE of nothing
    for (const LinearOperation& operation : problem_.operations) {
      const std::size_t count = operation.command.key_count();
      for (std::size_t key = 1; key < count; ++key) {
        joined.join(problem_.cell(operation, 0), problem_.cell(operation, key));
      }
      if (operation.command.verb != Verb::dbsize) continue;
      for (u32 key = 0; key < problem_.key_count; ++key) joined.join(key, problem_.key_count);
    }
    std::vector<u32> sizes(problem_.key_count + 2, 0);
    std::vector<u32> roots;
    roots.reserve(problem_.operations.size());
    for (const LinearOperation& operation : problem_.operations) {
      const bool of_all = operation.command.key_count() == 0;
      roots.push_back(joined.root(of_all ? problem_.key_count : problem_.cell(operation, 0)));
      sizes[roots.back() + 1] += 1;
    }
    distribute(roots, sizes);
  }

  /// `ends[root + 1]`: how many operations `root` has. A counting sort, which keeps the order.
  void distribute(const std::vector<u32>& roots, std::vector<u32>& ends) {
    for (std::size_t at = 1; at < ends.size(); ++at) {
      const bool empty = ends[at] == 0;
      ends[at] += ends[at - 1];
      if (!empty) problem_.partition_ends.push_back(ends[at]);
    }
    problem_.members.resize(roots.size());
    for (u32 at = 0; at < roots.size(); ++at) problem_.members[ends[roots[at]]++] = at;
  }

  const History& history_;
  LinearProblem problem_;
  ValueTable keys_;
};

}  // namespace

LinearProblem make_linear_problem(const History& history) { return Builder{history}.build(); }

}  // namespace snowflk::sim
