#include "sim/workload.hpp"

#include <algorithm>

namespace snowflk::sim {

Workload::Workload(const WorkloadOptions& options) : options_(options) {
  const u32 counters = options.keys / 4;
  string_keys_ = options.keys - counters;
  for (std::size_t i = 0; i < string_keys_; ++i) keys_.push_back("k" + std::to_string(i));
  for (u32 i = 0; i < counters; ++i) keys_.push_back("n" + std::to_string(i));
  last_values_.resize(keys_.size());
}

const std::string& Workload::string_key(Prng& prng) const {
  return keys_[prng.below(string_keys_)];
}

const std::string& Workload::counter_key(Prng& prng) const {
  const std::size_t counters = keys_.size() - string_keys_;
  if (counters == 0) return keys_.back();
  return keys_[string_keys_ + prng.below(counters)];
}

const std::string& Workload::any_key(Prng& prng) const { return keys_[prng.below(keys_.size())]; }

std::string Workload::fresh_value(u32 client, const std::string& key, Prng& values) {
  written_ += 1;
  std::string value = "c" + std::to_string(client) + "." + std::to_string(written_);
  if (value.size() < options_.value_bytes) value.resize(options_.value_bytes, '.');
  if (happens(values, options_.empty_ppm)) value.clear();
  const auto place = std::ranges::find(keys_, key) - keys_.begin();
  last_values_[static_cast<std::size_t>(place)] = value;
  return value;
}

void Workload::draw(u32 client, Prng& prng, Prng& values, std::vector<std::string>& words) {
  const auto fresh = [&](const std::string& key) { return fresh_value(client, key, values); };
  const u64 die = prng.below(100);
  words.clear();
  if (die < 30) {
    words = {"GET", any_key(prng)};
  } else if (die < 48) {
    const std::string& key = string_key(prng);
    words = {"SET", key, fresh(key)};
  } else if (die < 53) {
    const std::string& key = string_key(prng);
    words = {"SET", key, fresh(key), "NX"};
  } else if (die < 58) {
    const std::string& key = string_key(prng);
    words = {"SET", key, fresh(key), "GET"};
  } else if (die < 64) {
    const u64 place = prng.below(string_keys_);
    const std::string expected = last_values_[place];
    words = {"SET", keys_[place], fresh(keys_[place]), "IFEQ", expected};
  } else if (die < 70) {
    const std::string& key = string_key(prng);
    words = {"APPEND", key, fresh(key)};
  } else if (die < 78) {
    words = {"INCRBY", counter_key(prng)};
    words.push_back(std::to_string(1 + prng.below(9)));
  } else if (die < 79) {
    words = {"INCR", string_key(prng)};  // most often no integer: an error that all must agree on
  } else if (die < 83) {
    words = {"GETDEL", string_key(prng)};
  } else if (die < 87) {
    words = {"DEL"};
    for (int i = 0; i < 2; ++i) words.push_back(any_key(prng));
  } else if (die < 89) {
    words = {"STRLEN", string_key(prng)};
  } else if (die < 91) {
    words = {"EXISTS", any_key(prng)};
  } else if (die < 95) {
    words = {"MGET"};
    for (int i = 0; i < 3; ++i) words.push_back(any_key(prng));
  } else {
    words = {"MSET"};
    for (int i = 0; i < 2; ++i) {
      const std::string& key = string_key(prng);
      words.push_back(key);
      words.push_back(fresh(key));
    }
  }
}

}  // namespace snowflk::sim
