// A search that was kept, so that it can be gone on with: a file of one JSON object.
//
// The gate of such files: each member is read with its range, and the first that is wrong is told.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/output.hpp"
#include "tools/sim_options.hpp"

namespace snowflk::tools {

/// Which search it is, whatever it has come to: the members of `identity` are its strategy's own.
struct KeptIdentity {
  std::string_view strategy;
  const Loaded* loaded;
  nlohmann::ordered_json identity;
};
/// Whether `path` is free for it: nothing is there. False: it holds this very search, which would
/// be lost, or another, or something else, and that has been complained of.
bool may_keep_at(const std::string& path, const KeptIdentity& search);
/// `progress`: what it has come to. Beside what was there before, and over it only when it is
/// whole. False: complained.
bool keep_state(const std::string& path, const KeptIdentity& search,
                const nlohmann::ordered_json& progress);
/// The search that was kept there while it went on has come to its end.
void forget_state(const std::string& path);
/// What is there is another's: what to say.
std::string not_ours(const std::string& path);
/// Likewise, where it is the search that is begun: it has come further than its beginning.
std::string kept_already(const std::string& path);

class KeptState {
 public:
  /// What keep_state() kept of this strategy, by this build. What is wrong is complained of.
  static OrExit<KeptState> load(const std::string& path, std::string_view strategy);

  // What a member holds; of one that is missing, or not so, the least that it may be.
  u64 number(std::string_view key, u64 low, u64 high);
  u32 number32(std::string_view key, u32 low, u32 high) {
    return static_cast<u32>(number(key, low, high));
  }
  /// Of what was counted.
  u64 count(std::string_view key) { return number(key, 0, kCountMax); }
  std::string text(std::string_view key);
  /// Numbers of any size.
  std::vector<u64> numbers(std::string_view key);

  /// The scenario that was explored. What was wrong with a member that was read is complained of.
  OrExit<Loaded> subject();

 private:
  static constexpr u64 kCountMax = 1ULL << 62;

  void expect(bool holds, std::string_view key, std::string_view what);

  std::string path_;
  std::shared_ptr<const nlohmann::ordered_json> state_;
  std::string fault_;  // empty: none yet
};

}  // namespace snowflk::tools
