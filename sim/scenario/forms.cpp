#include "sim/scenario/forms.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include <fmt/format.h>

#include "core/base/assert.hpp"
#include "core/base/quantity.hpp"
#include "core/node/events.hpp"
#include "sim/random.hpp"
#include "sim/scenario/words.hpp"

namespace snowflk::sim::scenario {
namespace {

// ---- Shapes that several keys share ----------------------------------------------------------

constexpr i64 kIndexMax = 1'000'000'000;
constexpr Shape kText{.kind = Kind::text};
constexpr Shape kBoolean{.kind = Kind::boolean};
constexpr Shape kDuration{.kind = Kind::duration};
constexpr Shape kShare{.kind = Kind::share};
constexpr Shape kScalar{.kind = Kind::scalar};
constexpr Shape kNode{.kind = Kind::node};
constexpr Shape kVoter{.kind = Kind::voter};
constexpr Shape kLink{.kind = Kind::link};
constexpr Shape kNumber{.kind = Kind::integer, .low = 0, .high = kIndexMax};
constexpr Shape kTerm{.kind = Kind::integer, .low = 1, .high = kIndexMax};
constexpr Shape kFlag{.kind = Kind::boolean};

constexpr Shape kTerms{.kind = Kind::list, .element = &kTerm};
constexpr Shape kScalars{.kind = Kind::list, .element = &kScalar};
constexpr Shape kLinks{.kind = Kind::some, .element = &kLink};
constexpr Shape kMember{.kind = Kind::member};
constexpr Shape kNodes{.kind = Kind::some, .element = &kMember};
constexpr Shape kPlace{.kind = Kind::place};
constexpr Shape kPlaces{.kind = Kind::some, .element = &kPlace};
constexpr Shape kRole{.kind = Kind::word, .words = kRoleWords};
constexpr Shape kOutcome{.kind = Kind::word, .words = kOutcomeWords};
constexpr Shape kMessage{.kind = Kind::word, .words = kMessageWords};
constexpr Shape kByHandWord{.kind = Kind::word, .words = kByHandWords};
constexpr Shape kByHand{.kind = Kind::list, .element = &kByHandWord};

constexpr Shape kRoleOfNode{.kind = Kind::by_node, .element = &kRole};
constexpr Shape kNumberOfNode{.kind = Kind::by_node, .element = &kNumber};
constexpr Shape kVoteOfNode{.kind = Kind::by_node, .element = &kVoter};
constexpr Shape kLogOfNode{.kind = Kind::by_node, .element = &kTerms};
constexpr Shape kValues{.kind = Kind::by_name, .element = &kScalar};
constexpr Shape kValuesOfNode{.kind = Kind::by_node, .element = &kValues};
constexpr Shape kReplies{.kind = Kind::by_reply, .element = &kScalar};
constexpr Shape kOutcomes{.kind = Kind::by_reply, .element = &kOutcome};

// ---- Options: their keys are the fields of the structs in sim/options.hpp ----------------------

template <class Member>
constexpr Shape shape_of(std::string_view field) {
  // As invalid() judges them: an editor can say so too.
  if (field == "clients") return Shape{.kind = Kind::integer, .low = 0, .high = 64};
  if (field == "keys") return Shape{.kind = Kind::integer, .low = 1, .high = 1000};
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

template <std::size_t kCount>
constexpr Shape word_shape(const std::array<std::string_view, kCount>& words) {
  return Shape{.kind = Kind::word, .words = words};
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

constexpr Shape form_shape(const Form& form) { return Shape{.kind = Kind::form, .form = &form}; }

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

const Form& step_form() {
  static const Shape kCondition{
      .kind = Kind::condition, .words = kConditionWords, .form = &expectation_form()};
  static const Form kForm{
      .name = "a step",
      .keys = {
          {"after", kDuration, "So much time passes before the step"},
          {"note", kText, "A sentence for the story"},
          {"run", kDuration, "So much time passes"},
          {"until", kCondition,
           "Runs until a leader of a later term than all named ones is there, all proposals are "
           "answered, nothing is under way, or an expectation holds"},
          {"within", kDuration, "How long `until` may take; 10 s if left out"},
          {"as", kText, "Names the leader that was found, or the reply to a proposal"},
          {"isolate", kNodes, "Cuts these nodes off from all others and from clients"},
          {"cut", kLinks, "Nothing arrives on these links from now on"},
          {"heal", kPlaces, "Joins links, all links of nodes, or all: \"1->2\", a node, \"all\""},
          {"crash", kNodes, "Kills these processes; what is in the page cache survives"},
          {"power_cut", kNodes, "Cuts the power of these machines; what is not synced may be lost"},
          {"at", Shape{.kind = Kind::word, .words = moment_words()},
           "Not now, but right before or after the next such effect"},
          {"unsynced", word_shape(kUnsyncedWords),
           "What a power cut leaves of unsynced data: drawn sector by sector, nothing, or all"},
          {"restart", kNodes, "Starts these nodes again; \"all\": all that are down"},
          {"pause", kNodes, "Stops these processes, as SIGSTOP does"},
          {"resume", kNodes, "Lets these processes go on"},
          {"campaign", kNode,
           "The deadline of this node passes: a follower stands for election, a leader sends "
           "heartbeats"},
          {"wake", kNode, "The next deadline of this node passes, whatever it is for"},
          {"propose", kScalars, "A client sends this command: [\"SET\", \"x\", 1]"},
          {"to", kNode, "Where the client sends it; to the leader if left out"},
          {"deliver", kMessage, "The oldest message of this type that waits arrives now"},
          {"drop", kMessage, "The oldest message of this type that waits is lost"},
          {"duplicate", kMessage,
           "The oldest message of this type that waits arrives now, and its double waits"},
          {"exchange", kNodes,
           "All messages that wait between these nodes arrive, and what they send each other then, "
           "until none waits"},
          {"hold", kMessage, "Messages of this type wait from now on"},
          {"release", kMessage, "Messages of this type wait no longer"},
          {"link", kLinks, "On which links; on any if left out"},
          {"newest", kBoolean, "Not the oldest message, but the newest"},
          {"number", kTerm, "Not the oldest message, but the second, third ... oldest: 2, 3 ..."},
          {"all", kBoolean, "Not the oldest message only, but all"},
          {"by_hand", kByHand, "From now on this happens only when the script says so"},
          {"hold_disk", kNodes, "Disk operations of these nodes wait from now on"},
          {"release_disk", kNodes, "Disk operations of these nodes wait no longer"},
          {"finish", kNode, "The oldest disk operation of this node that waits is done"},
          {"fail", kNode, "The next disk operation of this node fails"},
          {"operation", word_shape(kFailingWords), "Which kind of disk operation"},
          {"lane", word_shape(kLaneWords), "In which lane of the disk; in either if left out"},
          {"error", word_shape(kErrorWords),
           "It is not done, but fails: no space, or an I/O error"},
          {"rot", kNode, "A bit turns in an entry of this node's log, on the platter"},
          {"entry", kTerm, "The index of that entry"},
          {"byte", kNumber, "Which byte of its payload, or of the file; 0, the first, if left out"},
          {"file", kText,
           "The name of a file of the node: \"meta.0\", \"MANIFEST.2\", "
           "\"seg-0000000000000001.log\""},
          {"fill", kNodes, "There is no space left on the disks of these nodes"},
          {"free", kNodes, "There is space again on the disks of these nodes"},
          {"split", kNodes, "These nodes see each other and nobody else; the others likewise"},
          {"bridge", kNode,
           "The others fall in two halves, by their numbers, and this node sees both"},
          {"ring", kNodes,
           "Each of these nodes sees the one before and the one after it, the last the first; "
           "\"all\": by their numbers"},
          {"jam", kLinks, "What is sent on these links waits from now on, until they are healed"},
          {"wipe", kNodes, "Kills these processes and empties their directories"},
          {"lose_file", kNode,
           "Cuts the power of this machine, if it runs, and a file of it is gone"},
          {"bad_sector", kNode, "The page of an entry of this node's log cannot be read"},
          {"stale_read", kNode,
           "The page of an entry of this node's log reads as before it was written"},
          {"misdirected_read", kNode,
           "The page of an entry of this node's log reads as that of another"},
          {"misdirected_write", kNode,
           "The page of an entry of this node's log lies where that of another was"},
          {"mend", kNodes,
           "Bad, stale and misdirected pages of these nodes and their lost files are as they were"},
          {"lie", kNodes, "From now on syncs of these nodes say that they are done, and are not"},
          {"honest", kNodes, "Syncs of these nodes do again what they say"},
          {"drift", kNode, "The clock of this node runs at another rate from now on"},
          {"jump", kNode, "The wall clock of this node jumps"},
          {"other", kTerm, "The index of another entry"},
          {"ppm", Shape{.kind = Kind::integer, .low = -50'000, .high = 50'000},
           "By how many millionths it runs fast, or slow if negative"},
          {"ms", Shape{.kind = Kind::integer, .low = -10'000'000, .high = 10'000'000},
           "By how many milliseconds, back if negative"},
          {"order", word_shape(kOrderWords),
           "In which order what a jam held arrives: as it was sent, the last first, or drawn"},
          {"expect", form_shape(expectation_form()), "All of this holds now"},
      }};
  return kForm;
}

const Form& scenario_form() {
  static const Form kNetwork = options_form<NetworkOptions>("network");
  static const Form kDisk = options_form<DiskOptions>("disk");
  static const Form kClock = options_form<ClockOptions>("clock");
  static const Form kFaults = options_form<FaultOptions>("faults");
  static const Form kWorkload = options_form<WorkloadOptions>("workload");
  static const Form kNodeTimes = options_form<NodeTimes>("node");
  static const Shape kStartShape = form_shape(start_form());
  static const Shape kStepShape = form_shape(step_form());
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
          {"script", Shape{.kind = Kind::list, .element = &kStepShape},
           "What is done, in this order"},
          {"expect", form_shape(expectation_form()), "All of this holds in the end"},
          {"verdict", word_shape(kVerdictWords),
           "How every run ends; pass if left out. A control: what must be flagged, is"},
          {"property", kText, "Which property must be broken, if the verdict is not pass"},
      }};
  return kForm;
}

std::span<const VerbRule> verb_rules() {
  using Words = std::string_view;
  static constexpr std::array kUntil{Words{"within"}, Words{"as"}};
  static constexpr std::array kCrash{Words{"at"}};
  static constexpr std::array kPowerCut{Words{"at"}, Words{"unsynced"}};
  static constexpr std::array kPropose{Words{"to"}, Words{"as"}};
  static constexpr std::array kMessages{Words{"link"}, Words{"newest"}, Words{"number"},
                                        Words{"all"}};
  static constexpr std::array kHold{Words{"link"}};
  static constexpr std::array kOperation{Words{"operation"}};
  static constexpr std::array kEntry{Words{"entry"}};
  static constexpr std::array kTwoEntries{Words{"entry"}, Words{"other"}};
  static constexpr std::array kFile{Words{"file"}};
  static constexpr std::array kPpm{Words{"ppm"}};
  static constexpr std::array kMs{Words{"ms"}};
  static constexpr std::array kOrder{Words{"order"}};
  static constexpr std::array kFinish{Words{"operation"}, Words{"lane"}, Words{"error"}};
  static constexpr std::array kRot{Words{"entry"}, Words{"file"}, Words{"byte"}};
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
                                     VerbRule{Verb::deliver, kMessages},
                                     VerbRule{Verb::drop, kMessages},
                                     VerbRule{Verb::duplicate, kMessages},
                                     VerbRule{Verb::exchange, {}},
                                     VerbRule{Verb::hold, kHold},
                                     VerbRule{Verb::release, kHold},
                                     VerbRule{Verb::by_hand, {}},
                                     VerbRule{Verb::hold_disk, {}},
                                     VerbRule{Verb::release_disk, {}},
                                     VerbRule{Verb::finish, kFinish},
                                     VerbRule{Verb::fail, kOperation},
                                     VerbRule{Verb::rot, kRot},
                                     VerbRule{Verb::fill, {}},
                                     VerbRule{Verb::free, {}},
                                     VerbRule{Verb::split, {}},
                                     VerbRule{Verb::bridge, {}},
                                     VerbRule{Verb::ring, {}},
                                     VerbRule{Verb::jam, {}},
                                     VerbRule{Verb::wipe, {}},
                                     VerbRule{Verb::lose_file, kFile},
                                     VerbRule{Verb::bad_sector, kEntry},
                                     VerbRule{Verb::stale_read, kEntry},
                                     VerbRule{Verb::misdirected_read, kTwoEntries},
                                     VerbRule{Verb::misdirected_write, kTwoEntries},
                                     VerbRule{Verb::mend, {}},
                                     VerbRule{Verb::lie, {}},
                                     VerbRule{Verb::honest, {}},
                                     VerbRule{Verb::drift, kPpm},
                                     VerbRule{Verb::jump, kMs},
                                     VerbRule{Verb::expect, {}}};
  return kRules;
}

}  // namespace snowflk::sim::scenario
