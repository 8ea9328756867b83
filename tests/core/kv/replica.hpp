// One replica for tests: a machine, and a log in memory that its values lie in.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/kv/machine.hpp"
#include "core/wire/resp_reply.hpp"
#include "tests/catch.hpp"

namespace snowflk::kv {

/// A client's words as a command.
inline std::vector<std::byte> command_of(const std::vector<std::string_view>& words) {
  std::vector<std::byte> out;
  const auto op = encode_command(std::span<const std::string_view>{words}, out);
  INFO((op ? std::string{} : op.error().text));
  REQUIRE(op.has_value());
  return out;
}

/// The error that the gate answers; empty if it takes the words.
inline std::string refusal_of(const std::vector<std::string_view>& words) {
  std::vector<std::byte> out;
  const auto op = encode_command(std::span<const std::string_view>{words}, out);
  CHECK((op.has_value() || out.empty()));
  return op ? std::string{} : op.error().text;
}

/// A copyable value.
class Replica {
 public:
  explicit Replica(Machine::Options options = {}) : machine_(options) {}

  /// Carries out `payload` at the next index, reading what is missing from the log. The reply.
  std::vector<std::byte> apply(Bytes payload) {
    const LogIndex index = machine_.applied().next();
    EntryPlace place{.segment = 1, .offset = append(payload)};
    const auto known = derived_on_disk_.find(index.value);
    if (known != derived_on_disk_.end()) place.derived = known->second;
    const auto command = decode_command(payload);
    REQUIRE(command.has_value());
    fetch(*command);
    std::vector<std::byte> out;
    ReplyWriter reply(out);
    derived_.clear();
    machine_.apply(index, Term{1}, *command, place, operands_, {reply, derived_});
    for (const Derived& derived : derived_) {
      CHECK(derived.index == index);
      unwritten_.push_back({index, derived.sub, record(derived.key, derived.value)});
    }
    return out;
  }

  std::vector<std::byte> read(Bytes payload) {
    const auto command = decode_command(payload);
    REQUIRE(command.has_value());
    fetch(*command);
    std::vector<std::byte> out;
    ReplyWriter reply(out);
    machine_.read(*command, operands_, reply);
    return out;
  }

  /// As redis-cli shows it: what the words are answered.
  std::string call(const std::vector<std::string_view>& words) {
    const auto payload = command_of(words);
    const auto reply = is_read_only(*decode_command(payload)) ? read(payload) : apply(payload);
    return shown(reply);
  }

  /// The oldest computed value that is not on disk gets there.
  void write_derived() {
    if (unwritten_.empty()) return;
    const Unwritten first = unwritten_.front();
    unwritten_.erase(unwritten_.begin());
    const auto size = static_cast<u32>(first.record.size());
    const auto location = bitcask::RecordLocation::of(1, append(first.record), size);
    derived_on_disk_[first.index.value] = location;
    machine_.derived_durable(first.index, first.sub, location);
  }
  [[nodiscard]] std::size_t unwritten() const { return unwritten_.size(); }

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] u64 reads() const { return reads_; }
  /// What recovery knows: which entries have their computed value on disk, and where.
  void recover_from(const Replica& before) {
    log_ = before.log_;
    derived_on_disk_ = before.derived_on_disk_;
  }

  static std::string shown(Bytes reply) {
    std::vector<std::byte> resp;
    REQUIRE(write_resp(reply, wire::Protocol::resp3, resp));
    wire::ReplyParser parser;
    REQUIRE(parser.parse(resp) == wire::ReplyParser::Status::reply);
    CHECK(parser.consumed() == resp.size());
    return wire::to_text(parser.reply());
  }

 private:
  struct Unwritten {
    LogIndex index;
    u32 sub = 0;
    std::vector<std::byte> record;
  };

  static std::vector<std::byte> record(Bytes key, Bytes value) {
    std::vector<std::byte> out;
    bitcask::encode_record(key, value, out);
    return out;
  }
  u64 append(Bytes bytes) {
    const u64 offset = log_.size();
    log_.insert(log_.end(), bytes.begin(), bytes.end());
    return offset;
  }
  /// Again until nothing is missing: remember() may push out a value that was in memory before.
  void fetch(const CommandView& command) {
    operands_.clear();
    while (true) {
      wanted_.clear();
      machine_.missing_operands(command, operands_, wanted_);
      if (wanted_.empty()) return;
      for (const bitcask::RecordLocation& location : wanted_) fetch(location);
    }
  }
  void fetch(const bitcask::RecordLocation& location) {
    const auto found = bitcask::decode_record(Bytes{log_}.subspan(location.offset));
    REQUIRE(found.has_value());
    operands_.add(location, found->value);
    machine_.remember(location, found->value);
    reads_ += 1;
  }

  Machine machine_;
  Operands operands_;
  std::vector<bitcask::RecordLocation> wanted_;
  std::vector<Derived> derived_;
  std::vector<std::byte> log_;
  std::vector<Unwritten> unwritten_;
  std::map<u64, bitcask::RecordLocation> derived_on_disk_;
  u64 reads_ = 0;
};

}  // namespace snowflk::kv
