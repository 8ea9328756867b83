#include "real/server.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <algorithm>

#include "core/base/assert.hpp"
#include "real/clock.hpp"
#include "real/log.hpp"

namespace snowflk::real {
namespace {

constexpr Duration kTurnMax = milliseconds(5);

/// Descriptors for all that may be open at a time; how many of them, for each of the disk's two
/// uses, are for files of the log. Where few are allowed, fewer files stay open between operations.
Result<std::size_t> reserve_descriptors(const Config& config) {
  constexpr u64 kOwn = 28;  // standard ones, sockets that listen, links to peers and strangers
  constexpr u64 kFilesMin = 8;
  const u64 others = config.limits.connections_max + kOwn;
  const u64 needed = others + 2 * kFilesMin;
  const u64 wanted = others + 2 * FileTable::kOpenMax;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return std::unexpected{system_failure("ask for the limit of open files")};
  }
  if (limit.rlim_cur >= wanted) return FileTable::kOpenMax;
  if (limit.rlim_max < needed) {
    return std::unexpected{Failure{
        "connections_max is " + std::to_string(config.limits.connections_max) + ", for which " +
        std::to_string(needed) + " open files are needed; the limit (ulimit -Hn) is " +
        std::to_string(limit.rlim_max)}};
  }
  limit.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, wanted));
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return std::unexpected{system_failure("raise the limit of open files")};
  }
  return std::min<std::size_t>(FileTable::kOpenMax, (limit.rlim_cur - others) / 2);
}

/// The signals that end a server, as something to read. Blocked before the first thread begins, so
/// that none of them is ended by one.
Result<Fd> take_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  if (::pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) {
    return std::unexpected{system_failure("block signals")};
  }
  Fd fd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!fd.open()) return std::unexpected{system_failure("make a signalfd")};
  return fd;
}

}  // namespace

Server::Server(Config config, Poller poller)
    : config_(std::move(config)),
      poller_(std::move(poller)),
      now_(real::now()),
      node_(config_.options) {}

Result<std::unique_ptr<Server>> Server::start(Config config) {
  auto poller = Poller::make();
  if (!poller) return std::unexpected{poller.error()};
  std::unique_ptr<Server> server{new Server{std::move(config), std::move(*poller)}};
  if (auto opened = server->open_all(); !opened) return std::unexpected{opened.error()};
  return server;
}

std::expected<void, Failure> Server::open_all() {
  const auto open_files = reserve_descriptors(config_);
  if (!open_files) return std::unexpected{open_files.error()};
  auto signals = take_signals();
  if (!signals) return std::unexpected{signals.error()};
  signals_ = std::move(*signals);

  auto directory = Directory::open(config_.data_dir, config_.options.bootstrap);
  if (!directory) return std::unexpected{directory.error()};
  auto disk = FileDisk::start(std::move(*directory), *open_files);
  if (!disk) return std::unexpected{disk.error()};
  disk_ = std::move(*disk);

  auto links = Links::start(config_, poller_, *this);
  if (!links) return std::unexpected{links.error()};
  links_ = std::move(*links);
  auto clients = Clients::start(config_, poller_, *this, *this, now_);
  if (!clients) return std::unexpected{clients.error()};
  clients_ = std::move(*clients);
  driver_.emplace(EffectsDriver{.links = *links_, .clients = *clients_, .disk = *disk_});

  if (auto added = poller_.add(signals_.get(), {.source = Source::signals}); !added) return added;
  return poller_.add(disk_->ready_fd(), {.source = Source::disk});
}

// ---- The loop --------------------------------------------------------------------------------

ServerEnd Server::run() {
  boot();
  while (!driver_->halted) turn();
  const node::Halt& halt = *driver_->halted;
  log(LogLevel::info, "ends: {}",
      halt.reason.empty() ? name_of(halt.kind) : std::string_view{halt.reason});
  return {.kind = halt.kind, .reason = halt.reason};
}

void Server::boot() {
  now_ = real::now();
  const auto files = disk_->directory().files();
  if (!files) {
    driver_->halted = node::Halt{.kind = node::HaltKind::disk_failed, .reason = files.error().text};
    return;
  }
  step(node::Booted{.entropy = entropy(), .files = *files});
  finish_turn();
}

/// Peers hear of a node when its directory is known to be of this node and this cluster, and
/// sound; clients are answered before, with what it is doing.
void Server::join_once_judged() {
  if (joined_ || driver_->halted || node_.phase() == node::Phase::booting) return;
  joined_ = true;
  if (!node_.refusing_reason().empty()) {
    log(LogLevel::error, "takes part in nothing: {}", node_.refusing_reason());
  }
  log(LogLevel::info, "serves clients at {} and peers at {}", clients_->listening_at(),
      links_->listening_at());
  links_->open();
}

void Server::turn() {
  const auto ready = poller_.wait(unfinished_ ? Duration{0} : wakes_at() - monotonic_now());
  now_ = real::now();
  for (const auto& each : ready) dispatch(each);
  if (driver_->deadline <= now_.monotonic) step(node::DeadlinePassed{});
  links_->on_time(now_.monotonic);
  clients_->on_time(now_.monotonic);
  finish_turn();
}

Instant Server::wakes_at() const {
  return std::min({driver_->deadline, links_->deadline(), clients_->deadline()});
}

void Server::dispatch(const Ready& ready) {
  switch (ready.token.source) {
    case Source::signals: return on_signal();
    case Source::disk: return on_disk();
    case Source::peer_listener: return links_->on_listener(now_.monotonic);
    case Source::client_listener: return clients_->on_listener(now_.monotonic);
    case Source::peer: return links_->on_ready(ready, now_.monotonic);
    case Source::client: return clients_->on_ready(ready, now_.monotonic);
  }
}

/// Disk first: it works while the loop sends. What a sending comes to may give it more. A client
/// that asks as fast as it is answered could keep the turn from ending: what is left after a while
/// waits for the next one, so that peers and deadlines have theirs.
void Server::finish_turn() {
  join_once_judged();
  const Instant end = now_.monotonic + kTurnMax;
  unfinished_ = true;
  while (unfinished_) {
    disk_->kick();
    unfinished_ = clients_->settle(now_);
    unfinished_ = links_->settle(now_.monotonic) || unfinished_;
    if (monotonic_now() >= end) break;
  }
  disk_->kick();
}

void Server::step(const node::Input& input) {
  if (driver_->halted) return;
  node_.step(now_, input, effects_);
  node::perform(effects_, *driver_);
}

// ---- Inputs ----------------------------------------------------------------------------------

void Server::on_signal() {
  signalfd_siginfo signal{};
  if (::read(signals_.get(), &signal, sizeof signal) != static_cast<ssize_t>(sizeof signal)) return;
  stops_ += 1;
  if (stops_ > 1) {
    driver_->halted = node::Halt{.kind = node::HaltKind::stopped, .reason = "told to stop twice"};
    return;
  }
  log(LogLevel::info, "told to stop");
  step(node::Stop{});
}

void Server::on_disk() {
  disk_results_.clear();
  disk_->collect(disk_results_);
  for (const auto& result : disk_results_) {
    std::visit(Overloaded{[&](const node::DiskDone& done) { step(done); },
                          [&](const node::DiskRefused& refused) {
                            tell_refusal(refused);
                            step(refused);
                          },
                          [&](const ReadResult& read) {
                            if (read.bytes) {
                              step(node::ReadDone{.id = read.id, .bytes = Bytes{*read.bytes}});
                            } else {
                              step(node::ReadDone{.id = read.id,
                                                  .bytes = std::unexpected{read.bytes.error()}});
                            }
                          }},
               result);
  }
}

void Server::tell_refusal(const node::DiskRefused& refused) {
  const bool full = refused.error == bitcask::DiskError::no_space;
  const std::string what = "the disk refused to " + disk_->last_refused() + " in " +
                           config_.data_dir + ": " +
                           (full ? "no space left; tried again until there is" : "I/O error");
  if (const auto line = refusals_.tell(now_.monotonic, what)) log(LogLevel::error, "{}", *line);
}

NodeStatus Server::status() const {
  NodeStatus status;
  status.phase = name_of(node_.phase());
  status.running = node_.phase() == node::Phase::running;
  status.refusing_reason = node_.refusing_reason();
  status.applied_index = node_.applied_index();
  status.durable_index = node_.durable_index();
  status.keys = node_.machine().keys();
  status.digest = node_.state_digest();
  status.frames_passed_over = links_->frames_passed_over();
  for (const auto& member : config_.peers) status.peers_up += links_->is_up(member.id) ? 1U : 0U;
  const raft::Raft* raft = node_.raft();
  if (raft == nullptr) return status;
  status.role = raft->role();
  status.term = raft->hard_state().current_term;
  status.voted_for = raft->hard_state().voted_for;
  status.leader = raft->leader();
  status.commit_index = raft->commit_index();
  status.last_index = raft->log().last_index();
  if (status.role != raft::Role::leader) return status;
  for (const auto& member : config_.peers) {
    if (!links_->is_up(member.id)) continue;
    const auto& progress = raft->progress(member.id);
    status.followers.push_back(
        {.id = member.id, .match = progress.match_index, .last_heard = progress.last_contact});
  }
  return status;
}

}  // namespace snowflk::real
