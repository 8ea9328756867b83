// Commands as they lie in entries, of a peer or of a file; and as a client's words.
#include "core/kv/command.hpp"

#include "tests/fuzz/targets.hpp"

namespace snowflk::fuzz {

void kv_commands(Bytes input) {
  const auto command = kv::decode_command(input);
  if (command) {
    static_cast<void>(kv::is_read_only(*command));
    u32 records = 0;
    command->for_each_record([&](const kv::CommandRecord& record) {
      records += 1;
      SNOWFLK_ASSERT(u64{record.offset} + record.length <= input.size());
      SNOWFLK_ASSERT(record.key.size() + record.value.size() <= record.length);
    });
    SNOWFLK_ASSERT(records == command->count());
  } else {
    SNOWFLK_ASSERT(name_of(command.error()) != "?");
  }

  // As words: a length of one byte before each.
  std::vector<Bytes> words;
  for (Bytes rest = input; !rest.empty();) {
    const auto length = std::min(std::to_integer<std::size_t>(rest[0]), rest.size() - 1);
    words.push_back(rest.subspan(1, length));
    rest = rest.subspan(1 + length);
  }
  if (words.empty()) return;
  std::vector<std::byte> encoded;
  if (!kv::encode_command(words, encoded)) {
    SNOWFLK_ASSERT(encoded.empty());
    return;
  }
  // What a client may ask, a log can hold.
  SNOWFLK_ASSERT(encoded.size() <= kv::kCommandBytesMax);
  SNOWFLK_ASSERT(kv::decode_command(encoded).has_value());
}

}  // namespace snowflk::fuzz
