#include "tools/explore_kept.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/build_id.hpp"
#include "tools/read_file.hpp"
#include "tools/write_whole.hpp"

namespace snowflk::tools {
namespace {

using Json = nlohmann::ordered_json;

std::unexpected<Exit> refuse(const std::string& sentence) {
  complain(sentence);
  return std::unexpected(Exit::usage);
}

/// All that tells one search from another.
Json whole_identity(const KeptIdentity& search) {
  Json identity = search.identity;
  identity["strategy"] = search.strategy;
  identity["build"] = build_id();
  identity["scenario"] = search.loaded->name;
  identity["scenario_text"] = search.loaded->text;
  return identity;
}

}  // namespace

std::string not_ours(const std::string& path) {
  return fmt::format(
      "{}: there is another search or something else, which stays: say --save FILE, or --resume to "
      "go on with it",
      path);
}

std::string kept_already(const std::string& path) {
  return fmt::format(
      "{}: there is this very search, as far as it has come: go on with it by --resume, or remove "
      "it to begin anew",
      path);
}

bool may_keep_at(const std::string& path, const KeptIdentity& search) {
  std::error_code error;
  if (path == "none" || !std::filesystem::exists(path, error)) return true;
  const auto text = read_file(path);
  const Json kept = text ? Json::parse(*text, nullptr, false) : Json{};
  const auto is_kept = [&kept](const auto& member) {
    const auto at = kept.find(member.key());
    return at != kept.end() && *at == member.value();
  };
  const Json identity = whole_identity(search);
  bool same = kept.is_object();
  for (const auto& member : identity.items()) same = same && is_kept(member);
  complain(same ? kept_already(path) : not_ours(path));
  return false;
}

bool keep_state(const std::string& path, const KeptIdentity& search,
                const nlohmann::ordered_json& progress) {
  Json state = whole_identity(search);
  state.update(progress);
  return write_whole(path, state.dump() + "\n");
}

void forget_state(const std::string& path) {
  std::error_code error;
  if (path != "none") std::filesystem::remove(path, error);
}

OrExit<KeptState> KeptState::load(const std::string& path, std::string_view strategy) {
  const auto text = read_file(path);
  if (!text) {
    complain(text.error().sentence);
    return std::unexpected(text.error().exit);
  }
  KeptState kept;
  kept.path_ = path;
  kept.state_ = std::make_shared<const Json>(Json::parse(*text, nullptr, false));
  if (!kept.state_->is_object() || kept.text("strategy") != strategy) {
    return refuse(fmt::format("{}: it is no search by {} that was kept", path, strategy));
  }
  if (const std::string build = kept.text("build"); build != build_id()) {
    return refuse(
        fmt::format("{}: it was kept by build {:.60}, and this is {}", path, build, build_id()));
  }
  return kept;
}

void KeptState::expect(bool holds, std::string_view key, std::string_view what) {
  if (!holds && fault_.empty()) fault_ = fmt::format("{}: $.{}: expected {}", path_, key, what);
}

u64 KeptState::number(std::string_view key, u64 low, u64 high) {
  const auto member = state_->find(key);
  const bool whole = member != state_->end() && member->is_number_unsigned();
  const u64 value = whole ? member->get<u64>() : low;
  const bool good = whole && low <= value && value <= high;
  expect(good, key, fmt::format("a whole number from {} to {}", low, high));
  return good ? value : low;
}

std::string KeptState::text(std::string_view key) {
  const auto member = state_->find(key);
  const bool good = member != state_->end() && member->is_string();
  expect(good, key, "a text");
  return good ? member->get<std::string>() : std::string{};
}

std::vector<u64> KeptState::numbers(std::string_view key) {
  const auto member = state_->find(key);
  const auto is_number = [](const Json& item) { return item.is_number_unsigned(); };
  const bool good =
      member != state_->end() && member->is_array() && std::ranges::all_of(*member, is_number);
  expect(good, key, "a list of whole numbers");
  return good ? member->get<std::vector<u64>>() : std::vector<u64>{};
}

OrExit<Loaded> KeptState::subject() {
  const std::string name = text("scenario");
  const std::string of = text("scenario_text");
  if (!fault_.empty()) return refuse(fault_);
  return load_text(name, of);
}

}  // namespace snowflk::tools
