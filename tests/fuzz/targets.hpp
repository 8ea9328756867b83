// Every gate of the system, fed with any bytes: what a fuzzer calls, and the suite with the
// corpora.
//
// A target ends, in bounded time and memory, or it has found something: an assertion that fails, a
// sanitizer's word, a claim of its own that does not hold.
#pragma once

#include <span>
#include <string_view>

#include "core/base/assert.hpp"
#include "core/base/types.hpp"

namespace snowflk::fuzz {

// One a file.
void resp_requests(Bytes input);
void resp_replies(Bytes input);
void peer_frames(Bytes input);
void kv_commands(Bytes input);
void node_directory(Bytes input);
void server_config(Bytes input);
void scenario_file(Bytes input);
void trace_file(Bytes input);
void client_history(Bytes input);
void campaign_results(Bytes input);

struct Target {
  std::string_view name;
  void (*run)(Bytes input);
  u64 input_max;       // longer inputs are not tried
  u64 allocation_max;  // no single allocation is larger, by the bounds that the gate is under
};
/// All of them.
std::span<const Target> targets();

}  // namespace snowflk::fuzz
