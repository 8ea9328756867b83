#include "tools/sim_report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/trace/json.hpp"
#include "sim/random.hpp"
#include "tools/build_id.hpp"

namespace snowflk::tools {
namespace {

std::string virtual_seconds(sim::VirtualTime end) {
  const i64 tenths = end.value / 100'000'000;
  return fmt::format("{}.{}", tenths / 10, tenths % 10);
}

/// What the run could meet, in full, and how often it came.
void write_faults(const Loaded& loaded, const Finished& run, trace::JsonWriter& json) {
  const sim::WorldOptions options = sim::scenario::run_options(loaded.scenario, run.result.seed);
  json.key("faults").begin_object();
  json.member("nodes", options.nodes).member("chaos_ns", options.chaos.value);
  json.key("network").begin_object().members(options.network).end_object();
  json.key("disk").begin_object().members(options.disk).end_object();
  json.key("clock").begin_object().members(options.clock).end_object();
  json.key("drawn").begin_object().members(options.faults).end_object();
  json.key("workload").begin_object().members(options.workload).end_object();
  json.key("node").begin_object().members(options.node).end_object();
  json.key("came").begin_object().members(run.result.faults).end_object();
  json.end_object();
}

}  // namespace

std::string shell_word(std::string_view word) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"/._-+=:,@"}.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) return std::string{word};
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted + "'";
}

std::string_view verdict_of(const Finished& run) {
  if (!run.crash.empty()) return "assertion";
  if (run.other_digest || run.copies_differ) return "nondeterminism";
  return run.result.violation ? name_of(run.result.violation->kind) : "pass";
}

Exit exit_of(const Finished& run) {
  if (!run.crash.empty()) return Exit::assertion;
  if (run.other_digest || run.copies_differ) return Exit::nondeterminism;
  if (!run.result.violation) return Exit::pass;
  switch (run.result.violation->kind) {
    case sim::ViolationKind::mistake: return Exit::usage;
    case sim::ViolationKind::safety: return Exit::safety;
    case sim::ViolationKind::liveness: return Exit::liveness;
    case sim::ViolationKind::linearizability: return Exit::linearizability;
  }
  return Exit::safety;
}

std::string property_of(const Finished& run) {
  if (!run.crash.empty()) return "assertion";
  if (run.other_digest) return "determinism";
  if (run.copies_differ) return "world_as_value";
  return run.result.violation ? run.result.violation->property : std::string{};
}

std::string sentence_of(const Finished& run) {
  if (!run.crash.empty()) return run.crash;
  if (run.other_digest) {
    return fmt::format("seed {}, run twice, gave two digests: {} and {}", run.result.seed,
                       sim::trace_file::print(run.result.digest),
                       sim::trace_file::print(*run.other_digest));
  }
  if (run.copies_differ) {
    return fmt::format(
        "seed {}, run twice, came by the same events to two states: the second time it went on "
        "from a copy of its world now and then",
        run.result.seed);
  }
  return run.result.violation ? run.result.violation->sentence : std::string{};
}

std::string repeat_command(const Loaded& loaded, u64 seed) {
  if (loaded.name == "swarm") {
    std::string command = fmt::format("snowflk sim swarm --seeds {}..{}", seed, seed);
    const sim::scenario::Scenario& scenario = loaded.scenario;
    if (scenario.mode != sim::Mode::swarm) {
      command += fmt::format(" --mode {}", name_of(scenario.mode));
    }
    if (scenario.generator != sim::kGeneratorVersion) {
      command += fmt::format(" --generator {}", scenario.generator);
    }
    return command;
  }
  return fmt::format("snowflk sim run {} --seed {}", shell_word(loaded.name), seed);
}

std::string repeat_command(const Loaded& loaded, const Finished& run) {
  const u64 seed = run.result.seed;
  if (!run.other_digest && !run.copies_differ) return repeat_command(loaded, seed);
  std::string command = repeat_command(loaded, seed);
  if (loaded.name != "swarm") {
    command = fmt::format("snowflk sim run {} --seeds {}..{}", shell_word(loaded.name), seed, seed);
  }
  return command + " --twice 100%";
}

std::string shrink_line(std::string_view property, std::string_view file) {
  if (property == "expectation") return {};
  return fmt::format("to make it small: snowflk sim shrink {}\n", shell_word(file));
}

std::string verdict_line(const Finished& run) {
  std::string line = fmt::format("verdict={} seed={}", verdict_of(run), run.result.seed);
  if (const std::string property = property_of(run); !property.empty()) {
    line += fmt::format(" property={}", property);
  }
  if (run.result.search_was_cut) line += " undecided=1";
  if (!run.result.missed.empty()) line += " missed=1";
  if (!run.crash.empty()) return line;  // of which nothing else is known
  return line + fmt::format(" events={} virtual_s={} digest={}", run.result.events,
                            virtual_seconds(run.result.end),
                            sim::trace_file::print(run.result.digest));
}

std::string faults_line(const Loaded& loaded, const Finished& run) {
  return fmt::format(
      "faults seed={}: mode={} {}; came: {}", run.result.seed, name_of(loaded.scenario.mode),
      sim::scenario::phrase_drawn(sim::scenario::run_options(loaded.scenario, run.result.seed)),
      sim::scenario::phrase_fired(run.result.faults));
}

namespace {

/// How to learn where a run goes two ways. A random world is in no file but that of its failure.
std::string bisect_command(const Loaded& loaded, const Finished& run) {
  if (!run.failure_file.empty()) return "snowflk sim bisect " + shell_word(run.failure_file);
  if (loaded.name == "swarm") return {};
  return fmt::format("snowflk sim bisect {} --seed {}", shell_word(loaded.name), run.result.seed);
}

}  // namespace

std::string failure_lines(const Loaded& loaded, const Finished& run) {
  if (exit_of(run) == Exit::pass) return {};
  if (exit_of(run) == Exit::usage) {
    return fmt::format("{}: {} (seed {})\n", loaded.name, sentence_of(run), run.result.seed);
  }
  std::string lines = fmt::format("{} does not hold: {}\n", property_of(run), sentence_of(run));
  if (!run.failure_file.empty()) {
    const std::string file = shell_word(run.failure_file);
    lines += fmt::format("every event of it: {} (snowflk sim replay {})\n", run.failure_file, file);
    lines += shrink_line(property_of(run), run.failure_file);
  }
  if (const std::string command = bisect_command(loaded, run);
      run.other_digest && !command.empty()) {
    lines += fmt::format("the first event and field that differ: {}\n", command);
  }
  return lines + fmt::format("to repeat it: {}\n", repeat_command(loaded, run));
}

std::string json_object(const Loaded& loaded, const Finished& run) {
  std::string out;
  trace::JsonWriter json{out};
  json.begin_object()
      .member("seed", run.result.seed)
      .member("verdict", verdict_of(run))
      .member("property", property_of(run))
      .member("sentence", sentence_of(run))
      .member("excuse", run.result.excuse)
      .member("missed", run.result.missed)
      .member("undecided", run.result.search_was_cut)
      .member("events", run.result.events)
      .member("virtual_ns", run.result.end.value)
      .member("wall_ns", run.wall_ns)
      .member("digest", sim::trace_file::print(run.result.digest))
      .member("build", build_id())
      .member("scenario", loaded.name)
      .member("scenario_hash", fmt::format("{:016x}", loaded.scenario.hash))
      .member("generator", loaded.scenario.generator)
      .member("mode", loaded.scenario.swarm ? name_of(loaded.scenario.mode) : "scenario")
      .member("failure_file", run.failure_file)
      .member("repro", repeat_command(loaded, run));
  write_faults(loaded, run, json);
  json.end_object();
  return out;
}

sim::trace_file::Identity identity_of(const Loaded& loaded, u64 seed) {
  return sim::trace_file::Identity{.build = std::string{build_id()},
                                   .generator = loaded.scenario.generator,
                                   .scenario = loaded.name,
                                   .scenario_text = loaded.text,
                                   .scenario_hash = loaded.scenario.hash,
                                   .seed = seed};
}

sim::trace_file::Ending ending_of(const Finished& run) {
  return sim::trace_file::Ending{.verdict = std::string{verdict_of(run)},
                                 .property = property_of(run),
                                 .sentence = sentence_of(run),
                                 .events = run.result.events,
                                 .digest = sim::trace_file::print(run.result.digest)};
}

}  // namespace snowflk::tools
