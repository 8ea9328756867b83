// The parts of a campaign's lines as JSON, for who writes and reads lines of them; and reading the
// members of objects that may be anything: what is missing or of another type is remembered, and
// asked for once at the end.
#pragma once

#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/types.hpp"
#include "sim/trace_file/trace_file.hpp"
#include "tools/campaign_lines.hpp"

namespace snowflk::tools {

class JsonMembers {
 public:
  explicit JsonMembers(const nlohmann::json& object) : object_(&object), ok_(object.is_object()) {}

  template <class T>
  JsonMembers& read(const char* name, std::vector<T>& list) {
    const nlohmann::json* member = find(name);
    if (member == nullptr || !member->is_array()) return fail();
    list.reserve(member->size());
    for (const nlohmann::json& each : *member) {
      T element{};
      if (!take(each, element)) return fail();
      list.push_back(std::move(element));
    }
    return *this;
  }
  template <class T>
  JsonMembers& read(const char* name, T& to) {
    const nlohmann::json* member = find(name);
    return member != nullptr && take(*member, to) ? *this : fail();
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  template <std::unsigned_integral N>
  static bool take(const nlohmann::json& from, N& number) {
    if (!from.is_number_unsigned()) return false;
    const u64 value = from.get<u64>();
    if (value > std::numeric_limits<N>::max()) return false;
    number = static_cast<N>(value);
    return true;
  }
  static bool take(const nlohmann::json& from, std::string& text) {
    if (!from.is_string()) return false;
    text = sim::trace_file::bytes_of(from.get_ref<const std::string&>());
    return true;
  }
  const nlohmann::json* find(const char* name) {
    if (!ok_) return nullptr;
    const auto at = object_->find(name);
    return at == object_->end() ? nullptr : &*at;
  }
  JsonMembers& fail() {
    ok_ = false;
    return *this;
  }

  const nlohmann::json* object_;
  bool ok_;
};

std::string failure_json(const CampaignFailure& failure);
std::string totals_json(const ShardTotals& so_far, u32 format);
std::string weak_json(const WeakPasses& weak);
// Nothing: it is no such object.
std::optional<BeginLine> begin_of(const nlohmann::json& object);
std::optional<CampaignFailure> failure_of(const nlohmann::json& object);
std::optional<ShardTotals> totals_of(const nlohmann::json& object, const ShardIdentity& identity);
std::optional<WeakPasses> weak_of(const nlohmann::json& object);

/// Null, where `text` is no JSON.
nlohmann::json parse_json_line(std::string_view text);

}  // namespace snowflk::tools
