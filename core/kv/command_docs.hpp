// What COMMAND answers, from the command table.
#pragma once

#include <span>
#include <vector>

#include "core/base/types.hpp"
#include "core/wire/resp_reply.hpp"

namespace snowflk::kv {

/// Appends the answer to COMMAND, COMMAND COUNT, DOCS, GETKEYS, HELP, INFO or LIST as RESP. `args`:
/// all words of the request, COMMAND first. Anything else is an error, as Redis words it.
void answer_command(std::span<const Bytes> args, wire::Protocol protocol,
                    std::vector<std::byte>& out);

}  // namespace snowflk::kv
