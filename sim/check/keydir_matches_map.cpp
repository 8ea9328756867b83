#include "sim/check/keydir_matches_map.hpp"

#include "sim/check/linearizability.hpp"

namespace snowflk::sim {
namespace {

class Comparison {
 public:
  Comparison(const Seat& seat, const Model::Map& map, Instant at)
      : seat_(seat), map_(map), at_(at) {}

  Finding run() {
    const kv::Machine& machine = seat_.node.machine();
    machine.for_each([&](Bytes key, const kv::Found& found) {
      if (!finding_) check(as_text(key), found);
    });
    if (finding_) return finding_;
    for (const auto& [key, value] : map_) {
      const auto found = machine.find(as_bytes(key));
      if (found.where == kv::Found::Where::absent) return wrong(key, "has no value");
    }
    return std::nullopt;
  }

 private:
  void check(std::string_view key, const kv::Found& found) {
    const auto expected = map_.find(key);
    if (expected == map_.end()) {
      finding_ = wrong(key, "has a value");
    } else if (found.where == kv::Found::Where::memory) {
      if (as_text(found.value) != expected->second) finding_ = wrong(key, "has another value");
    } else {
      check_file(key, found.location, expected->second);
    }
  }

  void check_file(std::string_view key, const bitcask::RecordLocation& location,
                  std::string_view expected) {
    const bitcask::Store& store = seat_.node.store();
    bitcask::DiskRequests requests;
    std::vector<bitcask::Event> events;
    static_cast<void>(store.read_record(location, {requests, events}));
    SNOWFLK_ASSERT(requests.reads().size() == 1);
    const bitcask::DiskRead& read = requests.reads().front();
    bytes_.resize(read.length);
    bytes_.resize(seat_.disk.peek(read.file, read.offset, bytes_));
    const auto record = store.check_record(location, bytes_);
    const bool good = record && as_text(record->key) == key;
    if (!good && seat_.disk.counters().rotted > 0) return;
    if (!good) finding_ = wrong(key, "points to bytes that are no record of it");
    if (good && as_text(record->value) != expected) finding_ = wrong(key, "has another value");
  }

  [[nodiscard]] Violation wrong(std::string_view key, std::string_view what) const {
    const auto expected = map_.find(key);
    std::string sentence = "node " + text_of(seat_.id) + ": key " + quoted(key, 40) + " ";
    sentence += what;
    sentence += " after entry " + std::to_string(seat_.node.applied_index().value) + ", where ";
    sentence += expected == map_.end() ? "there is none" : "it is " + quoted(expected->second, 40);
    sentence += " by the log (seen at " + text_of(at_) + ")";
    return Violation{.property = "keydir_matches_map",
                     .kind = ViolationKind::safety,
                     .sentence = std::move(sentence)};
  }

  const Seat& seat_;
  const Model::Map& map_;
  Instant at_;
  Finding finding_;
  std::vector<std::byte> bytes_;
};

}  // namespace

Finding keydir_matches_map(const Seat& seat, const Model::Map& map, Instant at) {
  return Comparison{seat, map, at}.run();
}

}  // namespace snowflk::sim
