// How the server carries out what the core wants: a line for each kind of effect.
//
// Nothing is sent or written here: effects are handed to those who do it at the end of the turn.
#pragma once

#include <optional>

#include "core/node/boundary.hpp"
#include "real/clients.hpp"
#include "real/event_log.hpp"
#include "real/file_disk.hpp"
#include "real/links.hpp"

namespace snowflk::real {

struct EffectsDriver {
  Links& links;
  Clients& clients;
  FileDisk& disk;
  Instant deadline = kNever;
  std::optional<node::Halt> halted = std::nullopt;

  void perform(const node::Send& send) { links.send(send); }
  void perform(const node::Reply& reply) { clients.reply(reply); }
  void perform(const node::Disconnect& close) { clients.disconnect(close.client); }
  void perform(const bitcask::DiskOp& op) { disk.submit(op); }
  void perform(const bitcask::DiskRead& read) { disk.submit(read); }
  void perform(const node::Halt& halt) { halted = halt; }
  void wake_at(Instant when) { deadline = when; }
  void record(std::span<const node::Event> events);
};
static_assert(node::Driver<EffectsDriver>);

}  // namespace snowflk::real
