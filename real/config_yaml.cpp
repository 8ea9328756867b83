// The configuration file: strict YAML. Every complaint has a line, a column and, for a word that is
// not known, the nearest one that is.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "core/base/nearest.hpp"
#include "real/config.hpp"

namespace snowflk::real {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

/// A list of maps of values: what nests deeper is no configuration.
constexpr std::size_t kDepthMax = 8;

std::string place(std::string_view name, const YAML::Mark& mark) {
  return std::string{name} + ":" + std::to_string(mark.line + 1) + ":" +
         std::to_string(mark.column + 1);
}

std::unexpected<Failure> complain(std::string_view name, const YAML::Mark& mark,
                                  std::string_view what) {
  return std::unexpected{Failure{place(name, mark) + ": " + std::string{what}}};
}

std::string unknown(std::string_view word, std::span<const std::string_view> known) {
  std::string text = "unknown key '" + std::string{word.substr(0, 60)} + "'";
  if (const auto near = nearest(word, known)) {
    text += "; did you mean '" + std::string{*near} + "'?";
  }
  return text;
}

/// Calls each(key, key node, value node) for the pairs of a map; the first failure ends it.
template <class Each>
std::expected<void, Failure> for_each_pair(const YAML::Node& map, std::string_view name,
                                           Each&& each) {
  std::set<std::string> seen;
  for (const auto& pair : map) {
    if (!pair.first.IsScalar()) return complain(name, pair.first.Mark(), "a key must be a word");
    const auto& key = pair.first.Scalar();
    if (!seen.insert(key).second) {
      return complain(name, pair.first.Mark(), "'" + key + "' is given twice");
    }
    if (auto done = each(key, pair.first, pair.second); !done) return done;
  }
  return {};
}

/// { id: 1, address: 127.0.0.1:7001, clients: 127.0.0.1:6379 } as
/// "1=127.0.0.1:7001@127.0.0.1:6379".
Result<std::string> member_text(const YAML::Node& node, std::string_view name) {
  static constexpr std::array<std::string_view, 3> kWords{"id", "address", "clients"};
  if (!node.IsMap()) return complain(name, node.Mark(), "a peer is { id: 1, address: host:port }");
  std::array<std::string, 3> values;
  const auto read =
      for_each_pair(node, name,
                    [&](const std::string& key, const YAML::Node& at,
                        const YAML::Node& value) -> std::expected<void, Failure> {
                      const auto word = std::ranges::find(kWords, key);
                      if (word == kWords.end()) {
                        return complain(name, at.Mark(), unknown(key, kWords));
                      }
                      if (!value.IsScalar()) {
                        return complain(name, value.Mark(), key + " must be one value");
                      }
                      values[static_cast<std::size_t>(word - kWords.begin())] = value.Scalar();
                      return {};
                    });
  if (!read) return std::unexpected{read.error()};
  if (values[0].empty()) return complain(name, node.Mark(), "the peer has no id");
  if (values[1].empty()) return complain(name, node.Mark(), "the peer has no address");
  return values[0] + "=" + values[1] + (values[2].empty() ? "" : "@" + values[2]);
}

std::expected<void, Failure> read_members(Config& config, const Key& key, const YAML::Node& value,
                                          std::string_view name) {
  std::vector<Member> members;
  for (const auto& node : value) {
    const auto text = member_text(node, name);
    if (!text) return std::unexpected{text.error()};
    if (auto one = set(config, key, *text); !one) {
      return complain(name, node.Mark(), one.error().text);
    }
    members.insert(members.end(), config.peers.begin(), config.peers.end());
  }
  config.peers = std::move(members);
  return {};
}

std::expected<void, Failure> read_pair(Config& config, const std::string& word,
                                       const YAML::Node& at, const YAML::Node& value,
                                       std::string_view name) {
  const auto key = std::ranges::find(keys(), word, &Key::name);
  if (key == keys().end()) {
    std::vector<std::string_view> known;
    known.reserve(keys().size());
    for (const auto& each : keys()) known.push_back(each.name);
    return complain(name, at.Mark(), unknown(word, known));
  }
  const bool members = std::holds_alternative<std::vector<Member>*>(key->slot(config));
  // Of a value that is not there, YAML knows the place only where the next thing stands.
  if (value.IsNull()) return complain(name, at.Mark(), word + " has no value");
  if (members && value.IsSequence()) {
    config.origins.insert_or_assign(word, place(name, at.Mark()));
    return read_members(config, *key, value, name);
  }
  if (!value.IsScalar()) {
    return complain(
        name, value.Mark(),
        members ? "peers must be a list of { id, address }" : word + " must be one value");
  }
  return set_from(config, *key, value.Scalar(), place(name, value.Mark()));
}

/// What a text is made of, seen before anything is made of it: how deep it nests, and where what
/// it holds begins.
class Shape final : public YAML::EventHandler {
 public:
  /// Nothing: it holds nothing.
  [[nodiscard]] const std::optional<YAML::Mark>& first() const { return first_; }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { see(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { see(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {
    see(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {
    enter(mark);
  }
  void OnSequenceEnd() override { depth_ -= 1; }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    enter(mark);
  }
  void OnMapEnd() override { depth_ -= 1; }

 private:
  void see(const YAML::Mark& mark) {
    if (!first_) first_ = mark;
  }
  void enter(const YAML::Mark& mark) {
    see(mark);
    depth_ += 1;
    if (depth_ > kDepthMax) throw YAML::ParserException{mark, "nested too deeply"};
  }
  std::optional<YAML::Mark> first_;
  std::size_t depth_ = 0;
};

/// Judges the shape of `text`. Nothing: it is one document, or none. That there is a second is
/// asked once: yaml-cpp finds documents without end where a text goes on with what begins none.
std::optional<Failure> wrong_shape(const std::string& text, std::string_view name) {
  std::istringstream stream{text};
  YAML::Parser parser{stream};
  Shape only;
  if (!parser.HandleNextDocument(only)) return std::nullopt;
  Shape second;
  if (!parser.HandleNextDocument(second)) return std::nullopt;
  return complain(name, second.first().value_or(YAML::Mark{}),
                  "a second document; the file must hold one")
      .error();
}

}  // namespace

std::expected<void, Failure> read_yaml(Config& config, const std::string& text,
                                       std::string_view name) {
  try {
    if (auto wrong = wrong_shape(text, name)) return std::unexpected{*std::move(wrong)};
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return {};
    if (!root.IsMap()) return complain(name, root.Mark(), "expected 'key: value' lines");
    return for_each_pair(
        root, name, [&](const std::string& word, const YAML::Node& at, const YAML::Node& value) {
          return read_pair(config, word, at, value, name);
        });
  } catch (const YAML::Exception& error) {
    return complain(name, error.mark, error.msg);
  }
}

Result<std::string> read_config_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::unexpected{system_failure("open " + path)};
  std::string text;
  text.resize(kFileBytesMax + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.gcount() == 0 && !file.eof())) {
    return std::unexpected{system_failure("read " + path)};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) {
    return std::unexpected{Failure{path + " is larger than 1MiB: no configuration"}};
  }
  return text;
}

}  // namespace snowflk::real
