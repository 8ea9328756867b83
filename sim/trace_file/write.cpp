// How the lines are written. Keys are short: a trace has millions of them.
//
//   i id  c id of the cause  t virtual nanoseconds  n node  k kind  e events of the node
//   s messages that were sent  x disk operations that were issued  d digest of the run so far
//
// A whole event has the rest of what came of it, and hashes of bytes: b the input's bytes
//   r replies  q reads of the disk  g connections that were closed  h halt  w deadline
#include <fmt/format.h>

#include "core/trace/json.hpp"
#include "core/wire/frame.hpp"
#include "sim/network.hpp"
#include "sim/trace_file/trace_file.hpp"

namespace snowflk::sim::trace_file {
namespace {

using trace::JsonWriter;

/// What stands for a frame that cannot be read.
std::string_view name_of_unread(wire::FrameFault fault) {
  if (fault == wire::FrameFault::kind) return "unknown";
  return fault == wire::FrameFault::version ? "of_another_version" : "damaged";
}

void write_message(JsonWriter& json, Bytes frame) {
  const auto decoded = wire::decode(ClusterId{kClusterIdOfWorlds}, frame);
  if (!decoded) {
    json.member("m", name_of_unread(decoded.error()));
    return;
  }
  std::visit(Overloaded{[&](const wire::AppendEntriesView& view) {
                          json.member("m", raft::AppendEntries::kName).members(view.message);
                        },
                        [&](const auto& body) { json.member("m", body.kName).members(body); }},
             decoded->body);
}

void write_events(JsonWriter& json, const StepRecord& record) {
  if (record.effects->events.empty()) return;
  json.key("e").begin_array();
  for (const node::Event& event : record.effects->events) {
    std::visit(
        [&](const auto& of_module) {
          std::visit(
              [&](const auto& held) {
                json.begin_object().member("k", held.kName).members(held).end_object();
              },
              of_module);
        },
        event);
  }
  json.end_array();
}

std::string hash_of(Bytes bytes) { return fmt::format("{:016x}", frame_hash(bytes)); }

void write_sends(JsonWriter& json, const StepRecord& record, Extent extent) {
  if (record.effects->sends.empty()) return;
  json.key("s").begin_array();
  for (std::size_t at = 0; at < record.effects->sends.size(); ++at) {
    const node::Send& send = record.effects->sends[at];
    json.begin_object().member("n", send.to.value);
    write_message(json, send.frame);
    if (at < record.notes.size()) {
      json.member("fate", name_of(record.notes[at].fate)).member("copies", record.notes[at].copies);
    }
    if (extent == Extent::whole) {
      json.member("channel", static_cast<u64>(send.channel)).member("bytes", hash_of(send.frame));
    }
    json.end_object();
  }
  json.end_array();
}

void write_disk(JsonWriter& json, const StepRecord& record, Extent extent) {
  if (record.effects->disk.empty()) return;
  json.key("x").begin_array();
  for (const bitcask::DiskOp& op : record.effects->disk) {
    json.begin_object().member("lane", name_of(op.lane)).member("sequence", op.sequence);
    std::visit(
        Overloaded{[&](const bitcask::Write& write) {
                     json.member("k", write.kName)
                         .member("file", bitcask::file_name(write.file))
                         .member("offset", write.offset)
                         .member("size", write.bytes.size());
                     if (extent == Extent::whole) json.member("bytes", hash_of(write.bytes));
                   },
                   [&](const auto& action) { json.member("k", action.kName).members(action); }},
        op.action);
    json.end_object();
  }
  json.end_array();
}

// What the digest of a run has of an event, and a brief line has not.
void write_rest(JsonWriter& json, const StepRecord& record) {
  if (!record.bytes.empty()) json.member("b", hash_of(record.bytes));
  if (!record.stepped) return;
  const node::Effects& effects = *record.effects;
  json.key("r").begin_array();
  for (const node::Reply& reply : effects.replies) {
    json.begin_object()
        .member("client", reply.client.value)
        .member("request", reply.request.value)
        .member("bytes", hash_of(reply.reply))
        .end_object();
  }
  json.end_array().key("q").begin_array();
  for (const bitcask::DiskRead& read : effects.reads) {
    json.begin_object().members(read).end_object();
  }
  json.end_array().key("g").begin_array();
  for (const node::Disconnect& gone : effects.disconnects) {
    json.begin_object().member("client", gone.client.value).end_object();
  }
  json.end_array().key("h").begin_array();
  for (const node::Halt& halt : effects.halt) {
    json.begin_object().member("kind", name_of(halt.kind)).end_object();
  }
  json.end_array().member("w", effects.deadline.value);
}

}  // namespace

std::string print(const Digest& digest) {
  return fmt::format("{:016x}{:016x}", digest.high, digest.low);
}

void append_header(std::string& out, const Identity& identity, const WorldOptions& options,
                   std::string_view schema) {
  JsonWriter json{out};
  json.begin_object()
      .member("schema", schema)
      .member("build", identity.build)
      .member("generator", identity.generator)
      .member("scenario", identity.scenario)
      .member("scenario_hash", fmt::format("{:016x}", identity.scenario_hash))
      .member("seed", identity.seed)
      .member("time_unit", "ns")
      .key("options")
      .begin_object()
      .members(options)
      .end_object()
      .member("scenario_text", identity.scenario_text)
      .end_object();
  out += '\n';
}

void append_event(std::string& out, const StepRecord& record, const Digest& digest, Extent extent,
                  const std::optional<Digest>& state) {
  JsonWriter json{out};
  json.begin_object()
      .member("i", record.event.value)
      .member("c", record.cause.value)
      .member("t", record.at.value)
      .member("n", record.node.value);
  std::visit([&](const auto& what) { json.member("k", what.kName).members(what); }, record.what);
  if (std::holds_alternative<FrameDelivered>(record.what)) write_message(json, record.bytes);
  write_events(json, record);
  write_sends(json, record, extent);
  write_disk(json, record, extent);
  if (extent == Extent::whole) write_rest(json, record);
  json.member("d", print(digest));
  if (state) json.member("state", print(*state));
  json.end_object();
  out += '\n';
}

void append_ending(std::string& out, const Ending& ending) {
  JsonWriter json{out};
  json.begin_object()
      .member("verdict", ending.verdict)
      .member("property", ending.property)
      .member("sentence", ending.sentence)
      .member("events", ending.events)
      .member("digest", ending.digest)
      .end_object();
  out += '\n';
}

}  // namespace snowflk::sim::trace_file
