// Properties (RapidCheck) inside a Catch2 test case.
//
// A property draws from a fixed seed, so that a red run is red again. When it fails, the test
// prints the smallest counterexample and the one command that repeats exactly that case.
#pragma once

#include <rapidcheck.h>

#include <functional>
#include <string>
#include <utility>

namespace snowflk::testing {

/// Checks `property` and fails the running test case if it does not hold. `cases` is how many are
/// tried; ten times as many when LONG_TESTS is set. `hint`, if there is one, says one more line
/// about the smallest counterexample, which was the last case that failed.
void run_property(const std::string& sentence, const rc::detail::Property& property, int cases,
                  const std::function<std::string()>& hint);

/// `testable` takes generated arguments, or draws them by `*rc::gen::…`, and returns bool, or void
/// with RC_ASSERT inside.
template <typename Testable>
void check_property(const std::string& sentence, Testable&& testable, int cases = 100,
                    const std::function<std::string()>& hint = {}) {
  run_property(sentence, rc::detail::toProperty(std::forward<Testable>(testable)), cases, hint);
}

}  // namespace snowflk::testing
