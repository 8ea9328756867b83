// The names of our files: made here, judged here.
#include "core/bitcask/disk.hpp"

#include <array>
#include <charconv>

namespace snowflk::bitcask {
namespace {

constexpr std::string_view kMetaPrefix = "meta.";
constexpr std::string_view kManifestPrefix = "MANIFEST.";
constexpr std::string_view kManifestNewPrefix = "MANIFEST.new.";
constexpr std::string_view kSegmentPrefix = "seg-";
constexpr std::string_view kSegmentSuffix = ".log";
constexpr std::size_t kHexDigits = 16;

std::string decimal(u64 number) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string hex16(u64 number) {
  std::array<char, kHexDigits> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, 16).ptr;
  const std::string digits{text.data(), end};
  return std::string(kHexDigits - digits.size(), '0') + digits;
}

/// The number that is all of `text`, in `base`.
std::optional<u64> whole_number(std::string_view text, int base) {
  u64 number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<FileId> file_of(FileKind kind, std::string_view number, int base) {
  const auto value = whole_number(number, base);
  if (!value) return std::nullopt;
  return FileId{.kind = kind, .number = *value};
}

std::optional<FileId> parse_any_spelling(std::string_view name) {
  if (name.starts_with(kMetaPrefix)) {
    return file_of(FileKind::meta, name.substr(kMetaPrefix.size()), 10);
  }
  if (name.starts_with(kManifestNewPrefix)) {
    return file_of(FileKind::manifest_new, name.substr(kManifestNewPrefix.size()), 10);
  }
  if (name.starts_with(kManifestPrefix)) {
    return file_of(FileKind::manifest, name.substr(kManifestPrefix.size()), 10);
  }
  if (!name.starts_with(kSegmentPrefix) || !name.ends_with(kSegmentSuffix)) return std::nullopt;
  name.remove_prefix(kSegmentPrefix.size());
  if (name.size() < kSegmentSuffix.size()) return std::nullopt;
  name.remove_suffix(kSegmentSuffix.size());
  return file_of(FileKind::segment, name, 16);
}

}  // namespace

std::string file_name(FileId file) {
  switch (file.kind) {
    case FileKind::meta: return std::string(kMetaPrefix) + decimal(file.number);
    case FileKind::manifest: return std::string(kManifestPrefix) + decimal(file.number);
    case FileKind::manifest_new: return std::string(kManifestNewPrefix) + decimal(file.number);
    case FileKind::segment:
      return std::string(kSegmentPrefix) + hex16(file.number) + std::string(kSegmentSuffix);
  }
  return {};
}

std::optional<FileId> parse_file_name(std::string_view name) {
  const auto file = parse_any_spelling(name);
  // Only the one spelling that we write is ours: seg-1.log or meta.01 is somebody else's file.
  if (!file || file_name(*file) != name) return std::nullopt;
  if (file->kind == FileKind::meta && file->number > 1) return std::nullopt;
  return file;
}

}  // namespace snowflk::bitcask
