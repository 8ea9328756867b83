// Judging a long history: with the committed log as witness, and by the search that has none.
//
// The history is made here, right by construction: clients ask, the one copy of the data applies,
// clients are answered, in a drawn order. One operation in a thousand is never answered, half of
// those took effect.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include "core/base/hash.hpp"
#include "core/kv/command.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/witness.hpp"
#include "sim/workload.hpp"
#include "tests/bench/bench.hpp"

namespace snowflk::bench {
namespace {

constexpr u64 kOperations = 1'000'000;
constexpr double kGoalSeconds = 1;     // of the design
constexpr u64 kStepsMax = 10'000'000;  // of the search; where keys are joined, it may need more
constexpr u32 kClients = 10;
constexpr u32 kKeys = 100;

/// Draws a command: the simulator's mix, or one whose commands have one key each.
class Commands {
 public:
  explicit Commands(bool one_key) : one_key_(one_key), mix_(options()) {}

  void draw(u32 client, Prng& prng, Prng& values, std::vector<std::string>& words) {
    if (!one_key_) return mix_.draw(client, prng, values, words);
    const u64 die = prng.below(100);
    const std::string number = std::to_string(prng.below(kKeys));
    written_ += 1;
    if (die < 50) {
      words = {"GET", "k" + number};
    } else if (die < 85) {
      words = {"SET", "k" + number, std::to_string(written_)};
    } else if (die < 95) {
      words = {"INCR", "n" + number};
    } else {
      words = {"GETDEL", "k" + number};
    }
  }

 private:
  static sim::WorkloadOptions options() {
    sim::WorkloadOptions options;
    options.clients = kClients;
    options.keys = kKeys;
    return options;
  }
  bool one_key_;
  sim::Workload mix_;
  u64 written_ = 0;
};

/// A history and the log that goes with it.
class Recorded {
 public:
  explicit Recorded(bool one_key) : commands_(one_key) {
    while (history_.operations().size() < kOperations)
      turn(static_cast<u32>(prng_.below(kClients)));
    for (u32 client = 0; client < kClients; ++client) {
      while (clients_[client].stage != Stage::idle) turn(client);
    }
  }
  [[nodiscard]] const sim::History& history() const { return history_; }
  [[nodiscard]] const sim::CommittedLog& log() const { return log_; }

 private:
  enum class Stage : u8 { idle, asked, applied };
  struct Client {
    Stage stage = Stage::idle;
    sim::OperationId operation;
    std::vector<std::string> words;
    std::string reply;
    bool unknown = false;
  };

  void turn(u32 number) {
    Client& client = clients_[number];
    now_ = now_ + Duration{100'000};
    if (client.stage == Stage::idle) return ask(number, client);
    if (client.stage == Stage::asked) return apply(client);
    const auto outcome = client.unknown ? sim::Outcome::unknown : sim::Outcome::ok;
    history_.complete(client.operation, now_, outcome, client.unknown ? "" : client.reply);
    client.stage = Stage::idle;
  }
  void ask(u32 number, Client& client) {
    commands_.draw(number, prng_, values_, client.words);
    const std::vector<std::string_view> words(client.words.begin(), client.words.end());
    client.operation = history_.invoke(number, now_, words);
    client.stage = Stage::asked;
  }
  void apply(Client& client) {
    const std::vector<std::string_view> words(client.words.begin(), client.words.end());
    const auto command = sim::parse_command(words);
    client.stage = Stage::applied;
    client.unknown = prng_.below(1000) == 0;
    if (client.unknown && prng_.below(2) == 0) return;
    client.reply = model_.apply(*command);
    if (!command->reads_only()) append(words);
  }
  void append(std::span<const std::string_view> words) {
    payload_.clear();
    if (!kv::encode_command(words, payload_)) std::abort();
    index_ += 1;
    const node::Event event = node::NodeEvent{node::Applied{.index = LogIndex{index_},
                                                            .term = Term{1},
                                                            .payload_hash = hash64(payload_, 0),
                                                            .digest = 0}};
    sim::StepView view;
    view.node = NodeId{1};
    view.events = {&event, 1};
    view.client_events = history_.events();
    log_.observe(view);
  }

  Commands commands_;
  Prng prng_ = sim::stream_of(1, 0, sim::Stream::client_command);
  Prng values_ = sim::stream_of(1, 0, sim::Stream::client_value);
  Client clients_[kClients];
  sim::Model model_;
  sim::History history_;
  sim::CommittedLog log_;
  std::vector<std::byte> payload_;
  u64 index_ = 0;
  Instant now_;
};

void print(const char* mix, const char* check, double cpu, std::string_view verdict) {
  std::printf("  %s check=%s operations=%" PRIu64 " verdict=%s cpu_s=%.2f ratio_to_goal=%.2f\n",
              mix, check, kOperations, verdict.data(), cpu, kGoalSeconds / cpu);
  std::fflush(stdout);
}

void judge(const char* mix, const Recorded& recorded) {
  double begin = cpu_seconds();
  if (const auto finding = sim::judge_by_log(recorded.history(), recorded.log())) {
    std::fprintf(stderr, "%s\n", finding->sentence.c_str());
    std::exit(2);
  }
  print(mix, "witness", cpu_seconds() - begin, "linearizable");
  begin = cpu_seconds();
  const sim::LinearVerdict verdict =
      sim::judge_linearizable(recorded.history(), {.steps_max = kStepsMax});
  const double cpu = cpu_seconds() - begin;
  if (verdict.judgement == sim::Judgement::not_linearizable) {
    std::fprintf(stderr, "%s\n", verdict.sentence.c_str());
    std::exit(2);
  }
  print(mix, "search", cpu, name_of(verdict.judgement));
}

}  // namespace

void bench_linearity() {
  judge("one_key", Recorded{true});
  judge("simulated_mix", Recorded{false});
}

}  // namespace snowflk::bench
