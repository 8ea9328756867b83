#include "sim/check/linearizability.hpp"

#include <algorithm>
#include <bit>

#include "sim/check/linear_explain.hpp"
#include "sim/check/linear_zones.hpp"

namespace snowflk::sim {
namespace {

/// Memory in proportion to the history: most are small, and a campaign has millions of them. A
/// hard one of 250 operations took 36 thousand steps with this, and 27 times as many with a 16th.
u64 memo_slots(const LinearProblem& problem, const LinearLimits& limits) {
  SNOWFLK_ASSERT(std::has_single_bit(limits.memo_slots_max));
  const u64 wanted = std::bit_ceil(std::max<u64>(problem.operations.size() * 32, 64));
  return std::min(wanted, limits.memo_slots_max);
}

std::vector<Part> parts_of(const LinearProblem& problem, std::span<const u32> members) {
  std::vector<Part> parts;
  parts.reserve(members.size());
  for (const u32 member : members) parts.push_back(problem.operations[member].part);
  return parts;
}

constexpr std::size_t kNamedMax = 8;

/// Of many the first and the last: the last one is what the others leave no room for.
std::string sentence_of(const History& history, std::span<const OperationId> operations) {
  std::string sentence = "no order of operations explains ";
  const std::size_t count = operations.size();
  const bool all = count <= kNamedMax;
  for (std::size_t at = 0; at < count; ++at) {
    if (at > 0) sentence += "; ";
    if (!all && at == kNamedMax / 2) {
      sentence += std::to_string(count - kNamedMax) + " more; ";
      at = count - kNamedMax / 2;
    }
    sentence += describe(history, operations[at]);
  }
  return sentence;
}

}  // namespace

LinearVerdict judge_linearizable(const History& history, const LinearLimits& limits) {
  LinearProblem problem = make_linear_problem(history);
  LinearSearch search{problem, memo_slots(problem, limits)};
  LinearVerdict verdict;
  verdict.partitions = problem.partition_count();
  verdict.skipped = problem.skipped;
  verdict.operations = conflicting_zones(problem);
  if (!verdict.operations.empty()) {
    verdict.judgement = Judgement::not_linearizable;
    verdict.sentence = sentence_of(history, verdict.operations);
    return verdict;
  }
  for (std::size_t at = 0; at < problem.partition_count(); ++at) {
    const std::span<const u32> members = problem.partition(at);
    const std::vector<Part> parts = parts_of(problem, members);
    const u64 steps_left = limits.steps_max - std::min(verdict.steps, limits.steps_max);
    const Found found = search.run(members, parts, kNoEvent - 1, steps_left);
    verdict.steps += found.steps;
    if (found.judgement == Judgement::linearizable) continue;
    verdict.judgement = found.judgement;
    // What another key hides can still be found: only a violation ends the search.
    if (found.judgement == Judgement::undecided) continue;
    verdict.operations =
        explain(problem, search, members, parts, found.blocked_at, limits.explain_steps_max);
    verdict.sentence = sentence_of(history, verdict.operations);
    return verdict;
  }
  return verdict;
}

std::string quoted(std::string_view text, std::size_t size_max) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, size_max)) {
    const u8 code = static_cast<u8>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20 || code >= 0x7f) {
      out += "\\x";
      out += kHex[code >> 4];
      out += kHex[code & 15];
    } else {
      out += c;
    }
  }
  out += text.size() > size_max ? "...\"" : "\"";
  return out;
}

namespace {

std::string word_text(std::string_view word) {
  const bool plain = !word.empty() && word.size() <= 40 && std::ranges::all_of(word, [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != ';';
  });
  return plain ? std::string{word} : quoted(word, 40);
}

/// Seconds with three digits, or with six where it is no whole millisecond.
std::string time_text(Instant at) {
  const bool is_whole = at.value % 1'000'000 == 0;
  const i64 unit = is_whole ? 1'000'000 : 1000;
  const i64 per_second = 1'000'000'000 / unit;
  std::string digits = std::to_string(at.value / unit % per_second);
  digits.insert(0, (is_whole ? 3U : 6U) - digits.size(), '0');
  return std::to_string(at.value / unit / per_second) + "." + digits + " s";
}

}  // namespace

std::string reply_text(std::string_view reply) {
  if (reply == reply::kNil) return "nil";
  const std::size_t line = reply.find("\r\n");
  if (reply.empty() || line == std::string_view::npos) return "an answer";
  const bool simple = reply[0] == '+' || reply[0] == ':' || reply[0] == '-';
  if (simple) return std::string{reply.substr(1, line - 1)};
  if (reply[0] == '$') return quoted(reply.substr(line + 2, reply.size() - line - 4), 40);
  std::string flat;
  for (const char c : reply.substr(0, 160)) {
    if (c == '\r') continue;
    flat += c == '\n' ? ' ' : c;
  }
  return quoted(flat, 120);
}

std::string describe(const History& history, OperationId id) {
  const Operation& operation = history.operation(id);
  std::string out = "process " + std::to_string(operation.process) + ":";
  for (u32 at = 0; at < operation.word_count; ++at) {
    out += ' ';
    out += word_text(history.word(operation, at));
  }
  if (operation.outcome == Outcome::ok) {
    out += " -> " + reply_text(history.reply(operation));
    out += " (" + time_text(operation.invoked_at) + " to " + time_text(operation.returned_at) + ")";
  } else {
    out += " with unknown outcome (from " + time_text(operation.invoked_at) + " on)";
  }
  return out;
}

}  // namespace snowflk::sim
