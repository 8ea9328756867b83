// `snowflk sim bisect`: two runs that should be one, and the first event and field in which they
// are not.
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/base/quantity.hpp"
#include "core/trace/json.hpp"
#include "sim/state/state.hpp"
#include "tools/bisect_side.hpp"
#include "tools/commands.hpp"
#include "tools/failed_run.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

using sim::chain::Difference;
using sim::chain::Parting;
using sim::chain::Recording;
using sim::chain::Window;

// What is not there every time may not be there this time. Of two runs that differ every second
// time, one in 65,536 is held to be equal; and a look at where they part, which must see it twice,
// misses it one time in 10,000.
constexpr int kPairsMax = 16;
constexpr int kLooksMax = 32;

struct BisectArguments {
  std::string a;
  std::string b;
  std::string seed;
  std::string with;
  bool json = false;
};

/// What is known so far, to be told.
struct Finding {
  u64 events = 0;  // of A, as far as it was told
  std::optional<Parting> parting;
  std::optional<Difference> difference;
  std::string note;  // why it says no more
};

class Bisection {
 public:
  Bisection(const BisectArguments& arguments, const ScratchDirectory& scratch)
      : arguments_(&arguments),
        a_("a", Side::kThisBuild, false, scratch),
        b_("b", arguments.with.empty() ? Side::kThisBuild : arguments.with, true, scratch) {}

  OrExit<Finding> find() { return arguments_->b.empty() ? in_two_runs() : in_two_files(); }

 private:
  /// The file for both sides is one, and they are run here.
  OrExit<Finding> in_two_runs() {
    file_a_ = file_b_ = arguments_->a;
    // What is wrong with the file is told here, not by two processes.
    const auto named = load_failed_run(file_a_, arguments_->seed);
    if (!named) return std::unexpected(named.error());
    Finding finding;
    for (int pair = 0; pair < kPairsMax && !finding.parting; ++pair) {
      const auto both = run_both("");
      if (!both) return std::unexpected(both.error());
      const auto& [a, b] = *both;
      if (const auto why = not_comparable(a.recording, b.recording)) return refuse(*why);
      finding.events = events_of(a.recording);
      finding.parting = parting_of(a.recording, b.recording);
      if (!a.recording.ending && !b.recording.ending) {
        auto in_all = in_all_events();
        if (!in_all || in_all->parting) return in_all;
        finding = *std::move(in_all);
      }
    }
    return look_closer(std::move(finding));
  }

  /// Of runs that an assertion ends: their checkpoints end long before they do, so every event is
  /// told.
  OrExit<Finding> in_all_events() const {
    const auto both = run_both(fmt::format("1..{}", UINT64_MAX));
    if (!both) return std::unexpected(both.error());
    const auto& [a, b] = *both;
    Finding finding;
    finding.events = count_events(a.recording);
    finding.note = fmt::format("an assertion ends both, A after event {}, B after event {}",
                               finding.events, count_events(b.recording));
    finding.difference = difference_of(a.recording, b.recording);
    if (finding.difference) {
      const u64 event = finding.difference->event;
      finding.parting = Parting{.window = {.first = event, .last = event}, .effects = true};
    }
    return finding;
  }

  OrExit<Finding> in_two_files() {
    file_a_ = arguments_->a;
    file_b_ = arguments_->b;
    const auto a = read_side(file_a_);
    if (!a) return std::unexpected(a.error());
    const auto b = read_side(file_b_);
    if (!b) return std::unexpected(b.error());
    if (const auto why = not_comparable(a->recording, b->recording)) return refuse(*why);
    Finding finding;
    finding.events = events_of(a->recording);
    if (a->recording.is_chain) {
      finding.parting = parting_of(a->recording, b->recording);
    } else if (const auto difference = difference_of(a->recording, b->recording)) {
      finding.parting = Parting{.window = {.first = difference->event, .last = difference->event},
                                .effects = true};
      finding.difference = difference;
      // Of all that is in the digest, a trace has what people look for.
      if (difference->field != "d") return finding;
    }
    const bool two_builds = a->recording.identity.build != b->recording.identity.build;
    if (finding.parting && two_builds && arguments_->with.empty()) {
      finding.note = fmt::format("B was recorded by build {}: with --with BINARY it is run again",
                                 b->recording.identity.build);
      return finding;
    }
    return look_closer(std::move(finding));
  }

  /// Between the checkpoints, event by event; around the first that differs, or whose state does,
  /// once more with the state of each; then the parts of the state. What is not the same every time
  /// may part earlier this time: then it is looked for there.
  OrExit<Finding> look_closer(Finding finding) {
    if (!finding.parting) return finding;
    for (int look = 0; look < kLooksMax; ++look) {
      Window& window = finding.parting->window;
      const auto wide = difference_in(window);
      if (!wide) return std::unexpected(wide.error());
      if (!*wide) continue;
      const Window block = block_before((*wide)->event, window);
      const auto close = difference_in(block);
      if (!close) return std::unexpected(close.error());
      if (!*close) continue;
      if ((*close)->event == block.first && block.first > window.first) {
        window.last = block.first;
        continue;
      }
      finding.difference = *close;
      if (!finding.difference->state_only || name_part(*finding.difference)) return finding;
    }
    if (!finding.difference) {
      finding.note = fmt::format("run again {} times, it does not differ there", kLooksMax);
    }
    return finding;
  }

  /// From the last event whose state was compared and equal.
  static Window block_before(u64 event, const Window& window) {
    const u64 first = (event - 1) / sim::chain::kEventsPerState * sim::chain::kEventsPerState;
    return Window{.first = std::max(first, window.first), .last = event};
  }

  /// The first difference in `window`, which becomes an earlier one if the runs part before it.
  OrExit<std::optional<Difference>> difference_in(Window& window) const {
    const auto both = run_both(fmt::format("{}..{}", window.first, window.last));
    if (!both) return std::unexpected(both.error());
    const auto& [a, b] = *both;
    const auto parting = parting_of(a.recording, b.recording);
    if (parting && parting->window.last < window.first) {
      window = parting->window;
      return std::nullopt;
    }
    return difference_of(a.recording, b.recording);
  }
  OrExit<std::optional<Difference>> difference_in(const Window& window) const {
    Window same = window;
    return difference_in(same);
  }

  OrExit<std::pair<Read, Read>> run_both(const std::string& window) const {
    const auto chain_a = a_.chain(file_a_, arguments_->seed, window);
    if (!chain_a) return std::unexpected(chain_a.error());
    const auto chain_b = b_.chain(file_b_, arguments_->seed, window);
    if (!chain_b) return std::unexpected(chain_b.error());
    auto a = read_side(*chain_a);
    if (!a) return std::unexpected(a.error());
    auto b = read_side(*chain_b);
    if (!b) return std::unexpected(b.error());
    return std::pair{*std::move(a), *std::move(b)};
  }

  /// Which part of the state it is. False: it does not differ this time.
  bool name_part(Difference& difference) const {
    const auto a = a_.state(file_a_, arguments_->seed, difference.event);
    const auto b = b_.state(file_b_, arguments_->seed, difference.event);
    if (!a || !b) return false;
    const auto part = sim::state::first_difference(*a, *b);
    if (!part) return false;
    difference.field = "state: " + part->part;
    difference.a = part->a;
    difference.b = part->b;
    return true;
  }

  static u64 events_of(const Recording& recording) {
    return recording.ending ? recording.ending->events : 0;
  }

  static std::unexpected<Exit> refuse(const std::string& why) {
    complain(why);
    return std::unexpected(Exit::usage);
  }

  const BisectArguments* arguments_;
  Side a_;
  Side b_;
  std::string file_a_;
  std::string file_b_;
};

std::string as_json(const Finding& finding) {
  std::string out;
  trace::JsonWriter json{out};
  json.begin_object().member("equal", !finding.parting).member("events", finding.events);
  if (finding.parting) {
    json.member("window_first", finding.parting->window.first)
        .member("window_last", finding.parting->window.last);
  }
  if (finding.difference) {
    json.member("event", finding.difference->event)
        .member("what", finding.difference->what)
        .member("field", finding.difference->field)
        .member("a", finding.difference->a)
        .member("b", finding.difference->b);
  }
  if (!finding.note.empty()) json.member("note", finding.note);
  json.end_object();
  return out;
}

void tell(const Finding& finding, Output& out) {
  if (!finding.parting) {
    if (!finding.note.empty()) out.line(finding.note);
    out.line(fmt::format("verdict=equal events={}", finding.events));
    return;
  }
  const auto [first, last] = finding.parting->window;
  out.line(fmt::format("equal before event {}, not after event {}", first, last));
  if (!finding.note.empty()) out.line(finding.note);
  if (finding.difference) {
    const Difference& difference = *finding.difference;
    out.line(difference.what);
    out.line(fmt::format("  {}", difference.field));
    out.line(fmt::format("    A: {}", difference.a));
    out.line(fmt::format("    B: {}", difference.b));
    out.line(fmt::format("verdict=different event={}", difference.event));
  } else {
    out.line(fmt::format("verdict=different between={}..{}", first, last));
  }
}

Exit run(const BisectArguments& arguments) {
  ScratchDirectory scratch;
  if (!scratch.make()) return Exit::environment;
  const auto finding = Bisection{arguments, scratch}.find();
  if (!finding) return finding.error();
  Output out;
  if (arguments.json) {
    out.line(as_json(*finding));
  } else {
    tell(*finding, out);
  }
  return out.finish(finding->parting ? Exit::nondeterminism : Exit::pass);
}

}  // namespace

void add_sim_bisect(CLI::App& sim, Action& action) {
  auto* command =
      sim.add_subcommand("bisect", "Name the first event and field in which two runs differ");
  const auto arguments = std::make_shared<BisectArguments>();
  command
      ->add_option("A", arguments->a,
                   "A chain file or trace; alone, or a scenario: it is run twice, in two processes")
      ->required();
  auto* b = command->add_option("B", arguments->b, "A file of the same kind, of the other run");
  command->add_option("--seed", arguments->seed, "Of a scenario: its seed")->excludes(b);
  command->add_option("--with", arguments->with, "Another build of snowflk, which runs B")
      ->check(CLI::ExistingFile);
  command->add_flag("--json", arguments->json, "A JSON object instead of text");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
