// `snowflk serve` and `snowflk demo` as a script sees them: what they print, and how they end.
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "real/socket.hpp"
#include "tests/catch.hpp"
#include "tests/cluster/support.hpp"

namespace snowflk::real {
namespace {

using test::TemporaryDirectory;
using test::wait_until;

std::string contents(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A server of a cluster of one, in a directory of its own.
struct Bench {
  TemporaryDirectory directory;
  std::string log = directory.path() + "/log";
  std::vector<u16> ports = free_ports(static_cast<u16>(31'000 + ::getpid() % 100 * 10), 2).value();

  std::vector<std::string> words() {
    return {test::program(),    "serve",
            "--cluster-id",     "1",
            "--node-id",        "1",
            "--peers",          "1=127.0.0.1:" + std::to_string(ports[1]),
            "--listen-clients", "127.0.0.1:" + std::to_string(ports[0]),
            "--data-dir",       directory.path() + "/data"};
  }
  Process start(std::vector<std::string> all) {
    auto process = Process::start(all, log);
    REQUIRE(process);
    return std::move(*process);
  }
  Process start_with(const std::string& flag) {
    auto all = words();
    if (!flag.empty()) all.push_back(flag);
    return start(all);
  }
  bool serves() {
    return wait_until(seconds(10), [&] {
      auto client = RespClient::connect({"127.0.0.1", ports[0]}, seconds(1));
      if (!client) return false;
      const auto answer = client->call({"SET", "a", "1"}, seconds(2));
      return answer && answer->text == "OK";
    });
  }
};

/// Whether `id` still does anything: an ended process that nobody waits for does not.
bool is_alive(pid_t id) {
  const std::string status = contents("/proc/" + std::to_string(id) + "/status");
  return !status.empty() && status.find("\nState:\tZ") == std::string::npos;
}

std::string end_of(Process& process) {
  const auto end = process.wait(10'000);
  return end ? text_of(*end) : "not at all";
}

}  // namespace

TEST_CASE("a new directory needs --bootstrap, an old one does not") {
  Bench bench;
  auto refused = bench.start_with("");
  CHECK(end_of(refused) == "with exit code 1");
  CHECK(contents(bench.log).find("is started with --bootstrap") != std::string::npos);
  std::filesystem::create_directory(bench.directory.path() + "/data");
  auto empty = bench.start_with("");
  CHECK(end_of(empty) == "with exit code 1");
  CHECK(contents(bench.log).find("bootstrap") != std::string::npos);
  {
    auto first = bench.start_with("--bootstrap");
    CHECK(bench.serves());
    first.signal(SIGTERM);
    CHECK(end_of(first) == "with exit code 0");
  }
  auto second = bench.start_with("");
  CHECK(bench.serves());
  second.signal(SIGINT);
  CHECK(end_of(second) == "with exit code 0");
}

TEST_CASE("a wrong configuration is exit 1, with one line that says what") {
  Bench bench;
  const std::string file = bench.directory.path() + "/node.yml";
  std::ofstream{file} << "cluster_id: 1\nnode-id: 1\n";
  auto process = bench.start({test::program(), "serve", "--config", file});
  CHECK(end_of(process) == "with exit code 1");
  CHECK(contents(bench.log) ==
        "snowflk: " + file + ":2:1: unknown key 'node-id'; did you mean 'node_id'?\n");
  auto nothing = bench.start({test::program(), "serve"});
  CHECK(end_of(nothing) == "with exit code 1");
}

TEST_CASE("a place that is no node's directory is exit 1: trying again will not help") {
  Bench bench;
  const std::string place = bench.directory.path() + "/place";
  const auto ends = [&] {
    auto process =
        bench.start({test::program(), "serve", "--bootstrap", "--node-id", "1", "--cluster-id", "1",
                     "--peers", "1=127.0.0.1:1", "--data-dir", place});
    return end_of(process);
  };
  std::ofstream{place} << "a file";
  CHECK(ends() == "with exit code 1");
  std::filesystem::remove(place);
  std::filesystem::create_directory(place);
  std::ofstream{place + "/notes.txt"} << "mine";
  CHECK(ends() == "with exit code 1");
  CHECK(contents(bench.log).find("holds 'notes.txt', which no node made") != std::string::npos);
}

TEST_CASE("a flag or a variable that is nearly one of ours is told with the one that is meant") {
  Bench bench;
  const auto says = [&](const std::vector<std::string>& words, const std::string& text) {
    std::filesystem::remove(bench.log);
    auto process = bench.start(words);
    CHECK(end_of(process) == "with exit code 1");
    CHECK(contents(bench.log) == "snowflk: " + text + "\n");
  };
  says({test::program(), "demo", "--nodse", "3"},
       "demo has no option --nodse; the nearest is \"--nodes\" (see --help)");
  says({test::program(), "serve", "--node-idd=3"},
       "serve has no option --node-idd; the nearest is \"--node-id\" (see --help)");
  says({"/usr/bin/env", "SNOWFLK_NODEID=1", test::program(), "serve"},
       "unknown variable SNOWFLK_NODEID; did you mean 'SNOWFLK_NODE_ID'?");
  auto words = bench.words();
  words.insert(words.end(), {"--request-timeout", "0s"});
  says(words, "--request-timeout: request_timeout: expected a time longer than 0s, found '0s'");
  words.insert(words.begin(), {"/usr/bin/env", "SNOWFLK_PARK_TIMEOUT=0s"});
  words.resize(words.size() - 2);
  says(words, "SNOWFLK_PARK_TIMEOUT: park_timeout: expected a time longer than 0s, found '0s'");
}

TEST_CASE("a node of few clients serves where few files may be open") {
  Bench bench;
  auto words = bench.words();
  std::string line = "ulimit -n 64; exec";
  for (const auto& word : words) line += " '" + word + "'";
  auto process = bench.start({"/bin/sh", "-c", line + " --bootstrap --connections-max 20"});
  CHECK(bench.serves());
  process.signal(SIGTERM);
  CHECK(end_of(process) == "with exit code 0");
}

TEST_CASE("a directory of another cluster is refused before anybody is told that it is served") {
  Bench bench;
  {
    auto first = bench.start_with("--bootstrap");
    CHECK(bench.serves());
    first.signal(SIGTERM);
    CHECK(end_of(first) == "with exit code 0");
  }
  std::filesystem::remove(bench.log);
  auto words = bench.words();
  words[3] = "2";
  auto process = bench.start(words);
  CHECK(end_of(process) == "with exit code 1");
  CHECK(contents(bench.log).find("belongs to node 1 of cluster 1") != std::string::npos);
  CHECK(contents(bench.log).find("serves clients") == std::string::npos);
}

TEST_CASE("a directory or a port that another has is exit 2") {
  Bench bench;
  auto first = bench.start_with("--bootstrap");
  REQUIRE(bench.serves());
  auto second = bench.start_with("--bootstrap");
  CHECK(end_of(second) == "with exit code 2");
  CHECK(contents(bench.log).find("another server uses the directory") != std::string::npos);
  auto words = bench.words();
  words.back() += "2";
  words.emplace_back("--bootstrap");
  auto third = bench.start(words);
  CHECK(end_of(third) == "with exit code 2");
  CHECK(contents(bench.log).find("Address already in use") != std::string::npos);
}

TEST_CASE("the demo tells its nodes, outlives its input, and leaves nobody and nothing behind") {
  TemporaryDirectory directory;
  const std::string log = directory.path() + "/log";
  const std::string place = directory.path() + "/demo";
  auto demo = Process::start({test::program(), "demo", "--dir", place, "--json"}, log);
  REQUIRE(demo);
  // Its input is at its end from the start: it stays all the same.
  REQUIRE(wait_until(
      seconds(20), [&] { return contents(log).find("\"role\":\"leader\"") != std::string::npos; }));
  CHECK(demo->running());
  const std::string text = contents(log);
  std::vector<pid_t> children;
  for (auto at = text.find("\"pid\":"); at != std::string::npos;
       at = text.find("\"pid\":", at + 1)) {
    children.push_back(static_cast<pid_t>(std::stol(text.substr(at + 6))));
  }
  CHECK(children.size() == 3);
  demo->signal(SIGINT);
  CHECK(end_of(*demo) == "with exit code 0");
  for (const pid_t child : children) CHECK(!is_alive(child));
  CHECK(!std::filesystem::exists(place));
}

TEST_CASE("a second demo in a directory that one uses is refused at once, and harms nobody") {
  TemporaryDirectory directory;
  const std::string log = directory.path() + "/log";
  const std::string place = directory.path() + "/demo";
  auto first = Process::start({test::program(), "demo", "--dir", place, "--json"}, log);
  REQUIRE(first);
  REQUIRE(wait_until(
      seconds(20), [&] { return contents(log).find("\"role\":\"leader\"") != std::string::npos; }));
  const std::string before = contents(place + "/node1.yml");
  const std::string second_log = directory.path() + "/second";
  auto second = Process::start({test::program(), "demo", "--dir", place}, second_log);
  REQUIRE(second);
  const auto end = second->wait(5'000);
  REQUIRE(end);
  CHECK(end->exit_code == 2);
  CHECK(contents(second_log) == "snowflk: the directory " + place + " is in use by another demo\n");
  CHECK(contents(place + "/node1.yml") == before);
  CHECK(first->running());
}

TEST_CASE("a demo whose nodes end at once says why, and does not wait for a leader") {
  TemporaryDirectory directory;
  const std::string log = directory.path() + "/log";
  const std::string place = directory.path() + "/demo";
  // Data of nobody: the nodes are started without --bootstrap, and refuse.
  for (int i = 1; i <= 3; ++i) {
    std::filesystem::create_directories(place + "/node" + std::to_string(i));
  }
  auto demo = Process::start({test::program(), "demo", "--dir", place}, log);
  REQUIRE(demo);
  const auto end = demo->wait(10'000);
  REQUIRE(end);
  CHECK(end->exit_code == 2);
  const std::string text = contents(log);
  INFO(text);
  CHECK(text.find("has ended with exit code 1: ") != std::string::npos);
  CHECK(text.find("bootstrap") != std::string::npos);
  CHECK(text.find("elected no leader") == std::string::npos);
  CHECK(text.find("its data and logs stay in " + place) != std::string::npos);
}

TEST_CASE("a demo that cannot print, or has no place for its data, ends with exit code 2") {
  TemporaryDirectory directory;
  const std::string log = directory.path() + "/log";
  const std::string full = test::program() + " demo --dir " + directory.path() + "/a >/dev/full";
  auto mute = Process::start({"/bin/sh", "-c", full}, log);
  REQUIRE(mute);
  const auto end = mute->wait(30'000);
  REQUIRE(end);
  CHECK(end->exit_code == 2);
  auto homeless = Process::start({"/usr/bin/env", "TMPDIR=/no/such", test::program(), "demo"}, log);
  REQUIRE(homeless);
  CHECK(end_of(*homeless) == "with exit code 2");
  CHECK(contents(log).find("cannot use the temporary directory, see TMPDIR") != std::string::npos);
}

TEST_CASE("the nodes of a demo that is killed die with it") {
  TemporaryDirectory directory;
  const std::string log = directory.path() + "/log";
  auto demo =
      Process::start({test::program(), "demo", "--dir", directory.path() + "/demo", "--json"}, log);
  REQUIRE(demo);
  REQUIRE(wait_until(
      seconds(20), [&] { return contents(log).find("\"role\":\"leader\"") != std::string::npos; }));
  const std::string text = contents(log);
  const auto at = text.find("\"pid\":");
  REQUIRE(at != std::string::npos);
  const auto child = static_cast<pid_t>(std::stol(text.substr(at + 6)));
  CHECK(is_alive(child));
  demo->signal(SIGKILL);
  CHECK(wait_until(seconds(5), [&] { return !is_alive(child); }));
}

}  // namespace snowflk::real
