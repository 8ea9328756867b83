#include "tests/fuzz/targets.hpp"

#include "core/bitcask/batch.hpp"
#include "core/node/limits.hpp"
#include "core/raft/messages.hpp"

namespace snowflk::fuzz {
namespace {

/// What a parser may need for a text of the longest input: a tree of values, each some words large.
constexpr u64 kTextInputMax = 4096;
constexpr u64 kTreeMax = kTextInputMax * 64;

/// A vector that grows by doubling has asked for twice what it holds.
constexpr u64 grown(u64 bytes) { return 2 * bytes; }

constexpr Target kTargets[] = {
    {.name = "resp_requests",
     .run = resp_requests,
     .input_max = 4096,
     // Places of arguments; their bytes stay in the connection's buffer.
     .allocation_max = grown(wire::kArgumentsMax * sizeof(Bytes))},
    {.name = "resp_replies",
     .run = resp_replies,
     .input_max = 4096,
     .allocation_max = grown(wire::kBulkBytesMax)},
    {.name = "peer_frames",
     .run = peer_frames,
     .input_max = 4096,
     .allocation_max = grown(wire::kEntriesPerMessageMax * sizeof(raft::EntryInfo))},
    {.name = "kv_commands",
     .run = kv_commands,
     .input_max = 4096,
     .allocation_max = grown(kv::kCommandBytesMax)},
    {.name = "node_directory",
     .run = node_directory,
     .input_max = 512,
     // One read of recovery, the buffer that it lies in, a batch.
     .allocation_max =
         grown(bitcask::kReadBytesMax + bitcask::kBatchBlocksMax * bitcask::kBlockBytes)},
    {.name = "server_config",
     .run = server_config,
     .input_max = kTextInputMax,
     .allocation_max = kTreeMax},
    {.name = "scenario_file",
     .run = scenario_file,
     .input_max = kTextInputMax,
     .allocation_max = kTreeMax},
    {.name = "trace_file",
     .run = trace_file,
     .input_max = kTextInputMax,
     .allocation_max = kTreeMax},
    {.name = "client_history",
     .run = client_history,
     .input_max = kTextInputMax,
     .allocation_max = kTreeMax},
    {.name = "campaign_results",
     .run = campaign_results,
     .input_max = kTextInputMax,
     .allocation_max = kTreeMax},
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

}  // namespace snowflk::fuzz
