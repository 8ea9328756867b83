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

}  // namespace

bool keep_state(const std::string& path, std::string_view strategy, const Loaded& loaded,
                nlohmann::ordered_json state) {
  state["strategy"] = strategy;
  state["build"] = build_id();
  state["scenario"] = loaded.name;
  state["scenario_text"] = loaded.text;
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
