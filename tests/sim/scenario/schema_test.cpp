// The schema that editors use, and the tables of the document, are what the parser knows.
// SNOWFLK_REWRITE=1 rewrites both.
#include "sim/scenario/schema.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sim/scenario/forms.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::scenario {
namespace {

const std::string kSchemaFile = SNOWFLK_SOURCE_DIR "/docs/scenario.schema.json";
const std::string kDocument = SNOWFLK_SOURCE_DIR "/docs/SCENARIOS.md";
constexpr std::string_view kTablesMark =
    "<!-- From here on: made from sim/scenario/forms.cpp. -->\n\n";

bool rewriting() { return std::getenv("SNOWFLK_REWRITE") != nullptr; }

std::string read(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write(const std::string& file, const std::string& text) {
  std::ofstream{file, std::ios::binary} << text;
}

TEST_CASE("docs/scenario.schema.json is made from the parser's own tables") {
  if (rewriting()) write(kSchemaFile, schema());
  CHECK(read(kSchemaFile) == schema());
}

TEST_CASE("the tables of docs/SCENARIOS.md are made from the parser's own tables") {
  std::string text = read(kDocument);
  const auto mark = text.find(kTablesMark);
  REQUIRE(mark != std::string::npos);
  text.resize(mark + kTablesMark.size());
  text += reference_tables();
  if (rewriting()) write(kDocument, text);
  CHECK(read(kDocument) == text);
}

void check_meanings(const Form& form) {
  for (const Key& key : form.keys) {
    INFO(form.name << " " << key.name);
    CHECK(!key.means.empty());
    if (key.shape.kind == Kind::form) check_meanings(*key.shape.form);
  }
}

TEST_CASE("every key of a scenario says what it means") {
  check_meanings(scenario_form());
  check_meanings(step_form());
}

TEST_CASE("every verb is a key of a step, and so is all that may stand beside it") {
  for (const VerbRule& rule : verb_rules()) {
    INFO(name_of(rule.verb));
    CHECK(step_form().find(name_of(rule.verb)) != nullptr);
    for (const std::string_view key : rule.beside) CHECK(step_form().find(key) != nullptr);
  }
  for (u8 verb = 1; verb <= static_cast<u8>(Verb::expect); ++verb) {
    INFO(name_of(static_cast<Verb>(verb)));
    CHECK(std::ranges::find(verb_rules(), static_cast<Verb>(verb), &VerbRule::verb) !=
          verb_rules().end());
  }
}

TEST_CASE("every subject of a claim is a key of an expectation") {
  for (u8 subject = 0; subject <= static_cast<u8>(Subject::events_max); ++subject) {
    INFO(name_of(static_cast<Subject>(subject)));
    CHECK(expectation_form().find(name_of(static_cast<Subject>(subject))) != nullptr);
  }
  CHECK(expectation_form().keys.size() == static_cast<u8>(Subject::events_max) + 1UL);
}

}  // namespace
}  // namespace snowflk::sim::scenario
