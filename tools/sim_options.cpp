#include "tools/sim_options.hpp"

#include <charconv>

#include <fmt/format.h>

#include "sim/trace_file/trace_file.hpp"
#include "tools/output.hpp"
#include "tools/read_file.hpp"
#include "tools/sim_report.hpp"

namespace snowflk::tools {
std::expected<u64, std::string> parse_seed(std::string_view text) {
  std::string_view digits = text;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
    base = 16;
  }
  u64 seed = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seed, base);
  if (error == std::errc{} && end == digits.data() + digits.size() && !digits.empty()) return seed;
  return std::unexpected(fmt::format("expected a seed, an integer of at most 64 bits, found \"{}\"",
                                     text.substr(0, 40)));
}

std::expected<sim::SeedRange, std::string> parse_seeds(std::string_view text) {
  const auto dots = text.find("..");
  const auto first = parse_seed(text.substr(0, dots));
  if (!first) return std::unexpected(first.error());
  if (dots == std::string_view::npos) return sim::SeedRange{.first = *first, .last = *first};
  const auto last = parse_seed(text.substr(dots + 2));
  if (!last) return std::unexpected(last.error());
  if (*last < *first) {
    return std::unexpected(fmt::format("the seeds {} hold none: write the smaller first", text));
  }
  if (*first == 0 && *last == UINT64_MAX) {
    return std::unexpected("that is every seed there is; leave one out");
  }
  return sim::SeedRange{.first = *first, .last = *last};
}

OrExit<Loaded> load_text(const std::string& name, std::string text) {
  auto scenario = sim::scenario::parse(text);
  if (!scenario) {
    complain(sim::scenario::describe(name, scenario.error()));
    return std::unexpected(Exit::usage);
  }
  return Loaded{.name = name, .text = std::move(text), .scenario = *std::move(scenario)};
}

OrExit<Loaded> load_scenario(const std::string& file) {
  auto text = read_file(file);
  if (!text) {
    complain(text.error().sentence);
    return std::unexpected(text.error().exit);
  }
  const std::string_view first = std::string_view{*text}.substr(0, text->find('\n'));
  if (sim::trace_file::parse_header(first)) {
    complain(fmt::format("{}: a trace, not a scenario: snowflk sim replay {} runs it again", file,
                         shell_word(file)));
    return std::unexpected(Exit::usage);
  }
  return load_text(file, *std::move(text));
}

// What is not said is what it would be without saying: a scenario's hash is part of a run's
// identity.
Loaded swarm_scenario(sim::Mode mode, u32 generator) {
  std::string text = R"({"story": "A random world.", "swarm": true)";
  if (mode != sim::Mode::swarm) text += fmt::format(R"(, "mode": "{}")", name_of(mode));
  if (generator != sim::kGeneratorVersion) text += fmt::format(R"(, "generator": {})", generator);
  auto loaded = load_text("swarm", text + "}");
  return *std::move(loaded);
}

}  // namespace snowflk::tools
