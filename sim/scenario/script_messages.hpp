// The verbs of a script that move single messages.
#pragma once

#include "sim/scenario/run_state.hpp"

namespace snowflk::sim::scenario {

/// deliver, drop, duplicate. False: no message fits, which is the scenario's mistake.
bool do_with_messages(RunState& run, const Step& step);
/// hold: messages that fit wait from now on.
/// All that waits between nodes arrives, and what comes of it. False: a check has spoken.
bool do_exchange(RunState& run, const Step& step);
void do_hold(RunState& run, const Step& step);
/// release: those that wait go, and no more are held.
void do_release(RunState& run, const Step& step);

/// An end of a stream hears that it stands, or that it fell. False: as above.
bool do_hear_stream(RunState& run, const Step& step);

}  // namespace snowflk::sim::scenario
