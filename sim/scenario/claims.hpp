// Whether a claim of a scenario holds in a world, and if not, a sentence that says why.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/tally.hpp"
#include "sim/world.hpp"

namespace snowflk::sim::scenario {

/// What the names of a script stand for.
class Bindings {
 public:
  void name_node(std::string_view name, NodeId node);
  void name_reply(std::string_view name, OperationId operation);
  /// REQUIRES: a number of the cluster, or a name that was given.
  [[nodiscard]] NodeId node(const NodeRef& reference) const;
  /// REQUIRES: a name that was given.
  [[nodiscard]] OperationId reply(std::string_view name) const;
  /// "n2 (old)" by the name it got last, or "n2".
  [[nodiscard]] std::string print(NodeId node) const;
  [[nodiscard]] const std::vector<std::pair<std::string, OperationId>>& replies() const {
    return replies_;
  }

 private:
  std::vector<std::pair<std::string, NodeId>> nodes_;
  std::vector<std::pair<std::string, OperationId>> replies_;
};

/// What `node` is: one of kRoleWords.
std::string_view role_of(const World& world, NodeId node);

/// The value of `key` in the state machine of `node`; nothing if it cannot be told.
std::optional<Scalar> stored_value(const World& world, NodeId node, std::string_view key);

/// Nothing if `claim` holds.
std::optional<std::string> broken(const Claim& claim, const World& world, const Tally& tally,
                                  const Bindings& bindings);

}  // namespace snowflk::sim::scenario
