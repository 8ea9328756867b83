// The lines for TLC: who reads them alone knows every variable of every server, and hears nothing
// that was not said.
#include "sim/trace_file/tla.hpp"

#include <map>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "sim/swarm.hpp"
#include "sim/world.hpp"
#include "tests/catch.hpp"

namespace snowflk::sim::trace_file {
namespace {

using nlohmann::json;

Identity identity() {
  return {.build = "b",
          .generator = 2,
          .scenario = "s",
          .scenario_text = "",
          .scenario_hash = 0,
          .seed = 1};
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

/// A server as the lines tell of it.
struct Told {
  u64 term = 0;
  u64 vote = 0;
  u64 commit = 0;
  std::string state = "Follower";
  std::vector<u64> log;

  void take(const json& line) {
    term = line.at("currentTerm");
    vote = line.at("votedFor");
    commit = line.at("commitIndex");
    state = line.at("state");
    if (!line.contains("logAdded")) return;
    log.resize(line.at("logKept").get<std::size_t>());
    for (const u64 added : line.at("logAdded")) log.push_back(added);
  }
};

/// All that a world of the swarm did in so long, and what it was then.
std::string written(World& world, Duration span) {
  std::string text;
  TlaWriter writer{text, identity(), world.size()};
  while (const auto record = world.step(VirtualTime{} + span)) {
    if (record->stepped) writer.observe(world.view(*record));
  }
  return text;
}

TEST_CASE("the lines for TLC hold all variables of all servers") {
  for (const u64 seed : {3U, 5U, 8U}) {
    World world{swarm_options(seed)};
    const auto lines = lines_of(written(world, seconds(4)));
    CHECK(lines.at(0).at("schema") == kTlaSchema);
    CHECK(lines.at(0).at("Server").size() == world.size());
    std::map<u32, Told> servers;
    std::set<std::string> actions;
    for (std::size_t at = 1; at < lines.size(); ++at) {
      const std::string action = lines[at].at("action");
      actions.insert(action);
      if (action != "Send") servers[lines[at].at("server")].take(lines[at]);
    }
    CHECK(actions.contains("BecomeLeader"));
    for (const NodeId id : world.nodes()) {
      const raft::Raft* raft = world.node(id).raft();
      if (!world.is_up(id) || raft == nullptr) continue;
      INFO("seed " << seed << " node " << id.value);
      const Told& told = servers[id.value];
      CHECK(told.term == raft->hard_state().current_term.value);
      CHECK(told.vote == raft->hard_state().voted_for.value);
      CHECK(told.commit == raft->commit_index().value);
      CHECK((told.state == "Leader") == (raft->role() == raft::Role::leader));
      REQUIRE(told.log.size() == raft->log().last_index().value);
      for (std::size_t i = 0; i < told.log.size(); ++i) {
        CHECK(told.log[i] == raft->log().term_at(LogIndex{i + 1}).value);
      }
    }
  }
}

TEST_CASE("in the lines for TLC nothing is heard that was not sent before") {
  World world{swarm_options(5)};
  std::set<std::string> sent;
  u64 heard = 0;
  const auto lines = lines_of(written(world, seconds(4)));
  const auto key = [](const json& from, const json& to, const json& message) {
    return from.dump() + ">" + to.dump() + message.dump();
  };
  for (std::size_t at = 1; at < lines.size(); ++at) {
    const json& line = lines[at];
    if (!line.contains("message")) continue;
    if (line.at("action") == "Send") {
      sent.insert(key(line.at("server"), line.at("to"), line.at("message")));
    } else {
      heard += 1;
      CHECK(sent.contains(key(line.at("from"), line.at("server"), line.at("message"))));
    }
  }
  CHECK(heard > 50);
}

TEST_CASE("the lines for TLC end where the specification does not allow a step") {
  std::string text;
  TlaWriter writer{text, identity(), 3};
  const raft::Log log;
  StepView view;
  view.node = NodeId{2};
  view.log = &log;
  view.term = Term{4};
  writer.observe(view);
  writer.observe(view);
  const auto lines = lines_of(text);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1]
            .at("violation")
            .get<std::string>()
            .starts_with("node 2 took term 4 without hearing of it"));
}

}  // namespace
}  // namespace snowflk::sim::trace_file
