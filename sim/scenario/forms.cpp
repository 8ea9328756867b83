#include "sim/scenario/forms.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "core/base/quantity.hpp"
#include "core/node/events.hpp"
#include "sim/random.hpp"
#include "sim/scenario/shapes.hpp"
#include "sim/scenario/words.hpp"

namespace snowflk::sim::scenario {
namespace {

// ---- Options: their keys are the fields of the structs in sim/options.hpp ----------------------

template <class Member>
constexpr Shape shape_of(std::string_view field) {
  // As invalid() judges them: an editor can say so too.
  if (field == "clients") return Shape{.kind = Kind::integer, .low = 0, .high = 64};
  if (field == "keys") return Shape{.kind = Kind::integer, .low = 1, .high = 1000};
  if (field == "upgrade_ahead_max") {
    return Shape{.kind = Kind::integer, .low = 1, .high = kVersionsAway};
  }
  if (field == "value_bytes") return Shape{.kind = Kind::integer, .low = 0, .high = 60'000};
  if constexpr (std::is_same_v<Member, Duration>) return kDuration;
  if constexpr (std::is_same_v<Member, bool>) return kFlag;
  if (field.ends_with("_ppm")) return kShare;
  return kNumber;
}

template <class Member>
std::string print_default(std::string_view field, const Member& member) {
  if constexpr (std::is_same_v<Member, Duration>) {
    return snowflk::print(member);
  } else if constexpr (std::is_same_v<Member, bool>) {
    return member ? "true" : "false";
  } else {
    // What is no whole number of percent stands nowhere among the defaults.
    if (field.ends_with("_ppm")) return fmt::format("{}%", member / 10'000);
    return fmt::format("{}", member);
  }
}

template <class Options>
Form options_form(std::string_view name) {
  Form form{.name = name, .keys = {}};
  Options options;
  for_each_field(options, [&]<class Member>(std::string_view field, Member& member) {
    form.keys.push_back(Key{.name = key_of_field(field),
                            .shape = shape_of<Member>(field),
                            .means = meaning_of_option(Options::kName, key_of_field(field)),
                            .otherwise = print_default(field, member)});
  });
  return form;
}

const Form& start_form() {
  static const Form kForm{
      .name = "a starting state",
      .keys = {
          {"term", kNumber, "The current term; that of the last entry if left out"},
          {"vote", kVoter, "Whom the node voted for in that term; 0: nobody"},
          {"log", kTerms, "The terms of the entries from index 1; each sets key x to its index"},
          {"commit", kNumber, "The highest index that the node knew to be committed"}}};
  return kForm;
}

std::vector<Key> event_counts() {
  std::vector<Key> keys;
  for (const std::string_view word : event_words()) {
    keys.push_back(
        Key{.name = word, .shape = kNumber, .means = "How often, at all nodes together"});
  }
  return keys;
}

const Form& event_form() {
  static const Form kForm{.name = "a list of events", .keys = event_counts()};
  return kForm;
}

}  // namespace

const Form& expectation_form() {
  static const Form kForm{
      .name = "an expectation",
      .keys = {
          {"role", kRoleOfNode, "What each of these nodes is"},
          {"term", kNumberOfNode, "The current term of each of these nodes"},
          {"vote", kVoteOfNode,
           "Whom each of these nodes voted for in its current term; 0: nobody"},
          {"log", kLogOfNode, "The terms of all entries in the log of each of these nodes"},
          {"last_index", kNumberOfNode, "The index of the last entry of each of these nodes"},
          {"commit", kNumberOfNode, "The commit index of each of these nodes"},
          {"commit_min", kNumberOfNode, "The commit index of each of these nodes is at least this"},
          {"applied", kNumberOfNode, "The index up to which each of these nodes has applied"},
          {"value", kValues,
           "The value of each of these keys on every node that is up; null: none"},
          {"value_at", kValuesOfNode, "The values of keys on each of these nodes"},
          {"reply", kReplies, "What each of these proposals was answered; null: nil"},
          {"outcome", kOutcomes, "How each of these proposals ended"},
          {"leader", kVoter, "Who leads in the latest term that has a leader; 0: nobody leads"},
          {"logs_equal", kBoolean,
           "Whether the logs of all nodes that are up have the same entries"},
          {"term_max", kNumber, "No node is in a later term than this"},
          {"leaders_per_term_max", kNumber, "No term had more leaders than this"},
          {"elections_max", kNumber, "So far, all nodes together stood at most this often"},
          {"leaderships_max", kNumber, "So far, nodes became leader at most this often"},
          {"events_min", form_shape(event_form()),
           "So far, these events happened at least so often"},
          {"events_max", form_shape(event_form()),
           "So far, these events happened at most so often"},
      }};
  return kForm;
}

namespace {

const Form& crash_point_form() {
  static const Form kForm{
      .name = "a crash point",
      .keys = {{"event", kTerm, "The number of the event that has the effect", true},
               {"node", Shape{.kind = Kind::integer, .low = 1, .high = 9}, "Whose effect", true},
               {"at", Shape{.kind = Kind::word, .words = moment_words()},
                "Right before or after which effect", true},
               {"nth", kTerm, "The how-manieth such effect of that event; 1 if left out"},
               {"keep", kText,
                "The power is cut, and this is left of unsynced data, as beside \"power_cut\"; the "
                "process alone ends if left out"}}};
  return kForm;
}

const Form& fork_form() {
  static const Form kForm{.name = "a fork",
                          .keys = {{"event", kTerm, "After so many events", true},
                                   {"seed", kTerm, "What is drawn from there on", true}}};
  return kForm;
}

const Form& priorities_form() {
  static const Form kForm{
      .name = "priorities",
      .keys = {
          {"depth", Shape{.kind = Kind::integer, .low = 1, .high = kPriorityDepthMax},
           "One more than how often a priority changes", true},
          {"steps", kTerm, "So many events are scheduled so, the first ones", true},
          {"window", kDuration, "How much later than the first that waits may overtake it", true}}};
  return kForm;
}

}  // namespace

const Form& scenario_form() {
  static const Form kNetwork = options_form<NetworkOptions>("network");
  static const Form kDisk = options_form<DiskOptions>("disk");
  static const Form kClock = options_form<ClockOptions>("clock");
  static const Form kFaults = options_form<FaultOptions>("faults");
  static const Form kWorkload = options_form<WorkloadOptions>("workload");
  static const Form kNodeTimes = options_form<NodeTimes>("node");
  static const Shape kStartShape = form_shape(start_form());
  static const Shape kStepShape = form_shape(step_form());
  static const Shape kForkShape = form_shape(fork_form());
  static const Form kForm{
      .name = "a scenario",
      .keys = {
          {"$schema", kText, "For editors: where docs/scenario.schema.json is"},
          {"story", kText, "What happens, in a sentence or two", true},
          {"nodes", Shape{.kind = Kind::integer, .low = 1, .high = 9}, "How many; 3 if left out"},
          {"seed", Shape{.kind = Kind::integer, .low = 0, .high = INT64_MAX},
           "The seed when the command line gives none; 1 if left out"},
          {"swarm", kBoolean, "What this file does not say, the seed draws"},
          {"mode", word_shape(kModeWords),
           "What a swarm draws: few and mild faults in small worlds, all within the bounds that a "
           "cluster must recover from, or beyond them, where safety alone is judged; swarm if left "
           "out"},
          {"generator", Shape{.kind = Kind::integer, .low = 1, .high = i64{kGeneratorVersion}},
           "Which version of the swarm draws; the newest if left out"},
          {"by_hand", kByHand, "What happens only when the script says so"},
          {"recorded", kBoolean,
           "The script is a recorded schedule: after each step, what is not by hand comes to rest; "
           "a "
           "step that finds nothing to act on is passed over"},
          {"under_way", kBoolean,
           "A disk operation that is the first to wait for `finish` is under way: a crash may "
           "leave "
           "a part of it"},
          {"duration", kDuration,
           "How long faults and clients last; with a script: at least so long. If left out: as "
           "long as "
           "the script; without a script 10 s"},
          {"heal", kBoolean,
           "In the end faults stop and the cluster must converge; true if left out"},
          {"converge_within", kDuration, "How long it may take to converge"},
          {"network", form_shape(kNetwork), "Delays and faults of the network"},
          {"disk", form_shape(kDisk), "Times and faults of the disks"},
          {"clock", form_shape(kClock), "How wrong the nodes' clocks are"},
          {"faults", form_shape(kFaults), "Faults that come by themselves: mean intervals"},
          {"workload", form_shape(kWorkload), "What clients do by themselves; nothing if left out"},
          {"node", form_shape(kNodeTimes), "What the nodes are started with"},
          {"start", Shape{.kind = Kind::by_node, .element = &kStartShape},
           "With what terms, votes and logs nodes start; the others start empty"},
          {"versions", kVersionOfNode,
           "Of what versions nodes start: so many minors of the wire format ahead of this one, or "
           "behind if negative; the others are of this one"},
          {"script", Shape{.kind = Kind::list, .element = &kStepShape},
           "What is done, in this order"},
          {"crash_point", form_shape(crash_point_form()),
           "A node crashes there, and with it all else ends but the healing; of sim explore"},
          {"forks", Shape{.kind = Kind::list, .element = &kForkShape},
           "Where what is drawn is drawn anew, by ascending events; of sim explore"},
          {"priorities", form_shape(priorities_form()),
           "Who goes first is drawn, whatever the times say; of sim explore"},
          {"expect", form_shape(expectation_form()), "All of this holds in the end"},
          {"verdict", word_shape(kVerdictWords),
           "How every run ends; pass if left out. A control: what must be flagged, is"},
          {"property", kText, "Which property must be broken, if the verdict is not pass"},
      }};
  return kForm;
}

namespace {

// What may stand beside a verb.
using Words = std::string_view;
constexpr std::array kUntil{Words{"within"}, Words{"as"}};
constexpr std::array kCrash{Words{"at"}, Words{"under_way"}};
constexpr std::array kPowerCut{Words{"at"}, Words{"unsynced"}, Words{"keep"}, Words{"under_way"}};
constexpr std::array kPropose{Words{"to"}, Words{"as"}};
constexpr std::array kMessages{Words{"link"}, Words{"newest"}, Words{"number"}, Words{"all"}};
constexpr std::array kDeliver{Words{"link"}, Words{"newest"}, Words{"number"}, Words{"all"},
                              Words{"flip"}};
constexpr std::array kHold{Words{"link"}};
constexpr std::array kOperation{Words{"operation"}, Words{"file"}, Words{"byte"}, Words{"bytes"}};
constexpr std::array kOnPage{Words{"entry"}, Words{"file"}, Words{"byte"}};
constexpr std::array kOnPageOnce{Words{"entry"}, Words{"file"}, Words{"byte"}, Words{"once"}};
constexpr std::array kOnTwoPages{Words{"entry"}, Words{"other"},      Words{"file"},
                                 Words{"byte"},  Words{"other_file"}, Words{"other_byte"}};
constexpr std::array kFile{Words{"file"}};
constexpr std::array kRead{Words{"file"}, Words{"byte"}, Words{"number"}};
constexpr std::array kHow{Words{"how"}};
constexpr std::array kUpgrade{Words{"version"}, Words{"under_way"}};
constexpr std::array kPpm{Words{"ppm"}};
constexpr std::array kJump{Words{"ms"}, Words{"ns"}};
constexpr std::array kOrder{Words{"order"}};
constexpr std::array kFinish{Words{"operation"}, Words{"lane"}, Words{"error"}, Words{"all"}};

}  // namespace

std::span<const VerbRule> verb_rules() {
  static constexpr std::array kRules{VerbRule{Verb::run, {}},
                                     VerbRule{Verb::until, kUntil},
                                     VerbRule{Verb::isolate, {}},
                                     VerbRule{Verb::cut, {}},
                                     VerbRule{Verb::heal, kOrder},
                                     VerbRule{Verb::crash, kCrash},
                                     VerbRule{Verb::power_cut, kPowerCut},
                                     VerbRule{Verb::restart, {}},
                                     VerbRule{Verb::pause, {}},
                                     VerbRule{Verb::resume, {}},
                                     VerbRule{Verb::campaign, {}},
                                     VerbRule{Verb::wake, {}},
                                     VerbRule{Verb::propose, kPropose},
                                     VerbRule{Verb::deliver, kDeliver},
                                     VerbRule{Verb::drop, kMessages},
                                     VerbRule{Verb::duplicate, kDeliver},
                                     VerbRule{Verb::exchange, {}},
                                     VerbRule{Verb::hold, kHold},
                                     VerbRule{Verb::release, kHold},
                                     VerbRule{Verb::by_hand, {}},
                                     VerbRule{Verb::give_up, {}},
                                     VerbRule{Verb::stream_up, {}},
                                     VerbRule{Verb::stream_down, {}},
                                     VerbRule{Verb::hold_disk, {}},
                                     VerbRule{Verb::release_disk, {}},
                                     VerbRule{Verb::finish, kFinish},
                                     VerbRule{Verb::redraw, {}},
                                     VerbRule{Verb::finish_read, kRead},
                                     VerbRule{Verb::fail, kOperation},
                                     VerbRule{Verb::rot, kOnPage},
                                     VerbRule{Verb::fill, {}},
                                     VerbRule{Verb::free, {}},
                                     VerbRule{Verb::split, {}},
                                     VerbRule{Verb::bridge, {}},
                                     VerbRule{Verb::ring, {}},
                                     VerbRule{Verb::jam, {}},
                                     VerbRule{Verb::wipe, {}},
                                     VerbRule{Verb::leave_out, kHow},
                                     VerbRule{Verb::upgrade, kUpgrade},
                                     VerbRule{Verb::lose_file, kFile},
                                     VerbRule{Verb::bad_sector, kOnPage},
                                     VerbRule{Verb::stale_read, kOnPageOnce},
                                     VerbRule{Verb::misdirected_read, kOnTwoPages},
                                     VerbRule{Verb::misdirected_write, kOnTwoPages},
                                     VerbRule{Verb::mend, {}},
                                     VerbRule{Verb::lie, {}},
                                     VerbRule{Verb::honest, {}},
                                     VerbRule{Verb::drift, kPpm},
                                     VerbRule{Verb::jump, kJump},
                                     VerbRule{Verb::expect, {}}};
  return kRules;
}

}  // namespace snowflk::sim::scenario
