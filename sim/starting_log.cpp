#include "sim/starting_log.hpp"

#include <array>
#include <string>

#include "core/bitcask/image.hpp"
#include "core/kv/command.hpp"
#include "core/raft/messages.hpp"

namespace snowflk::sim {

void put_files(NodeId node, const StartingLog& start, const WorldOptions& options, Disk& disk) {
  std::vector<std::vector<std::byte>> payloads(start.entry_terms.size());
  std::vector<bitcask::ImageEntry> entries;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const std::string value = std::to_string(i + 1);
    const std::array<std::string_view, 3> words{"SET", "x", value};
    const auto encoded = kv::encode_command(words, payloads[i]);
    SNOWFLK_ASSERT(encoded.has_value());
    entries.push_back(bitcask::ImageEntry{.term = start.entry_terms[i],
                                          .kind = static_cast<u8>(raft::EntryKind::command),
                                          .time = {},
                                          .payload = payloads[i]});
  }
  bitcask::StoreOptions store;
  store.cluster = ClusterId{kClusterIdOfWorlds};
  store.node = node;
  store.members = node_options(options, node).voters;
  store.segment_bytes = options.node.segment_bytes;
  store.batch_bytes_max = options.node.batch_bytes_max;
  store.cache_bytes = options.node.value_cache_bytes;
  store.bootstrap = true;
  const bitcask::ImageLog log{.term = start.term,
                              .vote = start.voted_for,
                              .commit = start.commit_index,
                              .entries = entries};
  for (const bitcask::ImageFile& file : bitcask::make_image(store, log)) {
    disk.put(file.file, file.bytes);
  }
}

}  // namespace snowflk::sim
