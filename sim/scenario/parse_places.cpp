#include "sim/scenario/parse_places.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/bitcask/disk.hpp"

namespace snowflk::sim::scenario {
namespace {

/// What a step that breaks a place must say if it has no "file".
struct OfEntry {
  Verb verb;
  std::string_view key;
  std::string_view what;
};
constexpr std::array kOfEntry{
    OfEntry{Verb::rot, "entry", "the index of the entry that goes bad"},
    OfEntry{Verb::bad_sector, "entry", "the index of the entry that cannot be read"},
    OfEntry{Verb::stale_read, "entry", "the index of the entry that reads as if it were not there"},
    OfEntry{Verb::misdirected_read, "entry", "the index of the entry that is not read"},
    OfEntry{Verb::misdirected_read, "other", "the index of the entry that is read instead"},
    OfEntry{Verb::misdirected_write, "entry",
            "the index of the entry that is not where it should be"},
    OfEntry{Verb::misdirected_write, "other", "the index of the entry over which it lies"}};

bool is_misdirected(Verb verb) {
  return verb == Verb::misdirected_read || verb == Verb::misdirected_write;
}

Fault fault_at(const Value& value, const Step& step, std::string_view key, std::string why) {
  return Fault{
      .line = value.line, .path = fmt::format("{}.{}", step.path, key), .text = std::move(why)};
}

std::optional<Fault> no_file(const Value& value, const Step& step, std::string_view key,
                             std::string_view name) {
  if (bitcask::parse_file_name(name)) return std::nullopt;
  return fault_at(value, step, key,
                  fmt::format("expected the name of a file of a node, such as \"meta.0\" or "
                              "\"seg-0000000000000001.log\", found \"{}\"",
                              name.substr(0, 40)));
}

std::optional<Fault> wrong_by_file(const Value& value, const Step& step) {
  const std::string_view verb = name_of(step.verb);
  if (value.find("entry") != nullptr) {
    return fault_at(value, step, "entry",
                    fmt::format("\"{}\" has \"entry\" or \"file\", not both", verb));
  }
  if (auto wrong = no_file(value, step, "file", step.text)) return wrong;
  if (!is_misdirected(step.verb)) return std::nullopt;
  if (value.find("other") != nullptr) {
    return fault_at(value, step, "other",
                    "\"other\" is an entry: beside \"file\" it is \"other_file\"");
  }
  if (value.find("other_file") == nullptr) {
    return fault_at(value, step, verb,
                    fmt::format("\"{}\" needs \"other_file\", the file of the other page", verb));
  }
  return no_file(value, step, "other_file", step.other_file);
}

std::optional<Fault> wrong_by_entry(const Value& value, const Step& step) {
  const std::string_view verb = name_of(step.verb);
  for (const OfEntry& need : kOfEntry) {
    if (need.verb != step.verb || value.find(need.key) != nullptr) continue;
    const std::string_view or_else = need.key == "entry" ? ", or \"file\"" : "";
    return fault_at(value, step, verb,
                    fmt::format("\"{}\" needs \"{}\", {}{}", verb, need.key, need.what, or_else));
  }
  // Rot has its byte in the payload of an entry; all else takes the whole page of it.
  for (const std::string_view key : {"byte", "other_file", "other_byte"}) {
    if (value.find(key) == nullptr || step.verb == Verb::rot) continue;
    return fault_at(value, step, key,
                    fmt::format("beside \"{}\", \"{}\" needs \"file\"", verb, key));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> wrong_place(const Value& value, const Step& step) {
  if (std::ranges::find(kOfEntry, step.verb, &OfEntry::verb) == kOfEntry.end()) return std::nullopt;
  return value.find("file") != nullptr ? wrong_by_file(value, step) : wrong_by_entry(value, step);
}

std::optional<Fault> wrong_read(const Value& value, const Step& step) {
  if (value.find("file") != nullptr) return no_file(value, step, "file", step.text);
  if (value.find("byte") == nullptr) return std::nullopt;
  return fault_at(value, step, "byte", "beside \"finish_read\", \"byte\" needs \"file\"");
}

std::optional<Fault> wrong_failing_read(const Value& value, const Step& step) {
  const bool has_file = value.find("file") != nullptr;
  if (!has_file && value.find("byte") != nullptr) {
    return fault_at(value, step, "byte", "beside \"fail\", \"byte\" needs \"file\"");
  }
  const bool is_read = step.word == name_of(DiskActionKind::read);
  if (!is_read && step.bytes != 0) {
    return fault_at(value, step, "bytes", "of reads alone \"fail\" says how many bytes come");
  }
  if (!has_file) return std::nullopt;
  if (!is_read) return fault_at(value, step, "file", "of reads alone \"fail\" says which file");
  return no_file(value, step, "file", step.text);
}

}  // namespace snowflk::sim::scenario
