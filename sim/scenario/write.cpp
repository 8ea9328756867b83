#include "sim/scenario/write.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/assert.hpp"
#include "core/base/quantity.hpp"
#include "core/trace/json.hpp"
#include "sim/scenario/forms.hpp"
#include "sim/scenario/reference.hpp"

namespace snowflk::sim::scenario {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  trace::append_json_string(out, as_bytes(text));
  return out;
}

std::string node_text(const NodeRef& node) {
  return node.number != 0 ? fmt::format("{}", node.number) : quoted(node.name);
}

std::string list_or_one(const std::vector<std::string>& items) {
  if (items.size() == 1) return items[0];
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string nodes_text(const Step& step) {
  if (step.all && step.verb != Verb::finish) return quoted(kAllNodes);
  std::vector<std::string> items;
  for (const NodeRef& node : step.nodes) items.push_back(node_text(node));
  return list_or_one(items);
}

std::string links_text(const Step& step) {
  std::vector<std::string> items;
  for (const LinkRef& link : step.links) {
    items.push_back(quoted(fmt::format("{}->{}", print(link.from), print(link.to))));
  }
  return list_or_one(items);
}

/// The members of a step, in the order in which people write them.
class Members {
 public:
  void add(std::string_view key, std::string value) {
    members_.push_back(fmt::format("\"{}\": {}", key, std::move(value)));
  }
  void add_text(std::string_view key, std::string_view text) {
    if (!text.empty()) add(key, quoted(text));
  }
  [[nodiscard]] std::string object() const {
    return fmt::format("{{{}}}", fmt::join(members_, ", "));
  }

 private:
  std::vector<std::string> members_;
};

std::string words_text(const std::vector<std::string>& words) {
  std::vector<std::string> items;
  items.reserve(words.size());
  for (const std::string& word : words) items.push_back(quoted(word));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

void add_message(const Step& step, Members& members) {
  members.add_text(name_of(step.verb), step.word);
  if (!step.links.empty()) members.add("link", links_text(step));
  if (step.newest) members.add("newest", "true");
  if (step.all) members.add("all", "true");
  if (step.number != 0) members.add("number", fmt::format("{}", step.number));
  if (step.flip) members.add("flip", fmt::format("{}", *step.flip));
}

void add_propose(const Step& step, Members& members) {
  members.add("propose", words_text(step.words));
  if (!step.nodes.empty()) members.add("to", nodes_text(step));
  members.add_text("as", step.as);
}

void add_crash(const Step& step, Members& members) {
  members.add(name_of(step.verb), nodes_text(step));
  members.add_text("at", step.word);
  members.add_text("unsynced", step.text);
  members.add_text("keep", step.keep);
  members.add_text("under_way", step.lane);
}

void add_fail(const Step& step, Members& members) {
  members.add("fail", nodes_text(step));
  members.add_text("operation", step.word);
  members.add_text("file", step.text);
  if (step.byte != 0) members.add("byte", fmt::format("{}", step.byte));
  if (step.bytes != 0) members.add("bytes", fmt::format("{}", step.bytes));
}

void add_finish(const Step& step, Members& members) {
  members.add("finish", nodes_text(step));
  members.add_text("operation", step.word);
  members.add_text("lane", step.lane);
  if (step.all) members.add("all", "true");
  members.add_text("error", step.text);
}

void add_finish_read(const Step& step, Members& members) {
  members.add("finish_read", nodes_text(step));
  members.add_text("file", step.text);
  if (step.byte != 0) members.add("byte", fmt::format("{}", step.byte));
  if (step.number > 1) members.add("number", fmt::format("{}", step.number));
}

void add_upgrade(const Step& step, Members& members) {
  members.add("upgrade", nodes_text(step));
  members.add("version", fmt::format("{}", step.amount));
  members.add_text("under_way", step.lane);
}

/// Of rot and blemishes: by entry, or by file and byte.
void add_place(const Step& step, Members& members) {
  members.add(name_of(step.verb), nodes_text(step));
  members.add_text("file", step.text);
  if (step.text.empty()) members.add("entry", fmt::format("{}", step.number));
  if (step.byte != 0) members.add("byte", fmt::format("{}", step.byte));
  if (step.other != 0) members.add("other", fmt::format("{}", step.other));
  members.add_text("other_file", step.other_file);
  if (step.other_byte != 0) members.add("other_byte", fmt::format("{}", step.other_byte));
  if (step.once) members.add("once", "true");
}

void add_jump(const Step& step, Members& members) {
  members.add("jump", nodes_text(step));
  members.add("ms", fmt::format("{}", step.amount / kNanosecondsPerMs));
  const i64 rest = step.amount % kNanosecondsPerMs;
  if (rest != 0) members.add("ns", fmt::format("{}", rest));
}

void add_verb(const Step& step, Members& members) {
  switch (step.verb) {
    case Verb::none: return;
    case Verb::run: members.add("run", quoted(snowflk::print(step.span))); return;
    case Verb::until:
      members.add("until", step.claims.empty() ? quoted(step.word) : std::string{"{}"});
      members.add_text("as", step.as);
      return;
    case Verb::expect: members.add("expect", "{}"); return;
    case Verb::cut:
    case Verb::heal:
      members.add(name_of(step.verb), step.links.empty() ? nodes_text(step) : links_text(step));
      return;
    case Verb::deliver:
    case Verb::drop:
    case Verb::duplicate:
    case Verb::hold:
    case Verb::release: add_message(step, members); return;
    case Verb::propose: add_propose(step, members); return;
    case Verb::by_hand: members.add("by_hand", words_text(step.words)); return;
    case Verb::crash:
    case Verb::power_cut: add_crash(step, members); return;
    case Verb::finish: add_finish(step, members); return;
    case Verb::redraw: members.add("redraw", fmt::format("{}", step.number)); return;
    case Verb::finish_read: add_finish_read(step, members); return;
    case Verb::fail: add_fail(step, members); return;
    case Verb::give_up: members.add_text("give_up", step.word); return;
    case Verb::stream_up:
    case Verb::stream_down:
    case Verb::jam: members.add(name_of(step.verb), links_text(step)); return;
    case Verb::lose_file:
      members.add("lose_file", nodes_text(step));
      members.add_text("file", step.text);
      return;
    case Verb::rot:
    case Verb::bad_sector:
    case Verb::stale_read:
    case Verb::misdirected_read:
    case Verb::misdirected_write: add_place(step, members); return;
    case Verb::upgrade: add_upgrade(step, members); return;
    case Verb::drift:
      members.add("drift", nodes_text(step));
      members.add("ppm", fmt::format("{}", step.amount));
      return;
    case Verb::jump: add_jump(step, members); return;
    case Verb::leave_out:
      members.add("leave_out", nodes_text(step));
      members.add_text("how", step.word);
      return;
    case Verb::split:
    case Verb::bridge:
    case Verb::ring:
    case Verb::wipe:
    case Verb::mend:
    case Verb::lie:
    case Verb::honest:
    case Verb::isolate:
    case Verb::restart:
    case Verb::pause:
    case Verb::resume:
    case Verb::campaign:
    case Verb::wake:
    case Verb::exchange:
    case Verb::hold_disk:
    case Verb::release_disk:
    case Verb::fill:
    case Verb::free: members.add(name_of(step.verb), nodes_text(step)); return;
  }
}

template <class Member>
std::string value_text(std::string_view field, const Member& member) {
  if constexpr (std::is_same_v<Member, Duration>) {
    return quoted(snowflk::print(member));
  } else if constexpr (std::is_same_v<Member, bool>) {
    return member ? "true" : "false";
  } else {
    if (field.ends_with("_ppm")) return quoted(fmt::format("{}/1000000", member));
    return fmt::format("{}", member);
  }
}

/// Those members of a group that are not as in a quiet world; empty if all are.
template <class Options>
std::string group_text(const Options& options, const Options& quiet) {
  Members members;
  bool any = false;
  const auto values = [](const Options& of) {
    std::vector<std::string> texts;
    for_each_field(of, [&](std::string_view field, const auto& member) {
      texts.push_back(value_text(field, member));
    });
    return texts;
  };
  const std::vector<std::string> otherwise = values(quiet);
  std::size_t at = 0;
  for_each_field(options, [&](std::string_view field, const auto& member) {
    const std::string text = value_text(field, member);
    if (text != otherwise[at]) {
      members.add(key_of_field(field), text);
      any = true;
    }
    at += 1;
  });
  return any ? members.object() : std::string{};
}

std::string start_text(const std::vector<StartingLog>& start) {
  Members nodes;
  for (std::size_t at = 0; at < start.size(); ++at) {
    const StartingLog& log = start[at];
    std::vector<u64> terms;
    for (const Term term : log.entry_terms) terms.push_back(term.value);
    Members members;
    members.add("term", fmt::format("{}", log.term.value));
    members.add("vote", fmt::format("{}", log.voted_for.value));
    members.add("log", fmt::format("[{}]", fmt::join(terms, ", ")));
    members.add("commit", fmt::format("{}", log.commit_index.value));
    nodes.add(fmt::format("{}", at + 1), members.object());
  }
  return nodes.object();
}

std::string versions_text(const std::vector<i64>& versions) {
  Members nodes;
  for (std::size_t at = 0; at < versions.size(); ++at) {
    if (versions[at] == 0) continue;
    nodes.add(fmt::format("{}", at + 1), fmt::format("{}", versions[at]));
  }
  return nodes.object();
}

}  // namespace

std::string write_step(const Step& step) {
  Members members;
  if (step.after.value > 0) members.add("after", quoted(snowflk::print(step.after)));
  members.add_text("note", step.note);
  add_verb(step, members);
  return members.object();
}

std::string write(const Scenario& scenario, const WorldOptions& options, std::string_view expect) {
  Scenario plain;
  plain.recorded = scenario.recorded;
  plain.under_way = scenario.under_way;
  const WorldOptions quiet = quiet_options(plain);
  std::vector<std::string> lines;
  const auto add = [&](std::string_view key, std::string value) {
    lines.push_back(fmt::format("  \"{}\": {}", key, std::move(value)));
  };
  const auto add_group = [&](const auto& group, const auto& otherwise) {
    const std::string text = group_text(group, otherwise);
    if (!text.empty()) add(std::remove_cvref_t<decltype(group)>::kName, text);
  };
  add("story", quoted(scenario.story));
  add("nodes", fmt::format("{}", options.nodes));
  add("seed", fmt::format("{}", options.seed));
  if (scenario.recorded) add("recorded", "true");
  if (scenario.under_way) add("under_way", "true");
  if (!scenario.by_hand.empty()) add("by_hand", words_text(scenario.by_hand));
  if (!scenario.heal) add("heal", "false");
  add_group(options.network, quiet.network);
  add_group(options.disk, quiet.disk);
  add_group(options.clock, quiet.clock);
  add_group(options.node, quiet.node);
  if (!scenario.start.empty()) add("start", start_text(scenario.start));
  if (std::ranges::any_of(scenario.versions, [](i64 version) { return version != 0; })) {
    add("versions", versions_text(scenario.versions));
  }
  std::vector<std::string> steps;
  steps.reserve(scenario.script.size());
  for (const Step& step : scenario.script) steps.push_back("    " + write_step(step));
  add("script", steps.empty() ? "[]" : fmt::format("[\n{}\n  ]", fmt::join(steps, ",\n")));
  add("expect", std::string{expect});
  return fmt::format("{{\n{}\n}}\n", fmt::join(lines, ",\n"));
}

}  // namespace snowflk::sim::scenario
