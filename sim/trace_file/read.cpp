// The gate of trace files: any bytes may stand in them.
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/trace_file/trace_file.hpp"

namespace snowflk::sim::trace_file {
namespace {

using Json = nlohmann::json;

std::optional<std::string> text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return bytes_of(found->get_ref<const std::string&>());
}

std::optional<u64> number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<u64>();
}

std::optional<u64> hex_of(const Json& object, const char* key) {
  const auto text = text_of(object, key);
  if (!text) return std::nullopt;
  u64 word = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), word, 16);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return word;
}

Json object_of(std::string_view line) {
  // Nesting is judged by the parser's own stack, which grows on the heap.
  Json parsed = Json::parse(line, nullptr, false);
  if (!parsed.is_object()) return Json{};
  return parsed;
}

}  // namespace

std::string bytes_of(const std::string& text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte == 0xc2 || byte == 0xc3) && at + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[at + 1]);
      bytes += static_cast<char>((byte & 0x03) << 6 | (next & 0x3f));
      at += 1;
    } else {
      bytes += text[at];
    }
  }
  return bytes;
}

std::expected<Identity, std::string> parse_header(std::string_view line, std::string_view wanted) {
  if (line.empty()) return std::unexpected("the first line is empty: this is no trace");
  const Json object = object_of(line);
  if (object.is_null()) return std::unexpected("the first line is no JSON object");
  const auto schema = text_of(object, "schema");
  if (!schema) return std::unexpected("the first line names no \"schema\": this is no trace");
  if (*schema != wanted) {
    return std::unexpected(fmt::format("the schema is \"{}\", this build reads \"{}\"",
                                       schema->substr(0, 40), wanted));
  }
  const auto build = text_of(object, "build");
  const auto generator = number_of(object, "generator");
  const auto scenario = text_of(object, "scenario");
  const auto text = text_of(object, "scenario_text");
  const auto hash = hex_of(object, "scenario_hash");
  const auto seed = number_of(object, "seed");
  if (!build || !generator || !scenario || !text || !hash || !seed || *generator > UINT32_MAX) {
    return std::unexpected(
        "the first line lacks one of build, generator, scenario, "
        "scenario_text, scenario_hash, seed");
  }
  return Identity{.build = *build,
                  .generator = static_cast<u32>(*generator),
                  .scenario = *scenario,
                  .scenario_text = *text,
                  .scenario_hash = *hash,
                  .seed = *seed};
}

std::optional<Ending> parse_ending(std::string_view line) {
  const Json object = object_of(line);
  const auto verdict = text_of(object, "verdict");
  const auto property = text_of(object, "property");
  const auto sentence = text_of(object, "sentence");
  const auto events = number_of(object, "events");
  const auto digest = text_of(object, "digest");
  if (!verdict || !property || !sentence || !events || !digest) return std::nullopt;
  return Ending{.verdict = *verdict,
                .property = *property,
                .sentence = *sentence,
                .events = *events,
                .digest = *digest};
}

std::string describe_event(std::string_view line) {
  const Json object = object_of(line);
  const auto id = number_of(object, "i");
  const auto at = number_of(object, "t");
  const auto node = number_of(object, "n");
  const auto kind = text_of(object, "k");
  if (!id || !at || !node || !kind || *at > static_cast<u64>(INT64_MAX)) return "its end";
  const std::string place = *node == 0 ? std::string{} : fmt::format(" on node {}", *node);
  constexpr u64 kMicro = 1'000;
  constexpr u64 kSecond = 1'000'000'000;
  return fmt::format("event {} at {}.{:06}s{}: {}", *id, *at / kSecond, *at % kSecond / kMicro,
                     place, *kind);
}

}  // namespace snowflk::sim::trace_file
