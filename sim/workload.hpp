// Which commands simulated clients give: a mix over few keys, so that they meet, with values that
// are never written twice, so that a read tells which write it saw; but for those that are empty.
#pragma once

#include <string>
#include <vector>

#include "sim/options.hpp"
#include "sim/random.hpp"

namespace snowflk::sim {

class Workload {
 public:
  Workload() = default;
  explicit Workload(const WorkloadOptions& options);

  /// The words of the next command of `client` into `words` (replaced). Three quarters of the keys
  /// hold strings ("k0", "k1" …), the rest counters ("n0" …); they are seldom confused.
  /// `values`: from which is drawn what a value is.
  void draw(u32 client, Prng& prng, Prng& values, std::vector<std::string>& words);
  /// All keys that commands may name.
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }

 private:
  template <class>
  friend struct snowflk::StateOf;

  [[nodiscard]] const std::string& string_key(Prng& prng) const;
  [[nodiscard]] const std::string& counter_key(Prng& prng) const;
  const std::string& any_key(Prng& prng) const;
  std::string fresh_value(u32 client, const std::string& key, Prng& values);

  WorkloadOptions options_;
  std::vector<std::string> keys_;
  std::size_t string_keys_ = 0;           // the first so many of keys_
  std::vector<std::string> last_values_;  // by key: what somebody wrote last, for comparing
  u64 written_ = 0;
};

}  // namespace snowflk::sim
