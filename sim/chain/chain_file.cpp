#include "sim/chain/chain_file.hpp"

#include <nlohmann/json.hpp>

#include "core/trace/json.hpp"
#include "sim/state/state.hpp"

namespace snowflk::sim::chain {

void Writer::event(const World& world, const StepRecord& record) {
  const u64 event = record.event.value;
  if (window_ && window_->first <= event && event <= window_->last) {
    std::optional<Digest> state;
    if (wants_state(event)) state = state::digest_of(world);
    trace_file::append_event(*out_, record, world.digest(), trace_file::Extent::whole, state);
  } else if (event % kEventsPerCheckpoint == 0) {
    checkpoint(world);
  }
}

bool Writer::wants_state(u64 event) const {
  return event % kEventsPerState == 0 || window_->last - window_->first <= kEventsPerState;
}

void Writer::ended(const World& world) { checkpoint(world); }

void Writer::checkpoint(const World& world) {
  trace::JsonWriter json{*out_};
  json.begin_object()
      .member("i", world.counters().events)
      .member("t", world.now().value)
      .member("d", trace_file::print(world.digest()))
      .member("state", trace_file::print(state::digest_of(world)))
      .end_object();
  *out_ += '\n';
}

std::optional<Line> parse_line(std::string_view text) {
  const nlohmann::json object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const auto event = object.find("i");
  const auto at = object.find("t");
  const auto digest = object.find("d");
  const auto state = object.find("state");
  const auto end = object.end();
  const bool whole = object.contains("k");
  if (event == end || at == end || digest == end || (state == end && !whole)) return std::nullopt;
  if (!event->is_number_unsigned() || !at->is_number_integer() || !digest->is_string()) {
    return std::nullopt;
  }
  if (state != end && !state->is_string()) return std::nullopt;
  return Line{.event = event->get<u64>(),
              .at = at->get<i64>(),
              .digest = digest->get<std::string>(),
              .state = state == end ? std::string{} : state->get<std::string>(),
              .whole = whole};
}

}  // namespace snowflk::sim::chain
