// `snowflk serve`: one node of a cluster, until it is told to stop.
//
// Owns where the configuration comes from, and in which order: the file, then the environment, then
// the flags. What the keys are, and what they may be, is real/config.hpp's.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/base/nearest.hpp"
#include "real/config.hpp"
#include "real/log.hpp"
#include "real/server.hpp"
#include "tools/commands.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

struct ServeOptions {
  std::string file;
  bool bootstrap = false;
  std::vector<std::string> flags;  // one for each key, in the order of the table
  std::vector<CLI::Option*> given;
};

using Judged = std::expected<void, real::Failure>;

Judged read_file(real::Config& config, const std::string& path) {
  const auto text = real::read_config_file(path);
  if (!text) return std::unexpected{text.error()};
  return real::read_yaml(config, *text, path);
}

/// A variable that looks like a mistyped one of ours is refused. Others with our prefix may be
/// somebody else's (Kubernetes makes SNOWFLK_PORT of a service's name): they are told, and no more.
Judged judge_unknown_variables() {
  constexpr std::string_view kPrefix = "SNOWFLK_";
  std::vector<std::string> known;
  for (const auto& key : real::keys()) known.push_back(real::variable_of(key));
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view line = *at;
    const std::string_view name = line.substr(0, line.find('='));
    if (!name.starts_with(kPrefix) || std::ranges::find(known, name) != known.end()) continue;
    std::vector<std::string_view> words;
    for (const auto& variable : known) {
      words.push_back(std::string_view{variable}.substr(kPrefix.size()));
    }
    const auto near = nearest(name.substr(kPrefix.size()), words);
    const std::string what = fmt::format("unknown variable {}", name.substr(0, 60));
    if (near) {
      return std::unexpected{
          real::Failure{fmt::format("{}; did you mean '{}{}'?", what, kPrefix, *near)}};
    }
    complain(what + ": it is ignored");
  }
  return {};
}

Judged read_environment(real::Config& config) {
  for (const auto& key : real::keys()) {
    const std::string variable = real::variable_of(key);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets the environment.
    const char* text = std::getenv(variable.c_str());
    if (text == nullptr) continue;
    if (auto done = real::set_from(config, key, text, variable); !done) return done;
  }
  return judge_unknown_variables();
}

Judged read_flags(real::Config& config, const ServeOptions& options) {
  for (std::size_t i = 0; i < options.flags.size(); ++i) {
    if (options.given[i]->count() == 0) continue;
    const auto& key = real::keys()[i];
    auto done = real::set_from(config, key, options.flags[i], real::flag_of(key));
    if (!done) return done;
  }
  return {};
}

Judged configure(real::Config& config, const ServeOptions& options) {
  if (!options.file.empty()) {
    if (auto done = read_file(config, options.file); !done) return done;
    config.file = std::filesystem::absolute(options.file);
  }
  if (auto done = read_environment(config); !done) return done;
  if (auto done = read_flags(config, options); !done) return done;
  config.options.bootstrap = options.bootstrap;
  return real::settle(config);
}

Exit exit_of(node::HaltKind kind) {
  switch (kind) {
    case node::HaltKind::stopped: return Exit::pass;
    case node::HaltKind::refused: return Exit::usage;
    case node::HaltKind::disk_failed: return Exit::environment;
  }
  return Exit::assertion;
}

Exit serve(const ServeOptions& options) {
  real::Config config;
  if (auto configured = configure(config, options); !configured) {
    complain(configured.error().text);
    return Exit::usage;
  }
  std::error_code missing;  // or no way to it: that is told when it is opened
  const auto place = std::filesystem::status(config.data_dir, missing);
  if (std::filesystem::exists(place) && !std::filesystem::is_directory(place)) {
    complain(fmt::format("{} is not a directory", config.data_dir));
    return Exit::usage;
  }
  if (!config.options.bootstrap && !std::filesystem::exists(config.data_dir)) {
    complain(fmt::format("there is no directory {}; a new node is started with --bootstrap, once",
                         config.data_dir));
    return Exit::usage;
  }
  real::start_log(config.log_level, config.options.self);
  auto server = real::Server::start(std::move(config));
  if (!server) {
    complain(server.error().text);
    return server.error().lasting ? Exit::usage : Exit::environment;
  }
  const real::ServerEnd end = (*server)->run();
  if (end.kind != node::HaltKind::stopped) complain(end.reason);
  return exit_of(end.kind);
}

}  // namespace

void add_serve(CLI::App& root, Action& action) {
  auto& command = *root.add_subcommand("serve", "Run one node of a cluster");
  auto options = std::make_shared<ServeOptions>();
  command.add_option("--config", options->file, "YAML file (docs/node.yml is an example)");
  command.add_flag(
      "--bootstrap", options->bootstrap,
      "Make a new log in an empty directory: on the first start, and then never again");
  options->flags.resize(real::keys().size());
  for (std::size_t i = 0; i < real::keys().size(); ++i) {
    const auto& key = real::keys()[i];
    auto* option = command.add_option(real::flag_of(key), options->flags[i],
                                      fmt::format("{} [{}]", key.meaning, real::variable_of(key)));
    options->given.push_back(option->type_name("VALUE"));
  }
  command.callback([options, &action] { action = [options] { return serve(*options); }; });
}

}  // namespace snowflk::tools
