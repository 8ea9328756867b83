// Runs one RapidCheck property and reports it through Catch2. See property.hpp.
#include "tests/support/property.hpp"

#include <rapidcheck/detail/TestListenerAdapter.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tests/catch.hpp"

namespace snowflk::testing {
namespace {

constexpr const char* kParametersVariable = "RC_PARAMS";

/// RapidCheck reads its variable once, when it is first used, and takes a random seed without it.
const rc::detail::Configuration& configuration() {
  static const int set = ::setenv(kParametersVariable, "seed=20140619", 0);
  static_cast<void>(set);
  return rc::detail::configuration();
}

std::string command_that_repeats(const std::string& id, const rc::detail::Reproduce& reproduce) {
  rc::detail::Configuration only = configuration();
  only.reproduce = {{id, reproduce}};
  return std::string(kParametersVariable) + "='" + rc::detail::configToMinimalString(only) +
         "' tools/test --only '" + Catch::getResultCapture().getCurrentTestName() + "'";
}

}  // namespace

void run_property(const std::string& sentence, const rc::detail::Property& property, int cases,
                  const std::function<std::string()>& hint) {
  rc::detail::TestMetadata metadata;
  metadata.id = sentence;
  metadata.description = sentence;
  rc::detail::TestParams parameters = configuration().testParams;
  parameters.maxSuccess = std::getenv("LONG_TESTS") != nullptr ? cases * 10 : cases;
  rc::detail::TestListenerAdapter listener;
  const auto result = rc::detail::checkProperty(property, metadata, parameters, listener,
                                                configuration().reproduce);
  if (result.is<rc::detail::SuccessResult>()) {
    SUCCEED(sentence);
    return;
  }
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  INFO(text.str());
  if (result.is<rc::detail::FailureResult>()) {
    const auto& failure = result.get<rc::detail::FailureResult>();
    // Not through Catch2, which would break the line.
    std::cerr << "to repeat it: " << command_that_repeats(sentence, failure.reproduce) << "\n";
    if (hint) std::cerr << hint() << "\n";
  }
  FAIL(sentence);
}

}  // namespace snowflk::testing
