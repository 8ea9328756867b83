// The words of verbs and subjects, as a scenario writes them.
#include "sim/scenario/scenario.hpp"

namespace snowflk::sim::scenario {

std::string_view name_of(Subject subject) {
  switch (subject) {
    case Subject::role: return "role";
    case Subject::term: return "term";
    case Subject::vote: return "vote";
    case Subject::log: return "log";
    case Subject::last_index: return "last_index";
    case Subject::commit: return "commit";
    case Subject::commit_min: return "commit_min";
    case Subject::applied: return "applied";
    case Subject::value: return "value";
    case Subject::value_at: return "value_at";
    case Subject::reply: return "reply";
    case Subject::outcome: return "outcome";
    case Subject::leader: return "leader";
    case Subject::logs_equal: return "logs_equal";
    case Subject::term_max: return "term_max";
    case Subject::leaders_per_term_max: return "leaders_per_term_max";
    case Subject::elections_max: return "elections_max";
    case Subject::leaderships_max: return "leaderships_max";
    case Subject::events_min: return "events_min";
    case Subject::events_max: return "events_max";
  }
  return "?";
}

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::none: return "";
    case Verb::run: return "run";
    case Verb::until: return "until";
    case Verb::isolate: return "isolate";
    case Verb::cut: return "cut";
    case Verb::heal: return "heal";
    case Verb::crash: return "crash";
    case Verb::power_cut: return "power_cut";
    case Verb::restart: return "restart";
    case Verb::pause: return "pause";
    case Verb::resume: return "resume";
    case Verb::campaign: return "campaign";
    case Verb::wake: return "wake";
    case Verb::propose: return "propose";
    case Verb::deliver: return "deliver";
    case Verb::drop: return "drop";
    case Verb::duplicate: return "duplicate";
    case Verb::exchange: return "exchange";
    case Verb::hold: return "hold";
    case Verb::release: return "release";
    case Verb::by_hand: return "by_hand";
    case Verb::give_up: return "give_up";
    case Verb::stream_up: return "stream_up";
    case Verb::stream_down: return "stream_down";
    case Verb::hold_disk: return "hold_disk";
    case Verb::release_disk: return "release_disk";
    case Verb::finish: return "finish";
    case Verb::redraw: return "redraw";
    case Verb::finish_read: return "finish_read";
    case Verb::fail: return "fail";
    case Verb::rot: return "rot";
    case Verb::fill: return "fill";
    case Verb::free: return "free";
    case Verb::split: return "split";
    case Verb::bridge: return "bridge";
    case Verb::ring: return "ring";
    case Verb::jam: return "jam";
    case Verb::wipe: return "wipe";
    case Verb::leave_out: return "leave_out";
    case Verb::upgrade: return "upgrade";
    case Verb::lose_file: return "lose_file";
    case Verb::bad_sector: return "bad_sector";
    case Verb::stale_read: return "stale_read";
    case Verb::misdirected_read: return "misdirected_read";
    case Verb::misdirected_write: return "misdirected_write";
    case Verb::mend: return "mend";
    case Verb::lie: return "lie";
    case Verb::honest: return "honest";
    case Verb::drift: return "drift";
    case Verb::jump: return "jump";
    case Verb::expect: return "expect";
  }
  return "?";
}

}  // namespace snowflk::sim::scenario
