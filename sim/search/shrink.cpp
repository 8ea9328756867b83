#include "sim/search/shrink.hpp"

#include <algorithm>
#include <utility>

#include "sim/search/rewrites.hpp"
#include "sim/search/step_parts.hpp"

namespace snowflk::sim::search {

using scenario::Scenario;
using scenario::Step;
using scenario::Verb;

namespace {

class Shrinker {
 public:
  Shrinker(const Recording& recording, const Failure& failure, const ShrinkOptions& options)
      : best_(recording), failure_(failure), options_(options) {}

  Shrunk run() {
    prune(try_out(best_));
    leave_versions();
    shorten_words();
    release_reads();
    loosen_reads();
    shrink_caches();
    release_streams();
    release_disks();
    release_timers();
    for (const std::size_t smallest : {64U, 8U, 1U}) {
      drop_steps(smallest);
      finish_all();
      if (smallest <= 8) coarsen();
      release_reads();
      loosen_reads();
      shrink_caches();
      release_streams();
      release_disks();
      release_timers();
    }
    attempt("options as in a quiet world", quieter_worlds(best_));
    shorten_words();
    attempt("nothing under way", {with_nothing_under_way(best_)});
    leave_all_under_way();
    ask_leaders();
    drop_nodes();
    drop_waits();
    drop_steps(1);
    while (tidy() || coarsen() || drop_windows() || drop_pairs()) drop_steps(1);
    quieten_nodes();
    release_reads();
    release_streams();
    shorten_words_of_each();
    attempt("disks that nobody drives", {without_idle_releases(best_)});
    return without_needless_steps();
  }

 private:
  /// Steps that can go alone go, until none can.
  Shrunk without_needless_steps() {
    std::size_t before = size() + 1;
    while (size() < before && !exhausted()) {
      before = size();
      drop_chunks(1);
    }
    tell("fewer steps");
    return Shrunk{.recording = best_, .runs = runs_, .minimal = !exhausted()};
  }

  [[nodiscard]] std::size_t size() const { return best_.scenario.script.size(); }
  [[nodiscard]] bool exhausted() const {
    return runs_ >= options_.runs_max || (options_.stop_asked && options_.stop_asked());
  }
  void tell(std::string_view pass) const {
    if (options_.progress) options_.progress(pass, size(), runs_);
  }

  /// The first of `count` candidates that fails like the first run is the best from now on.
  std::optional<u64> adopt_first(u64 count, const std::function<Recording(u64)>& make) {
    if (exhausted()) return std::nullopt;
    const u64 most = std::min(count, options_.runs_max - runs_);
    auto found = first_like(failure_, most, make, options_.jobs, runs_, options_.stop_asked);
    if (!found) return std::nullopt;
    best_ = make(found->index);
    prune(found->trial);
    return found->index;
  }

  /// What came after the failure, and what found nothing to act on, did nothing but wait.
  void prune(const Trial& trial) {
    Recording pruned = best_;
    auto& script = pruned.scenario.script;
    if (trial.steps_done == 0) return;
    if (!best_.scenario.heal) script.resize(std::min(script.size(), trial.steps_done));
    for (auto at = trial.passed_over.rbegin(); at != trial.passed_over.rend(); ++at) {
      pruned = without_step_but_its_wait(pruned, *at);
    }
    if (script.size() == size()) return;
    runs_ += 1;
    if (try_out(pruned).failure.is_like(failure_)) best_ = std::move(pruned);
  }

  bool attempt(std::string_view pass, const std::vector<Recording>& candidates) {
    const bool adopted =
        adopt_first(candidates.size(), [&](u64 index) { return candidates[index]; }).has_value();
    tell(pass);
    return adopted;
  }

  /// Of candidates that add a step, and may take none away, those that have fewer.
  void attempt_smaller(std::string_view pass, std::vector<Recording> candidates) {
    std::erase_if(candidates, [this](const Recording& candidate) {
      return candidate.scenario.script.size() >= size();
    });
    attempt(pass, candidates);
  }

  /// Chunks go, from the end, in ever smaller sizes down to `smallest`.
  void drop_steps(std::size_t smallest) {
    std::size_t chunk = std::max(size() / 2, smallest);
    while (!exhausted()) {
      drop_chunks(chunk);
      tell("fewer steps");
      if (chunk <= smallest) return;
      chunk = std::max(chunk / 2, smallest);
    }
  }

  void drop_chunks(std::size_t chunk) {
    std::size_t end = size();
    while (end > 0 && !exhausted()) {
      const u64 chunks = (end + chunk - 1) / chunk;
      const auto last_of = [&](u64 index) { return end - index * chunk; };
      const auto make = [&](u64 index) {
        const std::size_t to = last_of(index);
        return without_steps(best_, to - std::min(chunk, to), to);
      };
      const auto index = adopt_first(chunks, make);
      if (!index) return;
      end = std::min(last_of(*index) - std::min(chunk, last_of(*index)), size());
    }
  }

  /// Between two steps that are no message and no request, who heard what matters more than when:
  /// over the whole schedule, then over its halves, and so on. True: something became coarser.
  bool coarsen() {
    const std::size_t before = size();
    for (std::size_t parts = 1; parts <= 2 * turns(best_).size() && !exhausted(); parts *= 2) {
      for (std::size_t part = 0; part < parts && !exhausted(); ++part) coarsen_part(part, parts);
    }
    tell("coarser steps");
    return size() < before;
  }

  void coarsen_part(std::size_t part, std::size_t parts) {
    for (bool goes_on = true; goes_on && !exhausted();) {
      const std::vector<std::size_t> at = turns(best_);
      const std::size_t from = at[(at.size() - 1) * part / parts];
      const std::size_t to = at[(at.size() - 1) * (part + 1) / parts];
      if (from >= to) return;
      const std::vector<Recording> coarser = coarser_within(best_, from, to);
      goes_on = adopt_first(coarser.size(), [&](u64 index) { return coarser[index]; }).has_value();
    }
  }

  /// What only makes sense together often stands together: a request, and what the disk does for
  /// it. True: some did.
  bool drop_windows() {
    const std::size_t before = size();
    for (const std::size_t width : {2U, 3U, 4U, 6U}) {
      std::size_t end = size();
      while (end >= width && !exhausted()) {
        const auto make = [&](u64 index) {
          return without_steps(best_, end - index - width, end - index);
        };
        const auto index = adopt_first(end - width + 1, make);
        if (!index) break;
        end = std::min(end - *index, size());
      }
    }
    tell("steps that stand together");
    return size() < before;
  }

  /// Two steps that only make sense together go together. True: some did.
  bool drop_pairs() {
    constexpr std::size_t kStepsMax = 160;  // as many pairs as its square are tried
    if (size() > kStepsMax) return false;
    const std::size_t before = size();
    while (!exhausted()) {
      const u64 steps = size();
      const auto make = [&](u64 index) {
        const std::size_t second = steps - 1 - index / steps;
        const std::size_t first = index % steps;
        if (first >= second) return without_steps(best_, second, second + 1);
        return without_steps(without_steps(best_, second, second + 1), first, first + 1);
      };
      if (!adopt_first(steps * steps, make)) break;
    }
    tell("pairs");
    return size() < before;
  }

  /// A crash does for an upgrade, or all nodes may start alike.
  void leave_versions() {
    if (!has_versions(best_)) return;
    const Recording plain = without_upgrades(best_);
    attempt("one version",
            {without_starting_versions(plain), plain, without_starting_versions(best_)});
  }

  void release_reads() {
    if (!has_by_hand(best_, "reads")) return;
    attempt("reads that nobody drives", {with_reads_by_themselves(best_)});
  }

  void release_streams() {
    if (!has_by_hand(best_, "streams")) return;
    attempt("streams that nobody drives", {with_streams_by_themselves(best_)});
  }

  /// All disks go by themselves, else one after the other.
  void release_disks() {
    if (!drives_disks(best_)) return;
    if (attempt("disks",
                {with_disks_by_themselves(best_, false), with_disks_by_themselves(best_, true)})) {
      return;
    }
    for (u32 node = 1; node <= best_.scenario.nodes && !exhausted(); ++node) {
      if (!drives_disk(best_, node)) continue;
      if (attempt("disks", {with_disk_by_itself(best_, node, false),
                            with_disk_by_itself(best_, node, true)})) {
        continue;
      }
      release_disk_partly(node);
    }
  }

  /// What a disk does, one after the other, is all done at once: everywhere, else here and there.
  /// True: something was.
  bool finish_all() {
    const std::size_t before = size();
    attempt_smaller("disks at once", {with_all_finished(best_)});
    for (std::size_t at = 0; at < size() && !exhausted(); ++at) {
      if (const auto shorter = with_finishes_at(best_, at)) {
        adopt_first(1, [&](u64) { return *shorter; });
      }
    }
    tell("disks at once");
    return size() < before;
  }

  /// Most often the order on a disk matters for a while: it goes by itself before, and after.
  void release_disk_partly(u32 node) {
    constexpr u64 kFinishesMany = 8;
    constexpr std::size_t kPlacesMax = 64;
    if (count_finishes(best_, node) < kFinishesMany) return;
    const std::size_t stride = size() / kPlacesMax + 1;
    std::vector<Recording> later;
    for (std::size_t from = size(); from > stride; from -= stride) {
      later.push_back(with_disk_held_from(best_, node, from - 1));
    }
    attempt_smaller("a part of a disk", std::move(later));
    std::vector<Recording> sooner;
    for (std::size_t from = 1; from < size(); from += stride) {
      sooner.push_back(with_disk_released_from(best_, node, from));
    }
    attempt_smaller("a part of a disk", std::move(sooner));
  }

  /// What needs many deadlines, such as a node that spins, has them by itself.
  void release_timers() {
    constexpr u64 kWakesMany = 16;
    if (count_wakes(best_) < kWakesMany) return;
    std::vector<Recording> candidates{with_timers_from(best_, 0)};
    for (std::size_t from = 1; from < size(); from *= 2) {
      candidates.push_back(with_timers_from(best_, from));
    }
    attempt_smaller("timers", std::move(candidates));
  }

  /// A crash that need not say what it finds under way does not.
  void leave_all_under_way() {
    for (std::size_t at = size(); at > 0 && !exhausted(); --at) {
      if (at > size() || !is_end(best_.scenario.script[at - 1].verb)) continue;
      if (best_.scenario.script[at - 1].lane.empty()) continue;
      adopt_first(1, [&](u64) { return with_all_under_way_at(best_, at - 1); });
    }
    tell("what a crash finds");
  }

  void drop_nodes() {
    while (best_.scenario.nodes > 1) {
      const auto smaller = smaller_clusters(best_);
      if (!adopt_first(smaller.size(), [&](u64 index) { return smaller[index]; })) break;
    }
    tell("fewer nodes");
  }

  /// All that clients say, as short as can be: keys fall together then, so a few bytes come next.
  void shorten_words() {
    const Recording split = with_an_entry_a_message(best_);
    attempt("short words", {with_short_words(best_, 0, size(), kWordBytesLeast),
                            with_short_words(best_, 0, size(), kWordBytesShort),
                            with_short_words(split, 0, size(), kWordBytesLeast),
                            with_short_words(split, 0, size(), kWordBytesShort)});
  }

  /// Reads that fail are no certain ones: all, else one after the other.
  void loosen_reads() {
    const auto is_certain = [](const Step& step) {
      return step.verb == Verb::fail && !step.text.empty();
    };
    if (std::ranges::none_of(best_.scenario.script, is_certain)) return;
    if (!adopt_first(1, [&](u64) { return with_any_reads(best_, 0, size()); })) {
      for (std::size_t at = size(); at > 0 && !exhausted(); --at) {
        if (at > size() || !is_certain(best_.scenario.script[at - 1])) continue;
        adopt_first(1, [&](u64) { return with_any_reads(best_, at - 1, at); });
      }
    }
    tell("any reads");
  }

  void shrink_caches() {
    const auto small = with_a_small_cache(best_);
    if (small && adopt_first(1, [&](u64) { return *small; })) shorten_words();
    tell("small caches");
  }

  /// Each number of a node's options that may as well be as in a quiet world.
  void quieten_nodes() {
    for (std::size_t next = 0; !exhausted();) {
      const std::vector<Recording> quieter = quieter_nodes(best_);
      const auto found = adopt_first(quieter.size() - std::min(next, quieter.size()),
                                     [&](u64 index) { return quieter[next + index]; });
      if (!found) break;
      next += next + *found == 0 ? 1 : *found;  // but for the first, what was taken is gone
    }
    tell("options as in a quiet world");
  }

  /// Likewise, of one request after the other.
  void shorten_words_of_each() {
    for (std::size_t at = size(); at > 0 && !exhausted(); --at) {
      for (const std::size_t bytes : {kWordBytesLeast, kWordBytesShort}) {
        Recording shorter = with_short_words(best_, at - 1, at, bytes);
        if (shorter.scenario.script[at - 1].words == best_.scenario.script[at - 1].words) continue;
        if (adopt_first(1, [&](u64) { return shorter; })) break;
        if (at > size()) break;
      }
      at = std::min(at, size() + 1);
    }
    tell("short words");
  }

  /// All clients ask whoever leads, else one after the other.
  void ask_leaders() {
    if (adopt_first(1, [&](u64) { return with_leader_asked(best_, 0, size()); })) return;
    for (std::size_t at = size(); at > 0 && !exhausted(); --at) {
      if (at > size() || best_.scenario.script[at - 1].verb != Verb::propose) continue;
      if (best_.scenario.script[at - 1].nodes.empty()) continue;
      adopt_first(1, [&](u64) { return with_leader_asked(best_, at - 1, at); });
    }
    tell("leaders asked");
  }

  /// All waits, else one after the other.
  void drop_waits() {
    if (!adopt_first(1, [&](u64) { return without_waits(best_, 0, size()); })) {
      for (std::size_t at = size(); at > 0 && !exhausted(); --at) {
        if (at > size() || best_.scenario.script[at - 1].not_before == VirtualTime{}) continue;
        adopt_first(1, [&](u64) { return without_waits(best_, at - 1, at); });
      }
    }
    tell("less waiting");
  }

  /// What makes a script shorter or plainer without being a step less. True: something did.
  bool tidy() {
    const std::size_t before = size();
    bool changed = false;
    for (std::size_t at = 0; at < size() && !exhausted(); ++at) {
      if (const auto shorter = with_exchange_at(best_, at)) {
        changed |= adopt_first(1, [&](u64) { return *shorter; }).has_value();
      }
    }
    tell("exchanges");
    changed |= finish_all();
    for (std::size_t at = 0; at < size() && !exhausted(); ++at) {
      if (best_.scenario.script[at].verb != Verb::wake) continue;
      changed |= adopt_first(1, [&](u64) { return with_campaign_at(best_, at); }).has_value();
    }
    release_disks();
    drop_nodes();
    return changed || size() < before;
  }

  static constexpr std::size_t kWordBytesLeast = 1;
  static constexpr std::size_t kWordBytesShort = 8;

  Recording best_;
  const Failure& failure_;
  const ShrinkOptions& options_;
  u64 runs_ = 0;
};

}  // namespace

Shrunk shrink(const Recording& recording, const Failure& failure, const ShrinkOptions& options) {
  return Shrinker{recording, failure, options}.run();
}

u64 count_faults(const Scenario& scenario) {
  return static_cast<u64>(std::ranges::count_if(scenario.script, is_fault));
}

}  // namespace snowflk::sim::search
