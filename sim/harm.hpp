// What was done to bytes that were durable: the record that may excuse a node from taking part.
#pragma once

#include <string_view>

#include "core/bitcask/disk.hpp"

namespace snowflk::sim {

enum class HarmKind : u8 {
  turned_bit,
  garbage,  // a sector that power left neither old nor new
  bad_sector,
  stale_read,
  stale_once,
  misdirected_read,
  misdirected_write,
  lost_file,
  wiped,  // all files
};
constexpr std::string_view phrase_of(HarmKind kind) {
  switch (kind) {
    case HarmKind::turned_bit: return "a bit turned";
    case HarmKind::garbage: return "power left garbage";
    case HarmKind::bad_sector: return "a bad sector";
    case HarmKind::stale_read: return "reads as before it was written";
    case HarmKind::stale_once: return "reads once as before it was written";
    case HarmKind::misdirected_read: return "reads as another place";
    case HarmKind::misdirected_write: return "holds what was meant for another place";
    case HarmKind::lost_file: return "the file is lost";
    case HarmKind::wiped: return "all files are gone";
  }
  return "";
}

/// `bytes` from `offset` on of a file; of a lost file and of a wiped disk: 0 and 0.
struct Harm {
  HarmKind kind = HarmKind::turned_bit;
  bitcask::FileId file;  // by its present name
  u64 offset = 0;
  u64 bytes = 0;
  friend constexpr bool operator==(const Harm&, const Harm&) = default;
};

}  // namespace snowflk::sim
