#include "tools/campaign.hpp"

#include "core/trace/codec.hpp"
#include "tools/current_run.hpp"

namespace snowflk::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr u64 kMillion = 1'000'000;

u64 nanoseconds_since(Clock::time_point begin) {
  return static_cast<u64>((Clock::now() - begin) / std::chrono::nanoseconds{1});
}

/// A result on its way from a worker.
/// Events between two copies, for a run that is there to be compared. A prime: what comes in a
/// rhythm is met everywhere.
constexpr u64 kCopiedEvery = 499;

struct Parcel {
  static constexpr std::string_view kName = "parcel";
  u64 events = 0;
  u64 end = 0;
  u64 digest_high = 0;
  u64 digest_low = 0;
  u64 wall_ns = 0;
  bool nondeterministic = false;
  bool copies_differ = false;
  bool search_was_cut = false;
  u64 other_high = 0;
  u64 other_low = 0;
  u8 violation = 0;  // 0: none; else its kind
  sim::scenario::FiredFaults faults;
  Bytes ledger;  // empty: none
  Bytes property;
  Bytes sentence;
  Bytes excuse;
  Bytes missed;
  static constexpr auto fields() {
    return std::tuple{Field{"events", &Parcel::events},
                      Field{"end", &Parcel::end},
                      Field{"digest_high", &Parcel::digest_high},
                      Field{"digest_low", &Parcel::digest_low},
                      Field{"wall_ns", &Parcel::wall_ns},
                      Field{"nondeterministic", &Parcel::nondeterministic},
                      Field{"copies_differ", &Parcel::copies_differ},
                      Field{"search_was_cut", &Parcel::search_was_cut},
                      Field{"other_high", &Parcel::other_high},
                      Field{"other_low", &Parcel::other_low},
                      Field{"violation", &Parcel::violation},
                      Field{"faults", &Parcel::faults},
                      Field{"ledger", &Parcel::ledger},
                      Field{"property", &Parcel::property},
                      Field{"sentence", &Parcel::sentence},
                      Field{"excuse", &Parcel::excuse},
                      Field{"missed", &Parcel::missed}};
  }
};

std::string packed(const Finished& run) {
  Parcel parcel{.events = run.result.events,
                .end = static_cast<u64>(run.result.end.value),
                .digest_high = run.result.digest.high,
                .digest_low = run.result.digest.low,
                .wall_ns = run.wall_ns,
                .nondeterministic = run.other_digest.has_value(),
                .copies_differ = run.copies_differ,
                .search_was_cut = run.result.search_was_cut,
                .other_high = run.other_digest.value_or(Digest{}).high,
                .other_low = run.other_digest.value_or(Digest{}).low,
                .violation = 0,
                .faults = run.result.faults,
                .ledger = {},
                .property = {},
                .sentence = {},
                .excuse = as_bytes(run.result.excuse),
                .missed = as_bytes(run.result.missed)};
  if (run.result.violation) {
    parcel.violation = static_cast<u8>(run.result.violation->kind);
    parcel.property = as_bytes(run.result.violation->property);
    parcel.sentence = as_bytes(run.result.violation->sentence);
  }
  const std::string ledger = run.ledger ? pack(*run.ledger) : std::string{};
  parcel.ledger = as_bytes(ledger);
  std::vector<std::byte> bytes;
  trace::encode(parcel, bytes);
  return std::string{as_text(bytes)};
}

Finished unpacked(const sim::SeedResult& result) {
  Finished run;
  run.result.seed = result.seed;
  if (result.status != sim::RunStatus::finished) {
    run.crash = result.text;
    return run;
  }
  trace::Reader reader{as_bytes(result.text)};
  Parcel parcel;
  reader.read(parcel);
  SNOWFLK_ASSERT(reader.ok());  // this very program wrote it
  run.result.events = parcel.events;
  run.result.end = sim::VirtualTime{static_cast<i64>(parcel.end)};
  run.result.digest = Digest{.high = parcel.digest_high, .low = parcel.digest_low};
  run.wall_ns = parcel.wall_ns;
  if (parcel.nondeterministic) {
    run.other_digest = Digest{.high = parcel.other_high, .low = parcel.other_low};
  }
  run.copies_differ = parcel.copies_differ;
  run.result.search_was_cut = parcel.search_was_cut;
  run.result.faults = parcel.faults;
  run.result.excuse = as_text(parcel.excuse);
  run.result.missed = as_text(parcel.missed);
  if (!parcel.ledger.empty()) run.ledger = sim::scenario::unpack_ledger(as_text(parcel.ledger));
  if (parcel.violation != 0) {
    run.result.violation = sim::Violation{.property = std::string{as_text(parcel.property)},
                                          .kind = static_cast<sim::ViolationKind>(parcel.violation),
                                          .sentence = std::string{as_text(parcel.sentence)}};
  }
  return run;
}

void count(const Finished& run, CampaignSummary& summary) {
  const Exit exit = exit_of(run);
  summary.events += run.result.events;
  (exit == Exit::pass ? summary.passed : summary.failed) += 1;
  if (is_excused(run)) summary.excused += 1;
  if (is_undecided(run)) summary.undecided += 1;
  if (run.twice) summary.twice += 1;
  if (summary.first_failure == Exit::pass) summary.first_failure = exit;
}

}  // namespace

Finished run_timed(const Loaded& loaded, u64 seed, sim::scenario::Watcher* watcher,
                   const sim::scenario::RunManner& manner) {
  const CurrentRun current{repeat_command(loaded, seed)};
  const Clock::time_point begin = Clock::now();
  Finished finished;
  finished.result = sim::scenario::run(loaded.scenario, seed, watcher, manner);
  finished.wall_ns = nanoseconds_since(begin);
  return finished;
}

Finished run_with_ledger(const Loaded& loaded, u64 seed, const sim::scenario::RunManner& manner) {
  sim::scenario::Ledger ledger;
  Finished run = run_timed(loaded, seed, &ledger, manner);
  run.ledger = ledger.counts();
  return run;
}

bool is_excused(const Finished& run) {
  return exit_of(run) == Exit::pass && !run.result.excuse.empty();
}

bool is_undecided(const Finished& run) {
  return exit_of(run) == Exit::pass && run.result.search_was_cut;
}

bool is_run_twice(u64 seed, u32 twice_ppm) {
  SNOWFLK_ASSERT(twice_ppm <= kMillion);
  return (seed % kMillion) * twice_ppm % kMillion + twice_ppm >= kMillion;
}

CampaignSummary run_campaign(const RunSeed& run_seed, const CampaignOptions& options,
                             const std::function<bool(Finished&)>& report) {
  const Clock::time_point begin = Clock::now();
  const auto work = [&](u64 seed) {
    const bool twice = is_run_twice(seed, options.twice_ppm);
    Finished run = run_seed(seed, {.copied_every = 0, .with_state = twice});
    if (twice) {
      const Finished again = run_seed(seed, {.copied_every = kCopiedEvery, .with_state = true});
      if (again.result.digest != run.result.digest) run.other_digest = again.result.digest;
      run.copies_differ = !run.other_digest && again.result.state != run.result.state;
    }
    return packed(run);
  };
  CampaignSummary summary;
  const auto emit = [&](const sim::SeedResult& result) {
    Finished run = unpacked(result);
    run.twice = is_run_twice(run.result.seed, options.twice_ppm);
    const bool more = report(run);
    count(run, summary);
    return more;
  };
  const auto goes_on = [&] {
    if (options.stop_asked && options.stop_asked()) return false;
    return !options.budget || Clock::now() - begin < *options.budget;
  };
  summary.could_start = sim::run_seeds(options.seeds, options.jobs, work, emit, goes_on);
  summary.wall_ns = nanoseconds_since(begin);
  summary.cut_short =
      summary.passed + summary.failed < options.seeds.last - options.seeds.first + 1;
  return summary;
}

}  // namespace snowflk::tools
