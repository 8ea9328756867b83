// The keys that a step of a script may have.
#include <array>
#include <vector>

#include "sim/scenario/forms.hpp"
#include "sim/scenario/shapes.hpp"
#include "sim/scenario/words.hpp"

namespace snowflk::sim::scenario {
namespace {

using Keys = std::vector<Key>;

// When a step is done, and what a script waits for.
Keys keys_of_time() {
  static const Shape kCondition{
      .kind = Kind::condition, .words = kConditionWords, .form = &expectation_form()};
  return {
      {"after", kDuration, "So much time passes before the step"},
      {"note", kText, "A sentence for the story"},
      {"run", kDuration, "So much time passes"},
      {"until", kCondition,
       "Runs until a leader of a later term than all named ones is there, all proposals are "
       "answered, nothing is under way, or an expectation holds"},
      {"within", kDuration, "How long `until` may take; 10 s if left out"},
      {"as", kText, "Names the leader that was found, or the reply to a proposal"},
      {"expect", form_shape(expectation_form()), "All of this holds now"},
  };
}

// Who sees whom.
Keys keys_of_links() {
  return {
      {"isolate", kNodes, "Cuts these nodes off from all others and from clients"},
      {"cut", kLinks, "Nothing arrives on these links from now on"},
      {"heal", kPlaces, "Joins links, all links of nodes, or all: \"1->2\", a node, \"all\""},
      {"split", kNodes, "These nodes see each other and nobody else; the others likewise"},
      {"bridge", kNode, "The others fall in two halves, by their numbers, and this node sees both"},
      {"ring", kNodes,
       "Each of these nodes sees the one before and the one after it, the last the first; "
       "\"all\": by their numbers"},
      {"jam", kLinks, "What is sent on these links waits from now on, until they are healed"},
      {"order", word_shape(kOrderWords),
       "In which order what a jam held arrives: as it was sent, the last first, or drawn"},
  };
}

// Processes, machines and their clocks.
Keys keys_of_machines() {
  return {
      {"crash", kNodes, "Kills these processes; what is in the page cache survives"},
      {"power_cut", kNodes, "Cuts the power of these machines; what is not synced may be lost"},
      {"at", Shape{.kind = Kind::word, .words = moment_words()},
       "Not now, but right before or after the next such effect"},
      {"unsynced", word_shape(kUnsyncedWords),
       "What a power cut leaves of unsynced data: drawn sector by sector, nothing, or all"},
      {"keep", kText,
       "What a power cut leaves of unsynced data: \"0110\", a digit for each change of a name, "
       "then "
       "for each sector and length of a file; 1: it is there"},
      {"under_way", word_shape(kUnderWayWords),
       "Of which lane the crash may leave a part of the disk operation that waits by hand; of both "
       "if left out"},
      {"restart", kNodes, "Starts these nodes again; \"all\": all that are down"},
      {"pause", kNodes, "Stops these processes, as SIGSTOP does"},
      {"resume", kNodes, "Lets these processes go on"},
      {"wipe", kNodes, "Kills these processes and empties their directories"},
      {"leave_out", kNodes, "From now on, and when all is healed, these nodes are left out"},
      {"how", word_shape(kLastingWords),
       "In which fault they stay: their process down or frozen, their links cut both ways or one "
       "way, or their disk"},
      {"upgrade", kNodes, "Kills these processes; their next start is of another version"},
      {"version", kVersion,
       "By how many minors of the wire format it is ahead of this one, or behind if negative"},
      {"campaign", kNode,
       "The deadline of this node passes: a follower stands for election, a leader sends "
       "heartbeats"},
      {"wake", kNode, "The next deadline of this node passes, whatever it is for"},
      {"drift", kNode, "The clock of this node runs at another rate from now on"},
      {"ppm", Shape{.kind = Kind::integer, .low = -50'000, .high = 50'000},
       "By how many millionths it runs fast, or slow if negative"},
      {"jump", kNode, "The wall clock of this node jumps"},
      {"ms", Shape{.kind = Kind::integer, .low = -10'000'000, .high = 10'000'000},
       "By how many milliseconds, back if negative"},
      {"ns", Shape{.kind = Kind::integer, .low = -1'000'000, .high = 1'000'000},
       "By how many nanoseconds more, as a recorded jump needs it"},
  };
}

// What clients propose, and single messages.
Keys keys_of_messages() {
  return {
      {"propose", kScalars, "A client sends this command: [\"SET\", \"x\", 1]"},
      {"to", kNode, "Where the client sends it; to the leader if left out"},
      {"give_up", kText, "Who proposed what is named so waits no longer; its connection ends"},
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
      {"number", kTerm,
       "Not the oldest message, or read, but the second, third ... oldest: 2, 3 ..."},
      {"all", kBoolean, "Not the oldest message, or disk operation, only, but all"},
      {"flip", kNumber,
       "This bit of it, counted from 0, and round again if it has fewer, is turned on the way"},
      {"stream_up", kLinks,
       "The second of these two hears that its stream with the first stands; it comes up for that"},
      {"stream_down", kLinks,
       "The second of these two hears that its stream with the first fell; it breaks for that"},
      {"by_hand", kByHand, "From now on this happens only when the script says so"},
      {"redraw", kTerm,
       "What is drawn from now on is drawn anew, as after a fork: another number, other draws"},
  };
}

// Single disk operations, and what happens to what lies on a disk.
Keys keys_of_disks() {
  return {
      {"hold_disk", kNodes, "Disk operations of these nodes wait from now on"},
      {"release_disk", kNodes, "Disk operations of these nodes wait no longer"},
      {"finish", kNode, "The oldest disk operation of this node that waits is done"},
      {"finish_read", kNode,
       "The oldest read of this node that waits is done, or the oldest from a byte of a file"},
      {"fail", kNode,
       "The next disk operation of this node fails; of reads, that from a byte of a file"},
      {"operation", word_shape(kFailingWords), "Which kind of disk operation"},
      {"bytes", Shape{.kind = Kind::integer, .low = 1, .high = INT64_MAX},
       "Of a read: it does not fail, but so many bytes alone come of what it asks for"},
      {"lane", word_shape(kLaneWords), "In which lane of the disk; in either if left out"},
      {"error", word_shape(kErrorWords), "It is not done, but fails: no space, or an I/O error"},
      {"rot", kNode, "A bit turns in an entry of this node's log, on the platter"},
      {"entry", kTerm, "The index of that entry"},
      {"byte", kNumber, "Which byte of its payload, or of the file; 0, the first, if left out"},
      {"file", kText,
       "The name of a file of the node: \"meta.0\", \"MANIFEST.2\", "
       "\"seg-0000000000000001.log\""},
      {"fill", kNodes, "There is no space left on the disks of these nodes"},
      {"free", kNodes, "There is space again on the disks of these nodes"},
      {"bad_sector", kNode,
       "The page of an entry of this node's log, or the sector of a byte of a file, cannot be "
       "read"},
      {"stale_read", kNode,
       "The page of an entry of this node's log, or of a byte of a file, reads as before it was "
       "written"},
      {"misdirected_read", kNode,
       "The page of an entry of this node's log, or of a byte of a file, reads as another page"},
      {"misdirected_write", kNode,
       "The page of an entry of this node's log, or of a byte of a file, lies where another page "
       "was"},
      {"other", kTerm, "That other page: of which entry"},
      {"other_file", kText, "That other page: of which file of the node"},
      {"other_byte", kNumber, "That other page: of which byte of that file; 0 if left out"},
      {"once", kBoolean, "One read brings it, and no more; each read does if left out"},
      {"lose_file", kNode, "Cuts the power of this machine, if it runs, and a file of it is gone"},
      {"mend", kNodes,
       "Bad, stale and misdirected pages of these nodes and their lost files are as they were"},
      {"lie", kNodes, "From now on syncs of these nodes say that they are done, and are not"},
      {"honest", kNodes, "Syncs of these nodes do again what they say"},
  };
}

}  // namespace

const Form& step_form() {
  static const Form kForm = [] {
    Form form{.name = "a step", .keys = {}};
    for (const Keys& keys : {keys_of_time(), keys_of_messages(), keys_of_links(),
                             keys_of_machines(), keys_of_disks()}) {
      form.keys.insert(form.keys.end(), keys.begin(), keys.end());
    }
    return form;
  }();
  return kForm;
}

}  // namespace snowflk::sim::scenario
