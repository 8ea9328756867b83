#include "sim/story/phrases.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/trace/text.hpp"
#include "sim/story/entries.hpp"

namespace snowflk::sim::story {
namespace {

constexpr std::size_t kWordShown = 24;

std::string n(NodeId node) { return fmt::format("n{}", node.value); }

template <class Wanted>
const Wanted* find(std::span<const node::Event> step) {
  for (const node::Event& event : step) {
    const auto* of_raft = std::get_if<raft::Event>(&event);
    if (of_raft == nullptr) continue;
    if (const auto* wanted = std::get_if<Wanted>(of_raft)) return wanted;
  }
  return nullptr;
}

std::string_view why(raft::StepDownReason reason) {
  switch (reason) {
    case raft::StepDownReason::newer_term: return "there is a newer term";
    case raft::StepDownReason::lost_quorum: return "no majority answers it";
    case raft::StepDownReason::stopping: return "it is told to stop";
    case raft::StepDownReason::disk_full: return "its disk is full";
    case raft::StepDownReason::disk_stalled: return "its disk stalls";
  }
  return "?";
}

std::string_view why(raft::Contradiction contradiction) {
  switch (contradiction) {
    case raft::Contradiction::second_leader_of_a_term: return "another leads that term";
    case raft::Contradiction::lacks_a_committed_entry: return "it lacks a committed entry";
    case raft::Contradiction::answers_what_was_not_asked: return "it answers what was not asked";
    case raft::Contradiction::leaps_in_terms: return "its term is too far ahead";
  }
  return "?";
}

std::string why(wire::FrameFault fault) {
  if (fault == wire::FrameFault::kind) return "it does not know this kind";
  if (fault == wire::FrameFault::version) return "their versions are too far apart";
  return fmt::format("bad {}", name_of(fault));
}

std::string of_raft(const raft::Event& event, const Actor& actor,
                    std::span<const node::Event> step) {
  const NodeId self = actor.node;
  return std::visit(
      Overloaded{
          [](const raft::PreVoteStarted& e) {
            return fmt::format("hears no leader: asks who would vote for it in term {}",
                               e.term.value);
          },
          [](const raft::ElectionStarted& e) {
            return fmt::format("stands for election in term {}, votes for itself", e.term.value);
          },
          [&](const raft::VoteGranted& e) {
            if (e.candidate == self) return std::string{};
            return fmt::format("votes for {} in term {}", n(e.candidate), e.term.value);
          },
          [](const raft::BecameLeader& e) {
            return fmt::format("is elected: leads term {}", e.term.value);
          },
          [](const raft::SteppedDown& e) {
            return fmt::format("steps down as leader of term {}: {}", e.term.value, why(e.reason));
          },
          [&](const raft::TermAdopted& e) {
            // Its vote, or whom it follows, says the same and more.
            if (find<raft::VoteGranted>(step) != nullptr) return std::string{};
            if (find<raft::LeaderFollowed>(step) != nullptr) return std::string{};
            return fmt::format("learns of term {} from {}", e.term.value, n(e.from));
          },
          [&](const raft::LeaderFollowed& e) {
            if (e.leader == self || e.leader.nobody()) return std::string{};
            return fmt::format("follows {}, the leader of term {}", n(e.leader), e.term.value);
          },
          [&](const raft::EntriesAppended& e) {
            const LogIndex last{e.first.value + e.count - 1};
            return fmt::format("appends {} ({})", phrase_entries(actor, e.first, last),
                               phrase_terms(actor.state->raft()->log(), e.first, last));
          },
          [](const raft::LogTruncated& e) {
            return fmt::format("removes its entries from {} on: they conflict with the leader's",
                               e.from.value);
          },
          [](const raft::CommitAdvanced&) { return std::string{}; },  // the story's own
          [](const raft::MessageRefused& e) {
            return fmt::format("refuses a message from {}: {}", n(e.from), why(e.contradiction));
          },
      },
      event);
}

std::string of_node(const node::NodeEvent& event, const node::Node& node) {
  return std::visit(
      Overloaded{
          [&](const node::Started& e) {
            if (e.last_index.value == 0) return std::string{"is up, with an empty log"};
            return fmt::format("is up: start {}, term {}, {}", e.incarnation.value, e.term.value,
                               log_line(*node.raft()));
          },
          [](const node::Applied&) { return std::string{}; },
          [](const node::FrameRejected& e) {
            return fmt::format("refuses a message from {}: {}", n(e.from), why(e.fault));
          },
          [](const node::Refusing&) {
            return std::string{"refuses to vote, stand or serve: its log is not what it wrote"};
          },
      },
      event);
}

std::string of_store(const bitcask::Event& event) {
  return std::visit(
      Overloaded{
          [](const bitcask::TornTailDropped& e) {
            return fmt::format("drops a torn tail that was never durable (segment {}, offset {})",
                               e.segment, e.offset);
          },
          [](const bitcask::RotFound& e) {
            return fmt::format("finds rot in what was durable (segment {}, offset {})", e.segment,
                               e.offset);
          },
          [](const bitcask::NoSpace&) { return std::string{"has no space for more entries"}; },
          [](const auto&) { return std::string{}; },
      },
      event);
}

std::string of_links(const LinksChanged& links) {
  const std::string_view state = links.open ? "joined" : links.jammed ? "jammed" : "cut";
  if (links.from.nobody() && links.to.nobody()) return fmt::format("all links are {}", state);
  if (links.from.nobody()) return fmt::format("all links to {} are {}", n(links.to), state);
  if (links.to.nobody()) {
    return fmt::format("all links {} {} are {}", links.both_ways ? "of" : "from", n(links.from),
                       state);
  }
  return fmt::format("the link {} {} {} is {}", n(links.from), links.both_ways ? "<->" : "->",
                     n(links.to), state);
}

std::string of_split(const ClusterSplit& split) {
  std::string side;
  for (u32 bit = 0; bit < 32; ++bit) {
    if ((split.side >> bit & 1) != 0) side += fmt::format(" n{}", bit + 1);
  }
  return fmt::format("the network splits:{} on one side", side);
}

std::string of_shape(const ClusterShaped& shaped) {
  if (shaped.over) return fmt::format("the network is no {} any more", name_of(shaped.shape));
  switch (shaped.shape) {
    case Shape::bridge:
      return fmt::format("the network splits in two, and only {} sees both sides", n(shaped.node));
    case Shape::ring: return "the network is a ring: each node sees its two neighbours";
    case Shape::one_friend: return fmt::format("{} sees one other node only", n(shaped.node));
  }
  return {};
}

std::string of_blemish(const DiskBlemished& e) {
  const std::string place = fmt::format("{}, offset {}", bitcask::file_name(e.file), e.offset);
  switch (e.kind) {
    case BlemishKind::bad_sector:
      return fmt::format("a sector of its disk cannot be read ({})", place);
    case BlemishKind::stale_read:
      return fmt::format("a page of its disk reads as before its last write ({})", place);
    case BlemishKind::misdirected_read:
      return fmt::format("a page of its disk reads as another one ({})", place);
    case BlemishKind::misdirected_write:
      return fmt::format("what was written to a page of its disk lies elsewhere ({})", place);
  }
  return {};
}

std::string of_upgrade(const NodeUpgraded& e) {
  if (e.version == 0) return "is stopped, to be started in the version that this one is";
  const i64 away = e.version < 0 ? -e.version : e.version;
  return fmt::format("is stopped, to be started {} {} {} this one", away,
                     away == 1 ? "version" : "versions", e.version < 0 ? "behind" : "ahead of");
}

std::string of_refusal(const DiskOpFinished& op) {
  if (!op.refused) return {};
  return fmt::format("its disk refuses to {}: {}", name_of(op.action),
                     op.error == bitcask::DiskError::no_space ? "no space" : "I/O error");
}

}  // namespace

std::string phrase(const Happening& happening) {
  return std::visit(
      Overloaded{
          [](const NodeCrashed& e) {
            return std::string{e.kind == CrashKind::process
                                   ? "crashes: the process is gone, the page cache stays"
                                   : "loses power: what was not synced may be gone"};
          },
          [](const NodePaused&) { return std::string{"is paused"}; },
          [](const NodeResumed&) { return std::string{"goes on"}; },
          [](const LinksChanged& e) { return of_links(e); },
          [](const ClusterSplit& e) { return of_split(e); },
          [](const ClientsCut& e) {
            return std::string{e.over ? "is reached by clients again" : "is cut off from clients"};
          },
          [](const PowerCut&) { return std::string{"the power of all machines goes"}; },
          [](const StreamReset& e) {
            if (e.second.nobody()) return fmt::format("a client of {} is disconnected", n(e.first));
            return fmt::format("the stream between {} and {} breaks", n(e.first), n(e.second));
          },
          [](const DiskOpFinished& e) { return of_refusal(e); },
          [](const ReadFinished& e) {
            return e.failed ? std::string{"its disk fails to read"} : std::string{};
          },
          [](const DiskStalled& e) {
            return std::string{e.over ? "its disk is quick again" : "its disk stalls"};
          },
          [](const DiskFilled& e) {
            return std::string{e.over ? "its disk has space again" : "its disk is full"};
          },
          [](const DiskRotted& e) {
            return fmt::format("a bit turns on its disk ({}, offset {})",
                               bitcask::file_name(e.file), e.offset);
          },
          [](const ClusterShaped& e) { return of_shape(e); },
          [](const Swizzled& e) {
            return fmt::format("all links of {} are {}, in the course of a swizzle", n(e.node),
                               e.over     ? "joined"
                               : e.jammed ? "jammed"
                                          : "cut");
          },
          [](const DriftChanged& e) {
            return fmt::format("its clock runs {} millionths {} from now on",
                               e.ppm < 0 ? -e.ppm : e.ppm, e.ppm < 0 ? "slow" : "fast");
          },
          [](const DiskBlemished& e) { return of_blemish(e); },
          [](const FileLost& e) {
            return fmt::format("loses power, and with it a file: {}", bitcask::file_name(e.file));
          },
          [](const NodeWiped&) { return std::string{"is gone, and all that it had on disk"}; },
          [](const NodeLeftOut& e) { return std::string{phrase_of(e.fault)}; },
          [](const NodeUpgraded& e) { return of_upgrade(e); },
          [](const ClockJumped& e) {
            return fmt::format("its wall clock jumps by {} ms", e.by.value / 1'000'000);
          },
          [](const auto&) { return std::string{}; },
      },
      happening);
}

std::string phrase(const node::Event& event, const Actor& actor,
                   std::span<const node::Event> step) {
  return std::visit(Overloaded{[&](const raft::Event& e) { return of_raft(e, actor, step); },
                               [&](const node::NodeEvent& e) { return of_node(e, *actor.state); },
                               [](const bitcask::Event& e) { return of_store(e); }},
                    event);
}

std::string phrase_command(const History& history, const Operation& operation) {
  std::vector<std::string_view> words;
  history.words(operation, words);
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ' ';
    append_value(text, word);
  }
  return text;
}

void append_value(std::string& text, std::string_view value) {
  const bool plain =
      !value.empty() && std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7f; });
  if (plain && value.size() <= kWordShown) {
    text += value;
  } else {
    trace::append_quoted(text, as_bytes(value), kWordShown);
  }
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else if (c == '\n' || c == '\t') {
      out += ' ';
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  return out;
}

std::string wrapped(std::string_view text) {
  constexpr std::size_t kColumns = 100;
  const std::string plain = printable(text);
  std::string_view rest = plain;
  std::string out;
  while (rest.size() > kColumns) {
    const std::size_t blank = rest.rfind(' ', kColumns);
    if (blank == std::string_view::npos || blank == 0) break;
    out += fmt::format("{}\n", rest.substr(0, blank));
    rest.remove_prefix(blank + 1);
  }
  return out + std::string{rest} + "\n";
}

std::string phrase_reply(std::string_view resp) {
  if (resp.empty()) return {};
  const char kind = resp.front();
  const auto end = resp.find("\r\n");
  const std::string_view first =
      end == std::string_view::npos ? resp.substr(1) : resp.substr(1, end - 1);
  if (kind == '$') {
    if (first == "-1") return "nil";
    std::string quoted;
    std::string_view value = resp.substr(end + 2);
    value.remove_suffix(std::min<std::size_t>(2, value.size()));
    trace::append_quoted(quoted, as_bytes(value), kWordShown);
    return quoted;
  }
  if (kind == '*') return fmt::format("{} values", first);
  if (kind == '_') return "nil";
  return std::string{first};
}

}  // namespace snowflk::sim::story
