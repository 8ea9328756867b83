#include "tests/cluster/support.hpp"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "tests/catch.hpp"

namespace snowflk::real::test {
namespace {

constexpr Duration kPatience = seconds(6);  // of one request; longer than the server's own

LocalCluster made(const std::string& directory, std::vector<std::string> extra_lines) {
  extra_lines.emplace_back("park_timeout: 4s");
  extra_lines.emplace_back("request_timeout: 4s");
  extra_lines.emplace_back("segment_size: 4MiB");
  extra_lines.emplace_back("batch_size: 1MiB");
  // Below the ports that the kernel gives to connections, and apart from other runs.
  const auto first = static_cast<u16>(20'000 + ::getpid() % 500 * 20);
  auto cluster = LocalCluster::make({.program = program(),
                                     .directory = directory,
                                     .nodes = 3,
                                     .first_port = first,
                                     .extra_lines = std::move(extra_lines)});
  REQUIRE(cluster);
  return std::move(*cluster);
}

/// One client's connection, which moves to the next node when one fails it.
class Caller {
 public:
  Caller(const std::vector<u16>& ports, unsigned first) : ports_(ports), at_(first) {}

  /// Nothing: the outcome is unknown.
  std::optional<wire::RespValue> call(std::initializer_list<std::string_view> words) {
    if (!client_) {
      auto client = RespClient::connect({"127.0.0.1", ports_[at_ % ports_.size()]}, kPatience);
      if (!client) {
        at_ += 1;
        ::usleep(5'000);
        // The request was never sent.
        wire::RespValue never;
        never.kind = wire::RespValue::Kind::error;
        never.text = "CLUSTERDOWN";
        return never;
      }
      client_.emplace(std::move(*client));
    }
    auto answer = client_->call(words, kPatience);
    if (!answer) {
      move_on();
      return std::nullopt;
    }
    return std::move(*answer);
  }
  void move_on() {
    client_.reset();
    at_ += 1;
  }

 private:
  const std::vector<u16>& ports_;
  unsigned at_;
  std::optional<RespClient> client_;
};

/// What a write came to.
enum class Outcome : u8 { done, refused, unknown };

Outcome outcome_of(const std::optional<wire::RespValue>& answer) {
  if (!answer) return Outcome::unknown;
  if (!answer->is_error()) return Outcome::done;
  return answer->text.starts_with("TIMEOUT") ? Outcome::unknown : Outcome::refused;
}

std::string get(LocalNode& node, std::string_view key) {
  // A node that has just come back may need a moment.
  std::string last;
  for (int i = 0; i < 20; ++i) {
    auto client = RespClient::connect({"127.0.0.1", node.port}, kPatience);
    if (client) {
      const auto answer = client->call({"GET", key}, kPatience);
      if (answer && !answer->is_error()) return answer->text;
      last = answer ? answer->text : answer.error().text;
    } else {
      last = client.error().text;
    }
    ::usleep(100'000);
  }
  return "no answer: " + last;
}

}  // namespace

std::string program() { return SNOWFLK_BINARY_DIR "/bin/snowflk"; }

TemporaryDirectory::TemporaryDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "snowflk-cluster-XXXXXX").string();
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}
TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TestCluster::TestCluster(std::vector<std::string> extra_lines)
    : cluster_(made(directory_.path(), std::move(extra_lines))) {
  REQUIRE(cluster_.start_all());
  leader();
}

TestCluster::~TestCluster() {
  for (auto& node : cluster_.nodes()) {
    if (node.process) node.process->signal(SIGKILL);
  }
}

LocalNode& TestCluster::leader() {
  LocalNode* found = cluster_.wait_for_leader(seconds(20));
  if (found == nullptr) FAIL("no leader\n" << logs());
  return *found;
}

LocalNode& TestCluster::follower() {
  const NodeId leading = leader().id;
  for (auto& node : cluster_.nodes()) {
    if (node.id != leading && node.running()) return node;
  }
  FAIL("no follower runs");
  return leader();
}

void TestCluster::kill(LocalNode& node) {
  node.process->signal(SIGKILL);
  REQUIRE(node.process->wait(5'000));
}

void TestCluster::start(LocalNode& node) { REQUIRE(cluster_.start(node)); }

std::string TestCluster::logs() {
  std::string all;
  for (auto& node : cluster_.nodes()) {
    std::ifstream file{node.log};
    all.append(std::istreambuf_iterator<char>{file}, {});
    auto client = RespClient::connect({"127.0.0.1", node.port}, milliseconds(500));
    const auto info = client ? client->call({"INFO", "raft", "clients"}, milliseconds(500))
                             : std::unexpected{client.error()};
    all += info ? info->text : info.error().text + "\n";
  }
  return all;
}

Load::Load(const std::vector<LocalNode>& nodes, unsigned clients) {
  for (const auto& node : nodes) ports_.push_back(node.port);
  for (unsigned i = 0; i < clients; ++i) threads_.emplace_back([this, i] { run(i); });
}

const Ledger& Load::stop() {
  ending_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  return ledger_;
}

void Load::run(unsigned number) {
  Ledger mine;
  Caller writer{ports_, number};
  Caller reader{ports_, number + 1};
  i64 highest = 0;  // that the counter must have by now
  for (u64 round = 0; !ending_; ++round) {
    const auto counted = writer.call({"INCR", "counter"});
    switch (outcome_of(counted)) {
      case Outcome::done:
        mine.acknowledged += 1;
        progress_ += 1;
        if (counted->integer <= highest) mine.wrong.push_back("the counter went back");
        highest = std::max(highest, counted->integer);
        break;
      case Outcome::refused: mine.refused += 1; break;
      case Outcome::unknown: mine.unknown += 1; break;
    }
    const std::string key = "key:" + std::to_string(number) + ":" + std::to_string(round);
    const std::string value(100 + round % 400, static_cast<char>('a' + number));
    if (outcome_of(writer.call({"SET", key, value})) == Outcome::done) mine.written[key] = value;
    const auto read = reader.call({"GET", "counter"});
    if (read && read->kind == wire::RespValue::Kind::bulk && std::stoll(read->text) < highest) {
      mine.wrong.push_back("a read after an acknowledged " + std::to_string(highest) + " saw " +
                           read->text);
    }
    if (round % 50 == 49) writer.move_on();
  }
  const std::lock_guard lock{mutex_};
  ledger_.acknowledged += mine.acknowledged;
  ledger_.unknown += mine.unknown;
  ledger_.refused += mine.refused;
  ledger_.written.merge(mine.written);
  for (auto& sentence : mine.wrong) ledger_.wrong.push_back(std::move(sentence));
}

std::string judge(const Ledger& ledger, std::vector<LocalNode>& nodes) {
  if (!ledger.wrong.empty()) return ledger.wrong.front();
  for (auto& node : nodes) {
    const std::string at = " (node " + std::to_string(node.id.value) + ")";
    const std::string text = get(node, "counter");
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
      return "the counter is '" + text + "'" + at;
    }
    const u64 counter = std::stoull(text);
    if (counter < ledger.acknowledged) {
      return std::to_string(ledger.acknowledged) +
             " increments were acknowledged, the counter is " + text + at;
    }
    if (counter > ledger.acknowledged + ledger.unknown) {
      return "the counter is " + text + ", more than " + std::to_string(ledger.acknowledged) +
             " acknowledged and " + std::to_string(ledger.unknown) + " unknown" + at;
    }
  }
  auto& asked = nodes.front();
  auto client = RespClient::connect({"127.0.0.1", asked.port}, kPatience);
  if (!client) return client.error().text;
  for (const auto& [key, value] : ledger.written) {
    const auto answer = client->call({"GET", key}, kPatience);
    if (!answer) return answer.error().text;
    if (answer->text != value) return "the acknowledged write of " + key + " is lost";
  }
  return "";
}

}  // namespace snowflk::real::test
