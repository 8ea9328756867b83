#include "tools/campaign_results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/base/assert.hpp"

namespace snowflk::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporary = ".tmp-";
constexpr const char* kStateName = "state.json";
constexpr std::string_view kNotOurs = "this is no campaign's results";

FileProblem problem(const std::string& path, int error) {
  return FileProblem{.exit = Exit::environment,
                     .sentence = path + ": " + std::generic_category().message(error)};
}

/// Returns 0 or what went wrong.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

int write_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  int error = write_all(file, text);
  if (error == 0 && ::fsync(file) != 0) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  return error;
}

std::unexpected<FileProblem> refuse(const std::string& path, u64 line, std::string_view why) {
  return std::unexpected(
      FileProblem{.exit = Exit::usage, .sentence = fmt::format("{}:{}: {}", path, line, why)});
}

/// Of a first line that has no end: whether it can have been one of ours.
bool may_begin_ours(std::string_view torn) {
  const std::string head = fmt::format(R"x({{"schema":"{}","campaign":")x", kCampaignSchema);
  return torn.starts_with(head) || head.starts_with(torn);
}

/// What of `so_far` cannot come after `before`; empty: it can.
std::string_view contradiction(const ShardTotals& before, const ProgressLine& line, u64 seeds,
                               u64 first) {
  const ShardTotals& now = line.so_far;
  if (now.ran > seeds) return "more seeds than the shard has";
  if (now.ran < before.ran || now.failed < before.failed || now.events < before.events) {
    return "less than the line before it";
  }
  const u64 failed = now.failed - before.failed;
  if (failed != (line.failure ? 1 : 0)) return "failures without a line of their own";
  if (line.failure && line.failure->seed - first != now.ran - 1) return "not the seed that is next";
  return {};
}

/// The member that a campaign of one name was begun with and is now asked for with another value.
std::string difference(const ShardIdentity& has, const ShardIdentity& wanted) {
  const auto differ = [](std::string_view what, const auto& was, const auto& is) {
    return fmt::format("holds results of {} {}, not {}", what, was, is);
  };
  if (has.build != wanted.build) return differ("build", has.build, wanted.build);
  if (has.scenario_hash != wanted.scenario_hash || has.scenario != wanted.scenario) {
    return differ("scenario", has.scenario, wanted.scenario + " as it is now");
  }
  if (has.mode != wanted.mode) return differ("mode", has.mode, wanted.mode);
  if (has.generator != wanted.generator) {
    return differ("generator", has.generator, wanted.generator);
  }
  if (has.seeds != wanted.seeds) {
    return differ("seeds", fmt::format("{}..{}", has.seeds.first, has.seeds.last),
                  fmt::format("{}..{}", wanted.seeds.first, wanted.seeds.last));
  }
  if (has.shard != wanted.shard) return differ("shard", print(has.shard), print(wanted.shard));
  return "holds results of a campaign with another --name or --twice";
}

}  // namespace

std::string temporary_name(const std::string& path) {
  return fmt::format("{}{}{}", path, kTemporary, ::getpid());
}

std::optional<FileProblem> write_renamed(const std::string& path, std::string_view text) {
  const std::string temporary = temporary_name(path);
  std::optional<FileProblem> failed;
  if (const int error = write_file(temporary, text); error != 0) {
    failed = problem(temporary, error);
  } else if (::rename(temporary.c_str(), path.c_str()) != 0) {
    failed = problem(path, errno);
  }
  if (failed) ::unlink(temporary.c_str());
  return failed;
}

std::expected<std::optional<ShardFile>, FileProblem> parse_results(const std::string& path,
                                                                   std::string_view text) {
  std::optional<ShardFile> file;
  u64 number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) {  // torn: whoever wrote it was killed
      if (!file && !may_begin_ours(text)) return refuse(path, 1, kNotOurs);
      break;
    }
    const std::string_view line = text.substr(at, end - at);
    number += 1;
    at = end + 1;
    if (!file) {
      const auto begin = parse_begin(line);
      if (!begin) return refuse(path, number, kNotOurs);
      file = ShardFile{.begin = *begin, .so_far = {}, .failures = {}, .whole_bytes = at};
      continue;
    }
    const auto progress = parse_progress(line);
    if (!progress) return refuse(path, number, "this is no line of a campaign's results");
    const sim::SeedRange seeds = seeds_of(file->begin.identity);
    const auto why = contradiction(file->so_far, *progress, size_of(seeds), seeds.first);
    if (!why.empty()) return refuse(path, number, why);
    if (progress->failure) file->failures.push_back(*progress->failure);
    file->so_far = progress->so_far;
    file->whole_bytes = at;
  }
  return file;
}

ShardResults::ShardResults(ShardResults&& other) noexcept
    : directory_(std::move(other.directory_)),
      lock_(std::exchange(other.lock_, -1)),
      results_(std::exchange(other.results_, -1)),
      begin_line_(std::move(other.begin_line_)),
      seeds_(other.seeds_),
      so_far_(other.so_far_),
      traces_(std::move(other.traces_)) {}

ShardResults::~ShardResults() {
  if (results_ >= 0) ::close(results_);
  if (lock_ >= 0) ::close(lock_);
}

std::expected<ShardResults, FileProblem> ShardResults::open(const std::string& directory,
                                                            const ShardIdentity& identity,
                                                            u64 begun_s) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return std::unexpected(problem(directory, error.value()));
  ShardResults results;
  results.directory_ = directory;
  if (auto failed = results.take_lock()) return std::unexpected(*std::move(failed));
  for (const auto& entry : fs::directory_iterator{directory, error}) {
    if (entry.path().filename().string().find(kTemporary) == std::string::npos) continue;
    std::error_code ignored;  // What cannot be swept away is in nobody's way.
    fs::remove(entry.path(), ignored);
  }
  if (auto failed = results.go_on(identity, begun_s)) return std::unexpected(*std::move(failed));
  return results;
}

/// A lock that a worker process does not inherit, so that it ends with us, however we end.
std::optional<FileProblem> ShardResults::take_lock() {
  const std::string path = directory_ + "/lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) return problem(path, errno);
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(lock_, F_SETLK, &whole) == 0) return std::nullopt;
  if (errno == EACCES || errno == EAGAIN) {
    return FileProblem{.exit = Exit::environment,
                       .sentence = directory_ + ": another process works on this shard"};
  }
  return problem(path, errno);
}

std::optional<FileProblem> ShardResults::go_on(const ShardIdentity& identity, u64 begun_s) {
  const std::string path = directory_ + "/" + kResultsName;
  seeds_ = size_of(seeds_of(identity));
  std::optional<ShardFile> before;
  if (fs::exists(path)) {
    const auto text = read_file(path);
    if (!text) return text.error();
    auto parsed = parse_results(path, *text);
    if (!parsed) return parsed.error();
    before = *std::move(parsed);
  }
  if (before && before->begin.identity != identity) {
    return FileProblem{
        .exit = Exit::usage,
        .sentence = fmt::format("{}: {}", path, difference(before->begin.identity, identity))};
  }
  results_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (results_ < 0) return problem(path, errno);
  const u64 whole_bytes = before ? before->whole_bytes : 0;
  if (::ftruncate(results_, static_cast<off_t>(whole_bytes)) != 0) return problem(path, errno);
  begin_line_ = begin_line(identity, before ? before->begin.begun_s : begun_s);
  if (!before) return append(begin_line_);
  so_far_ = before->so_far;
  for (const CampaignFailure& failure : before->failures) {
    if (!failure.file.empty()) traces_[failure.signature] += 1;
  }
  read_state();
  return std::nullopt;
}

/// Of use only if it is of these results, and no line of theirs has come after it.
void ShardResults::read_state() {
  const auto text = read_file(directory_ + "/" + kStateName);
  if (!text) return;
  const auto end = text->find('\n');
  if (end == std::string::npos || text->compare(0, end, begin_line_) != 0) return;
  const auto state = parse_progress(std::string_view{*text}.substr(end + 1));
  if (!state || state->so_far.ran <= so_far_.ran || state->so_far.ran > seeds_) return;
  if (state->so_far.failed != so_far_.failed) return;
  so_far_ = state->so_far;
}

u64 ShardResults::traces_of(const std::string& signature) const {
  const auto found = traces_.find(signature);
  return found == traces_.end() ? 0 : found->second;
}

std::optional<FileProblem> ShardResults::append(const std::string& line) {
  const std::string path = directory_ + "/" + kResultsName;
  if (const int error = write_all(results_, line + "\n"); error != 0) return problem(path, error);
  if (::fdatasync(results_) != 0) return problem(path, errno);
  return std::nullopt;
}

std::optional<FileProblem> ShardResults::add_pass(const ShardTotals& so_far) {
  SNOWFLK_ASSERT(so_far.ran == so_far_.ran + 1);
  SNOWFLK_ASSERT(so_far.ran <= seeds_);
  so_far_ = so_far;
  if (so_far.ran % kCheckpointEvery != 0 && so_far.ran != seeds_) return std::nullopt;
  return append(totals_line(so_far_));
}

std::optional<FileProblem> ShardResults::add_failure(const CampaignFailure& failure,
                                                     const ShardTotals& so_far) {
  SNOWFLK_ASSERT(so_far.ran == so_far_.ran + 1);
  SNOWFLK_ASSERT(so_far.ran <= seeds_);
  so_far_ = so_far;
  if (!failure.file.empty()) traces_[failure.signature] += 1;
  return append(failure_line(failure, so_far_));
}

std::optional<FileProblem> ShardResults::save_state() {
  return write_renamed(directory_ + "/" + kStateName,
                       begin_line_ + "\n" + totals_line(so_far_) + "\n");
}

}  // namespace snowflk::tools
