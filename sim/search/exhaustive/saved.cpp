#include "sim/search/exhaustive/saved.hpp"

#include <array>
#include <bit>

#include "core/base/hash.hpp"

namespace snowflk::sim::exhaustive {
namespace {

constexpr u64 kMark = 0x65726f6c70786573ULL;  // "sexplore"
constexpr u64 kVersion = 1;
constexpr std::size_t kWordsAtOnce = 4096;

u64 little(u64 word) {
  return std::endian::native == std::endian::big ? __builtin_bswap64(word) : word;
}

class Writer {
 public:
  explicit Writer(const Sink& sink) : sink_(sink) { words_.reserve(kWordsAtOnce); }

  void word(u64 word) {
    digest_.add(word);
    words_.push_back(little(word));
    if (words_.size() == kWordsAtOnce) flush();
  }
  void bytes(std::span<const u8> bytes) {
    word(bytes.size());
    digest_.add(std::as_bytes(bytes));
    flush();
    ok_ = ok_ && sink_(std::as_bytes(bytes));
  }
  bool end() {
    const Digest digest = digest_.finished();
    word(digest.high);
    word(digest.low);
    flush();
    return ok_;
  }

 private:
  void flush() {
    ok_ = ok_ && sink_(std::as_bytes(std::span{words_}));
    words_.clear();
  }

  const Sink& sink_;
  std::vector<u64> words_;
  Digest digest_;
  bool ok_ = true;
};

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source) {}

  u64 word() {
    u64 word = 0;
    ok_ = ok_ && source_(std::as_writable_bytes(std::span{&word, 1}));
    if (!ok_) return 0;
    word = little(word);
    digest_.add(word);
    return word;
  }
  /// At most `most`.
  std::vector<u8> bytes(std::size_t most) {
    const u64 size = word();
    ok_ = ok_ && size <= most;
    std::vector<u8> bytes(ok_ ? size : 0);
    ok_ = ok_ && source_(std::as_writable_bytes(std::span{bytes}));
    digest_.add(std::as_bytes(std::span{bytes}));
    return bytes;
  }
  bool end() {
    const Digest digest = digest_.finished();
    const u64 high = word();
    const u64 low = word();
    return ok_ && digest == Digest{high, low};
  }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  const Source& source_;
  Digest digest_;
  bool ok_ = true;
};

std::array<u64, 11> words_of(const Bounds& b) {
  return {b.nodes,
          b.terms,
          b.entries,
          b.crashes,
          b.drops,
          b.duplicates,
          b.overtakes,
          b.heartbeats,
          b.entries_per_message,
          b.old_messages ? 1U : 0U,
          b.symmetry ? 1U : 0U};
}

Bounds bounds_of(const std::array<u64, 11>& w) {
  const auto at = [&](std::size_t i) { return static_cast<u32>(w[i]); };
  return Bounds{.nodes = static_cast<u8>(w[0]),
                .terms = at(1),
                .entries = at(2),
                .crashes = at(3),
                .drops = at(4),
                .duplicates = at(5),
                .overtakes = at(6),
                .heartbeats = at(7),
                .entries_per_message = at(8),
                .old_messages = w[9] != 0,
                .symmetry = w[10] != 0};
}

void write(const Frontier& frontier, Writer& out) {
  out.word(frontier.chunks().size());
  for (const Chunk& chunk : frontier.chunks()) out.bytes(chunk.bytes());
}

bool read(Reader& in, Frontier& frontier) {
  for (u64 left = in.word(); left > 0 && in.ok(); --left) {
    Chunk chunk;
    if (!Chunk::read(in.bytes(Chunk::kBytesMax), chunk)) return false;
    frontier.push(std::move(chunk));
  }
  return in.ok();
}

}  // namespace

bool save(const Progress& progress, std::string_view build, const Sink& sink) {
  Writer out{sink};
  out.word(kMark);
  out.word(kVersion);
  out.word(hash64(as_bytes(build), kVersion));
  for (const u64 word : words_of(progress.bounds)) out.word(word);
  out.word(progress.depth);
  out.word(progress.transitions);
  out.word(progress.no_room);
  out.word(progress.next_number);
  out.word(progress.states());
  for (const u64 origin : progress.origins) out.word(origin);
  progress.seen.for_each([&](const Fingerprint& print) {
    out.word(print.high);
    out.word(print.low);
  });
  write(progress.layer, out);
  write(progress.next, out);
  return out.end();
}

std::expected<Progress, std::string> load(std::string_view build, const Source& source) {
  const auto wrong = [](const char* sentence) { return std::unexpected(std::string(sentence)); };
  Reader in{source};
  if (in.word() != kMark) return wrong("it is no search that was stopped");
  if (in.word() != kVersion) return wrong("it is of another version of this command");
  if (in.word() != hash64(as_bytes(build), kVersion)) {
    return wrong("it is of another build: what that build saw, this one may not have");
  }
  Progress progress;
  std::array<u64, 11> words{};
  for (u64& word : words) word = in.word();
  progress.bounds = bounds_of(words);
  progress.depth = in.word();
  progress.transitions = in.word();
  progress.no_room = in.word();
  progress.next_number = in.word();
  const u64 states = in.word();
  for (u64 left = states; left > 0 && in.ok(); --left) progress.origins.push_back(in.word());
  for (u64 left = states; left > 0 && in.ok(); --left) {
    const u64 high = in.word();
    progress.seen.insert({.high = high, .low = in.word()});
  }
  const bool whole = read(in, progress.layer) && read(in, progress.next) && in.end();
  if (!whole || why_not(progress.bounds)) return wrong("it is cut off or damaged");
  return progress;
}

}  // namespace snowflk::sim::exhaustive
