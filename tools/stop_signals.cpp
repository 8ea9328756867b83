#include "tools/stop_signals.hpp"

#include <time.h>

#include <csignal>

namespace snowflk::tools {
namespace {

/// When it was asked for, in seconds, counted from 1; 0: it was not.
volatile std::sig_atomic_t& asked_at() {
  static volatile std::sig_atomic_t asked = 0;
  return asked;
}

std::sig_atomic_t seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::sig_atomic_t>(now.tv_sec + 1);
}

/// Some send one wish twice, to the process and to its group: only what comes later is another.
void note(int signal) {
  if (asked_at() == 0) asked_at() = seconds();
  if (seconds() - asked_at() < 2) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

StopSignals::StopSignals() {
  struct sigaction ask = {};
  ask.sa_handler = note;
  ::sigaction(SIGTERM, &ask, nullptr);
  ::sigaction(SIGINT, &ask, nullptr);
}

StopSignals::~StopSignals() {
  if (asked()) return;
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
}

bool StopSignals::asked() { return asked_at() != 0; }

}  // namespace snowflk::tools
