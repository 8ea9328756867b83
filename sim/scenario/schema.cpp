#include "sim/scenario/schema.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/assert.hpp"
#include "sim/scenario/forms.hpp"

namespace snowflk::sim::scenario {
namespace {

using Json = nlohmann::ordered_json;

/// Forms by name, each once, in the order in which they are met.
using Definitions = std::vector<std::pair<std::string, Json>>;

Json schema_of(const Shape& shape, Definitions& definitions);

Json pattern(std::string_view regex) { return Json{{"type", "string"}, {"pattern", regex}}; }

Json node_or(std::string_view other) {
  Json any = Json::array();
  any.push_back(Json{{"type", "integer"}, {"minimum", other == "0" ? 0 : 1}, {"maximum", 9}});
  any.push_back(Json{{"type", "string"}, {"minLength", 1}});
  return Json{{"anyOf", any}};
}

// As deep as the forms stand within each other, which are constants; one that was met is not
// entered again.
Json map_of(const Shape& shape, Definitions& definitions) {
  return Json{{"type", "object"}, {"additionalProperties", schema_of(*shape.element, definitions)}};
}

Json list_of(const Shape& shape, Definitions& definitions) {
  return Json{{"type", "array"}, {"items", schema_of(*shape.element, definitions)}};
}

/// "a starting state" is defined as "starting_state".
std::string definition_name(std::string_view form) {
  for (const std::string_view article : {"a ", "an "}) {
    if (form.starts_with(article)) form.remove_prefix(article.size());
  }
  std::string name{form};
  std::ranges::replace(name, ' ', '_');
  return name;
}

Json object_of(const Form& form, Definitions& definitions) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Key& key : form.keys) {
    Json property = schema_of(key.shape, definitions);
    property["description"] = key.means;
    properties[std::string{key.name}] = std::move(property);
    if (key.required) required.push_back(key.name);
  }
  Json object{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) object["required"] = required;
  return object;
}

Json needs(std::string_view key) {
  Json keys = Json::array();
  keys.push_back(key);
  return Json{{"required", std::move(keys)}};
}

/// A step has one verb or none, not nothing, and what stands beside a verb stands beside no other.
void restrict_step(Json& step) {
  Json verbs = Json::array();
  for (const VerbRule& rule : verb_rules()) verbs.push_back(needs(name_of(rule.verb)));
  Json one = verbs;
  one.push_back(Json{{"not", Json{{"anyOf", verbs}}}});
  step["minProperties"] = 1;
  step["oneOf"] = std::move(one);
  Json beside = Json::object();
  for (const Key& key : step_form().keys) {
    Json may = Json::array();
    for (const VerbRule& rule : verb_rules()) {
      if (std::ranges::find(rule.beside, key.name) != rule.beside.end()) {
        may.push_back(needs(name_of(rule.verb)));
      }
    }
    if (!may.empty()) beside[std::string{key.name}] = Json{{"anyOf", std::move(may)}};
  }
  step["dependentSchemas"] = std::move(beside);
}

Json reference_to(const Form& form, Definitions& definitions) {
  const std::string name = definition_name(form.name);
  if (std::ranges::find(definitions, name, &Definitions::value_type::first) == definitions.end()) {
    definitions.emplace_back(name, Json{});
    Json object = object_of(form, definitions);
    if (&form == &step_form()) restrict_step(object);
    std::ranges::find(definitions, name, &Definitions::value_type::first)->second =
        std::move(object);
  }
  return Json{{"$ref", "#/$defs/" + name}};
}

Json one_of(Json first, Json second) {
  Json any = Json::array();
  any.push_back(std::move(first));
  any.push_back(std::move(second));
  return Json{{"anyOf", std::move(any)}};
}

Json words_of(const Shape& shape) { return Json{{"enum", shape.words}}; }

Json schema_of(const Shape& shape, Definitions& definitions) {
  switch (shape.kind) {
    case Kind::text: return Json{{"type", "string"}};
    case Kind::boolean: return Json{{"type", "boolean"}};
    case Kind::integer:
      return Json{{"type", "integer"}, {"minimum", shape.low}, {"maximum", shape.high}};
    case Kind::duration: return pattern("^[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h)$");
    case Kind::share:
      return pattern(
          "^([0-9]+/[0-9]+|0(\\.[0-9]+)?|1(\\.0+)?|(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%)$");
    case Kind::word: return words_of(shape);
    case Kind::scalar: return Json{{"type", {"string", "integer", "null"}}};
    case Kind::node: return node_or("");
    case Kind::voter: return node_or("0");
    case Kind::member:
    case Kind::place: return node_or("all");
    case Kind::link: return pattern("^[^ ].*->.*[^ ]$");
    case Kind::form: return reference_to(*shape.form, definitions);
    case Kind::list: return list_of(shape, definitions);
    case Kind::some:
      return one_of(schema_of(*shape.element, definitions), list_of(shape, definitions));
    case Kind::by_node:
    case Kind::by_name:
    case Kind::by_reply: return map_of(shape, definitions);
    case Kind::condition: return one_of(words_of(shape), reference_to(*shape.form, definitions));
  }
  SNOWFLK_ASSERT(false);
  return {};
}

// ---- Markdown -------------------------------------------------------------------------------

std::string type_of(const Shape& shape) {
  switch (shape.kind) {
    case Kind::text: return "text";
    case Kind::boolean: return "true or false";
    case Kind::integer: return "integer";
    case Kind::duration: return "duration";
    case Kind::share: return "share";
    case Kind::word: return fmt::format("`{}`", fmt::join(shape.words, "`, `"));
    case Kind::scalar: return "text, integer or null";
    case Kind::node: return "node";
    case Kind::voter: return "node or 0";
    case Kind::member: return "node or `all`";
    case Kind::place: return "node, link or `all`";
    case Kind::link: return "link";
    case Kind::form: return fmt::format("object: {}", shape.form->name);
    case Kind::list: return fmt::format("list of: {}", type_of(*shape.element));
    case Kind::some: return fmt::format("{}, or a list", type_of(*shape.element));
    case Kind::by_node: return fmt::format("node to {}", type_of(*shape.element));
    case Kind::by_name: return fmt::format("key to {}", type_of(*shape.element));
    case Kind::by_reply: return fmt::format("proposal to {}", type_of(*shape.element));
    case Kind::condition:
      return fmt::format("`{}`, or {}", fmt::join(shape.words, "`, `"), shape.form->name);
  }
  return "?";
}

std::string meaning_of(const Key& key) {
  std::string meaning{key.means};
  if (!key.otherwise.empty()) meaning += fmt::format("; {} if left out", key.otherwise);
  if (key.required) meaning += "; required";
  return meaning;
}

std::string table_of(const Form& form) {
  std::string table = fmt::format("### {}\n\n| key | value | meaning |\n| --- | --- | --- |\n",
                                  definition_name(form.name));
  for (const Key& key : form.keys) {
    table += fmt::format("| `{}` | {} | {} |\n", key.name, type_of(key.shape), meaning_of(key));
  }
  return table + "\n";
}

void add_forms(const Form& form, std::vector<const Form*>& forms);

void add_forms(const Shape& shape, std::vector<const Form*>& forms) {
  if (shape.form != nullptr) add_forms(*shape.form, forms);
  if (shape.element != nullptr) add_forms(*shape.element, forms);
}

void add_forms(const Form& form, std::vector<const Form*>& forms) {
  if (std::ranges::find(forms, &form) != forms.end()) return;
  forms.push_back(&form);
  for (const Key& key : form.keys) add_forms(key.shape, forms);
}

}  // namespace

std::string schema() {
  Definitions definitions;
  Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "A snowflk scenario"}};
  root.update(object_of(scenario_form(), definitions));
  for (auto& [name, definition] : definitions) root["$defs"][name] = std::move(definition);
  return root.dump(2) + "\n";
}

std::string reference_tables() {
  std::vector<const Form*> forms;
  add_forms(scenario_form(), forms);
  std::string tables;
  for (const Form* form : forms) tables += table_of(*form);
  tables.pop_back();
  return tables;
}

}  // namespace snowflk::sim::scenario
