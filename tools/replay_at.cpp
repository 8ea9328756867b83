#include "tools/replay_at.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>

#include <fmt/format.h>

#include "core/base/quantity.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/state/state.hpp"
#include "sim/timeline/scene.hpp"
#include "sim/timeline/timeline.hpp"
#include "tools/campaign.hpp"
#include "tools/output.hpp"
#include "tools/sim_report.hpp"
#include "tools/worker_threads.hpp"

namespace snowflk::tools {
namespace {

using sim::timeline::Timeline;

std::optional<u64> number_of(std::string_view text) {
  u64 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Where `word` leads from the event `here`: a number, a time, or so many events on or back.
/// Why nowhere, in a sentence.
std::expected<u64, std::string> place_of(std::string_view word, u64 here,
                                         const Timeline& timeline) {
  const auto beyond = [&] {
    return std::unexpected(fmt::format("there is no event {}: the run has events 1 to {}",
                                       word.substr(0, 40), timeline.events()));
  };
  if (word.starts_with('+') || word.starts_with('-')) {
    const auto by = number_of(word.substr(1));
    if (by) {
      if (word[0] == '-') return *by < here ? here - *by : 1;
      return *by < timeline.events() - here ? here + *by : timeline.events();
    }
  } else if (const auto event = number_of(word)) {
    if (*event < 1 || *event > timeline.events()) return beyond();
    return *event;
  } else if (const auto at = sim::scenario::parse_duration(word)) {
    const u64 event_then = timeline.event_at(sim::VirtualTime{at->value});
    if (event_then == 0) return beyond();
    return event_then;
  }
  return std::unexpected(
      fmt::format("expected an event (4711), a time (1.203s), or steps (+1, -10), found \"{}\"",
                  word.substr(0, 40)));
}

std::string shown(const sim::timeline::Moment& moment, const ReplayAt& wanted) {
  std::string text;
  if (wanted.state) {
    sim::state::append_list(text, moment.world);
    return text;
  }
  const sim::timeline::Scene scene = sim::timeline::scene_of(moment.world);
  if (wanted.json) {
    trace::JsonWriter json{text};
    json.begin_object();
    sim::timeline::append_json(json, scene);
    json.key("line").raw(std::string_view{moment.line}.substr(0, moment.line.size() - 1));
    json.end_object();
    return text + "\n";
  }
  return sim::trace_file::describe_event(moment.line) + "\n" + sim::timeline::print(scene);
}

class Walk {
 public:
  Walk(const Timeline& timeline, const ReplayAt& wanted, Output& out)
      : timeline_(&timeline), wanted_(&wanted), out_(&out) {}

  /// Shows the moment that `word` leads to, and stays there. False, after a complaint: it leads
  /// nowhere.
  bool go(std::string_view word) {
    const auto begin = std::chrono::steady_clock::now();
    const auto event = place_of(word, here_, *timeline_);
    if (!event) {
      complain(event.error());
      return false;
    }
    const auto moment = timeline_->at(*event);
    if (!moment) {
      complain(moment.error());
      diverged_ = true;
      return false;
    }
    here_ = *event;
    const bool by_time = sim::scenario::parse_duration(word) && !number_of(word);
    if (by_time && here_ == timeline_->events()) {
      complain(fmt::format("{} is the last event: the run has none after it", here_));
    }
    out_->write(shown(*moment, *wanted_));
    const auto took = std::chrono::steady_clock::now() - begin;
    slowest_ = std::max(slowest_, std::chrono::duration_cast<std::chrono::microseconds>(took));
    return true;
  }
  /// Until the input ends, or says q.
  void follow_input() {
    char line[256];
    for (;;) {
      if (stdout_is_terminal()) out_->write("event, time, +n, -n or q> ");
      out_->flush();
      if (std::fgets(line, sizeof line, stdin) == nullptr) return;
      std::string_view word{line};
      while (!word.empty() && (word.back() == '\n' || word.back() == ' ')) word.remove_suffix(1);
      if (word == "q") return;
      if (!word.empty()) static_cast<void>(go(word));
    }
  }
  [[nodiscard]] bool diverged() const { return diverged_; }
  [[nodiscard]] std::chrono::microseconds slowest() const { return slowest_; }

 private:
  const Timeline* timeline_;
  const ReplayAt* wanted_;
  Output* out_;
  u64 here_ = 1;
  bool diverged_ = false;
  std::chrono::microseconds slowest_{0};
};

}  // namespace

Exit replay_at(const FailedRun& run, const ReplayAt& wanted) {
  Timeline timeline;
  Finished finished;
  // In a thread, which an assertion stops: what came before it can be looked at.
  const auto lost =
      worker_threads(1)(1, [&](u32) { finished = run_timed(run.loaded, run.seed, &timeline); });
  if (timeline.events() == 0) {
    complain(run.origin + " has no events");
    return Exit::usage;
  }
  if (!lost.empty()) {
    complain(fmt::format("the run ends after event {}: assertion failed: {}", timeline.events(),
                         lost.front().assertion));
  }
  Output out;
  Walk walk{timeline, wanted, out};
  Exit exit = Exit::pass;
  for (const std::string& word : wanted.at) {
    if (!walk.go(word)) exit = Exit::usage;
  }
  if (wanted.walk) walk.follow_input();
  if (stderr_is_terminal()) {
    complain(fmt::format("{} events, {} copies of the world; the slowest answer took {} us",
                         timeline.events(), timeline.copies(), walk.slowest().count()));
  }
  if (walk.diverged()) return out.finish(Exit::nondeterminism);
  const bool as_recorded = !run.recorded || !lost.empty() ||
                           run.recorded->digest == sim::trace_file::print(finished.result.digest);
  if (!as_recorded) {
    complain("this is not the run that was recorded: its digest is another");
    exit = Exit::diverged;
  }
  return out.finish(exit);
}

}  // namespace snowflk::tools
