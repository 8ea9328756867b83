// Which steps of a script are faults.
#include "sim/search/shrink.hpp"

namespace snowflk::sim::search {

bool is_fault(const scenario::Step& step) {
  using scenario::Verb;
  switch (step.verb) {
    case Verb::crash:
    case Verb::power_cut:
    case Verb::pause:
    case Verb::isolate:
    case Verb::cut:
    case Verb::split:
    case Verb::bridge:
    case Verb::ring:
    case Verb::jam:
    case Verb::wipe:
    case Verb::leave_out:
    case Verb::upgrade:
    case Verb::lose_file:
    case Verb::bad_sector:
    case Verb::stale_read:
    case Verb::misdirected_read:
    case Verb::misdirected_write:
    case Verb::lie:
    case Verb::drift:
    case Verb::jump:
    case Verb::drop:
    case Verb::duplicate:
    case Verb::fail:
    case Verb::rot:
    case Verb::fill: return true;
    case Verb::finish: return !step.text.empty();
    case Verb::deliver: return step.flip.has_value();
    case Verb::none:
    case Verb::run:
    case Verb::until:
    case Verb::heal:
    case Verb::restart:
    case Verb::resume:
    case Verb::campaign:
    case Verb::wake:
    case Verb::propose:
    case Verb::exchange:
    case Verb::hold:
    case Verb::release:
    case Verb::by_hand:
    case Verb::give_up:
    case Verb::stream_up:
    case Verb::stream_down:
    case Verb::redraw:
    case Verb::finish_read:
    case Verb::hold_disk:
    case Verb::release_disk:
    case Verb::free:
    case Verb::mend:
    case Verb::honest:
    case Verb::expect: return false;
  }
  return false;
}

}  // namespace snowflk::sim::search
