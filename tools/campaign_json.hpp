// The parts of a campaign's lines as JSON, for who writes and reads lines of them; and reading the
// members of objects that may be anything: what is missing or of another type is remembered, and
// asked for once at the end.
#pragma once

#include <concepts>
#include <limits>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/types.hpp"
#include "sim/trace_file/trace_file.hpp"
#include "tools/campaign_lines.hpp"

namespace snowflk::tools {

class JsonMembers {
 public:
  explicit JsonMembers(const nlohmann::json& object) : object_(&object), ok_(object.is_object()) {}

  template <std::unsigned_integral N>
  JsonMembers& read(const char* name, N& number) {
    const nlohmann::json* member = find(name);
    if (member == nullptr || !member->is_number_unsigned()) return fail();
    const u64 value = member->get<u64>();
    if (value > std::numeric_limits<N>::max()) return fail();
    number = static_cast<N>(value);
    return *this;
  }
  JsonMembers& read(const char* name, std::string& text) {
    const nlohmann::json* member = find(name);
    if (member == nullptr || !member->is_string()) return fail();
    text = sim::trace_file::bytes_of(member->get_ref<const std::string&>());
    return *this;
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
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
std::string totals_json(const ShardTotals& so_far);
// Nothing: it is no such object.
std::optional<BeginLine> begin_of(const nlohmann::json& object);
std::optional<CampaignFailure> failure_of(const nlohmann::json& object);
std::optional<ShardTotals> totals_of(const nlohmann::json& object);

/// Null, where `text` is no JSON.
nlohmann::json parse_json_line(std::string_view text);

}  // namespace snowflk::tools
