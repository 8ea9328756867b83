// `snowflk demo`: a real cluster on this machine, to talk to with redis-cli, to kill and to
// restart.
//
// Owns the words that are typed and printed. The nodes are `snowflk serve` processes
// (real/local_cluster.hpp); none of them outlives the demo.
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "real/local_cluster.hpp"
#include "tools/commands.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

using nlohmann::json;
using real::LocalCluster;
using real::LocalNode;

constexpr int kLeaveMilliseconds = 3000;
constexpr Duration kLeaderPatience = seconds(15);
constexpr Duration kStatusPatience = milliseconds(300);

struct DemoOptions {
  unsigned nodes = 3;
  std::string directory;
  bool keep = false;
  bool as_json = false;
};

/// What is printed: sentences for people, or one JSON object a line.
class Teller {
 public:
  explicit Teller(bool as_json) : as_json_(as_json) {}

  void event(std::string_view name, const LocalNode& node, const std::string& sentence) {
    say(json{{"event", name}, {"node", node.id.value}, {"text", sentence}}, sentence);
  }
  void say(const json& object, const std::string& sentence) {
    out_.line(as_json_ ? object.dump() : sentence);
    out_.flush();
  }
  void cluster(LocalCluster& cluster, const std::string& directory);
  /// What is said does not arrive, and not because the reader has left.
  [[nodiscard]] bool failed() const { return out_.failed(); }
  Exit finish(Exit verdict) { return out_.finish(verdict); }

 private:
  Output out_;
  bool as_json_;
};

std::string role_of(LocalNode& node) {
  if (!node.running()) return "ended";
  const auto said = LocalCluster::status(node, kStatusPatience);
  if (!said) return "no answer";
  return said->leader ? "leader" : "follower";
}

void Teller::cluster(LocalCluster& cluster, const std::string& directory) {
  json object{{"event", "status"}, {"directory", directory}, {"nodes", json::array()}};
  std::string text;
  for (auto& node : cluster.nodes()) {
    const std::string role = role_of(node);
    const auto pid = node.running() ? node.process->id() : 0;
    object["nodes"].push_back(json{{"id", node.id.value},
                                   {"port", node.port},
                                   {"peer_port", node.peer_port},
                                   {"role", role},
                                   {"pid", pid},
                                   {"log", node.log}});
    if (!text.empty()) text += '\n';
    text += fmt::format("node {}  redis-cli -p {}  {:<9}", node.id.value, node.port, role);
    if (pid != 0) text += fmt::format("  kill -9 {}", pid);
  }
  say(object, text);
}

/// The last line of a log, without the command's name; a word in its place if there is none.
std::string last_line(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  while (text.ends_with('\n')) text.pop_back();
  text.erase(0, text.rfind('\n') + 1);
  if (text.empty()) return "it said nothing";
  constexpr std::string_view kName = "snowflk: ";
  return text.starts_with(kName) ? text.substr(kName.size()) : text;
}

/// The demo while it runs: a cluster, and what is done with it.
class Demo {
 public:
  Demo(const DemoOptions& options, std::string directory, LocalCluster cluster, int signals)
      : directory_(std::move(directory)),
        cluster_(std::move(cluster)),
        teller_(options.as_json),
        signals_(signals) {}

  Exit run();
  LocalCluster& cluster() { return cluster_; }

 private:
  bool start();
  void take_signals();
  [[nodiscard]] bool majority_runs();
  void tell_why_nodes_ended();
  void help();
  void on_input();
  void on_line(const std::string& line);
  void on_node(std::string_view word, LocalNode& node);
  void look_at_children();

  std::string directory_;
  LocalCluster cluster_;
  Teller teller_;
  int signals_;  // a signalfd that does not block
  std::string typed_;
  bool input_open_ = true;
  bool quit_ = false;
};

bool Demo::start() {
  if (auto started = cluster_.start_all(); !started) {
    complain(started.error().text);
    return false;
  }
  const auto is_over = [this] {
    take_signals();
    return quit_ || !majority_runs();
  };
  if (cluster_.wait_for_leader(kLeaderPatience, is_over) != nullptr || quit_) return true;
  if (majority_runs()) {
    complain("the nodes elected no leader; their logs: " + directory_ + "/node*.log");
  } else {
    tell_why_nodes_ended();
  }
  return false;
}

void Demo::take_signals() {
  signalfd_siginfo signal{};
  while (::read(signals_, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) {
    quit_ = quit_ || signal.ssi_signo != SIGCHLD;
  }
}

bool Demo::majority_runs() {
  std::size_t running = 0;
  for (auto& node : cluster_.nodes()) running += node.running() ? 1U : 0U;
  return running > cluster_.nodes().size() / 2;
}

void Demo::tell_why_nodes_ended() {
  for (auto& node : cluster_.nodes()) {
    const auto end = node.process ? node.process->ended() : std::nullopt;
    if (!end) continue;
    complain(fmt::format("node {} has ended {}: {}", node.id.value, real::text_of(*end),
                         last_line(node.log)));
  }
}

void Demo::help() {
  teller_.say(json{{"event", "help"}, {"directory", directory_}},
              "Kill one as shown, or type: status, kill N, pause N, resume N, restart N, quit.\n"
              "Ctrl-C ends all. Data and logs: " +
                  directory_);
}

void Demo::on_node(std::string_view word, LocalNode& node) {
  const std::string name = "node " + std::to_string(node.id.value);
  const bool running = node.running();
  if (word == "restart") {
    if (running) return teller_.event("refused", node, name + " runs; kill it first");
    if (auto started = cluster_.start(node); !started) return complain(started.error().text);
    return teller_.event("restarted", node, name + " is started again");
  }
  if (!running) return teller_.event("refused", node, name + " does not run");
  if (word == "kill") {
    node.process->signal(SIGKILL);
    node.process->wait(kLeaveMilliseconds);
    look_at_children();
  } else if (word == "pause") {
    node.process->signal(SIGSTOP);
    teller_.event("paused", node, name + " is paused");
  } else {
    node.process->signal(SIGCONT);
    teller_.event("resumed", node, name + " goes on");
  }
}

void Demo::on_line(const std::string& line) {
  const auto space = std::min(line.find(' '), line.size());
  const std::string word = line.substr(0, space);
  if (word.empty()) return;
  if (word == "quit" || word == "exit") {
    quit_ = true;
  } else if (word == "status") {
    teller_.cluster(cluster_, directory_);
  } else if (word == "kill" || word == "pause" || word == "resume" || word == "restart") {
    u64 id = 0;
    const std::string rest = line.substr(std::min(space + 1, line.size()));
    std::from_chars(rest.data(), rest.data() + rest.size(), id);
    LocalNode* node = cluster_.find(id);
    if (node == nullptr) return complain("there is no node '" + rest + "'");
    on_node(word, *node);
  } else {
    help();
  }
}

void Demo::on_input() {
  char buffer[4096];
  const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return;
  // Nobody types any more: the cluster stays, until a signal ends it.
  if (got <= 0) input_open_ = false;
  typed_.append(buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  for (auto end = typed_.find('\n'); end != std::string::npos; end = typed_.find('\n')) {
    const std::string line = typed_.substr(0, end);
    typed_.erase(0, end + 1);
    on_line(line);
  }
}

/// Says who has ended since the last time, and forgets the process.
void Demo::look_at_children() {
  for (auto& node : cluster_.nodes()) {
    if (!node.process) continue;
    const auto end = node.process->ended();
    if (!end) continue;
    node.process.reset();
    teller_.event("ended", node,
                  fmt::format("node {} has ended {}; 'restart {}' starts it again", node.id.value,
                              real::text_of(*end), node.id.value));
  }
}

Exit Demo::run() {
  if (!start()) return Exit::environment;
  if (!quit_) {
    teller_.cluster(cluster_, directory_);
    help();
  }
  while (!quit_ && !teller_.failed()) {
    pollfd waits[2] = {{.fd = signals_, .events = POLLIN, .revents = 0},
                       {.fd = input_open_ ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
    if (::poll(waits, 2, -1) < 0) continue;
    if (waits[0].revents != 0) take_signals();
    look_at_children();
    if (waits[1].revents != 0) on_input();
  }
  return teller_.finish(Exit::pass);
}

real::Result<real::Fd> take_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&set, number);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  real::Fd fd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!fd.open()) return std::unexpected{real::system_failure("make a signalfd")};
  return fd;
}

/// The directory to use, and whether it is ours to remove.
struct Place {
  std::string path;
  bool made = false;
};

real::Result<Place> find_place(const std::string& wanted) {
  std::error_code error;
  if (!wanted.empty()) {
    const bool made = std::filesystem::create_directories(wanted, error);
    if (error) return std::unexpected{real::system_failure("make " + wanted, error.value())};
    return Place{.path = std::filesystem::absolute(wanted), .made = made};
  }
  const auto above = std::filesystem::temp_directory_path(error);
  if (error) {
    return std::unexpected{
        real::system_failure("use the temporary directory, see TMPDIR", error.value())};
  }
  std::string name = (above / "snowflk-demo-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return std::unexpected{real::system_failure("make a directory in " + above.string())};
  }
  return Place{.path = name, .made = true};
}

Exit demo(const DemoOptions& options) {
  const auto signals = take_signals();
  const auto place = find_place(options.directory);
  if (!signals || !place) {
    complain(signals ? place.error().text : signals.error().text);
    return Exit::environment;
  }
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  auto cluster = LocalCluster::make(
      {.program = program, .directory = place->path, .nodes = options.nodes, .extra_lines = {}});
  if (!cluster) {
    complain(cluster.error().text);
    std::error_code ignored;
    if (place->made) std::filesystem::remove(place->path, ignored);  // Only if nothing is in it.
    return Exit::environment;
  }
  Demo demo{options, place->path, std::move(*cluster), signals->get()};
  const Exit verdict = demo.run();
  demo.cluster().stop_all(kLeaveMilliseconds);
  // Of a demo that failed, the logs say why.
  if (verdict != Exit::pass) complain("its data and logs stay in " + place->path);
  if (!options.keep && verdict == Exit::pass) {
    demo.cluster().remove_files();
    std::error_code ignored;
    if (place->made) std::filesystem::remove(place->path, ignored);
  }
  return verdict;
}

}  // namespace

void add_demo(CLI::App& root, Action& action) {
  auto& command = *root.add_subcommand("demo", "Start a real cluster on this machine");
  auto options = std::make_shared<DemoOptions>();
  command.add_option("--nodes", options->nodes, "How many nodes")
      ->check(CLI::Range(1, 9))
      ->capture_default_str();
  command.add_option("--dir", options->directory, "Where data and logs go [a temporary directory]");
  command.add_flag("--keep", options->keep,
                   "Leave data and logs; --dir with them goes on from there");
  command.add_flag("--json", options->as_json, "Print one JSON object a line");
  command.callback([options, &action] { action = [options] { return demo(*options); }; });
}

}  // namespace snowflk::tools
