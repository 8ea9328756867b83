#include "tools/campaign_results.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
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
  for (u32 format = 1; format <= kCampaignFormat; ++format) {
    const std::string head =
        fmt::format(R"x({{"schema":"{}","campaign":")x", campaign_schema(format));
    if (torn.starts_with(head) || head.starts_with(torn)) return true;
  }
  return false;
}

/// Whether `seeds` are `count` of the shard's, in their order, and all of them were run after the
/// first `before` and within the first `now`.
bool are_new_seeds(const std::vector<u64>& seeds, u64 first, u64 before, u64 now) {
  u64 least = before;  // of the next one, counted from `first`
  for (const u64 seed : seeds) {
    if (seed < first || seed - first < least || seed - first >= now) return false;
    least = seed - first + 1;
  }
  return true;
}

/// What a line says of seeds that passed and prove less; empty: it can be.
std::string_view contradiction_of_weak(const ShardTotals& before, const ProgressLine& line,
                                       u64 first) {
  const ShardTotals& now = line.so_far;
  if (now.excused - before.excused != line.weak.excused.size() ||
      now.undecided - before.undecided != line.weak.undecided.size()) {
    return "excused or undecided seeds that are not named";
  }
  for (const std::vector<u64>* seeds : {&line.weak.excused, &line.weak.undecided}) {
    if (!are_new_seeds(*seeds, first, before.ran, now.ran)) {
      return "excused or undecided seeds that were not run here";
    }
    if (line.failure && std::ranges::find(*seeds, line.failure->seed) != seeds->end()) {
      return "a seed that failed and passed";
    }
  }
  return {};
}

bool is_less(const ShardTotals& now, const ShardTotals& before) {
  if (now.ran < before.ran || now.failed < before.failed || now.events < before.events) return true;
  if (now.excused < before.excused || now.undecided < before.undecided) return true;
  for (std::size_t way = 0; way < before.ledger.size(); ++way) {
    if (now.ledger[way] < before.ledger[way]) return true;
  }
  return false;
}

/// What of `line` cannot come after `before`; empty: it can.
std::string_view contradiction(const ShardTotals& before, const ProgressLine& line,
                               const sim::SeedRange& seeds) {
  const ShardTotals& now = line.so_far;
  if (now.ran > size_of(seeds)) return "more seeds than the shard has";
  if (is_less(now, before)) return "less than the line before it";
  const u64 failed = now.failed - before.failed;
  if (failed != (line.failure ? 1 : 0)) return "failures without a line of their own";
  if (line.failure && line.failure->seed - seeds.first != now.ran - 1) {
    return "not the seed that is next";
  }
  return contradiction_of_weak(before, line, seeds.first);
}

/// Takes the whole lines of a results file, one after the other, into `file`.
class ResultsReader {
 public:
  /// What is wrong with the next line; empty: nothing.
  std::string_view take(std::string_view line) {
    if (!file_) return take_begin(line);
    return has_ways() ? take_progress(line) : take_ways(line);
  }
  [[nodiscard]] bool has_begun() const { return file_.has_value(); }
  void set_whole_bytes(u64 bytes) { file_->whole_bytes = bytes; }
  std::optional<ShardFile> end() { return std::move(file_); }

 private:
  [[nodiscard]] bool has_ways() const { return file_->ways.size() == file_->begin.identity.ledger; }
  std::string_view take_begin(std::string_view line) {
    const auto begin = parse_begin(line);
    if (!begin) return kNotOurs;
    file_ = ShardFile{.begin = *begin};
    return {};
  }
  std::string_view take_ways(std::string_view line) {
    auto ways = parse_ways(line);
    if (!ways || ways->size() != file_->begin.identity.ledger) {
      return "this does not say what the ledger counts";
    }
    file_->ways = *std::move(ways);
    return {};
  }
  std::string_view take_progress(std::string_view line) {
    auto progress = parse_progress(line, file_->begin.identity);
    if (!progress) return "this is no line of a campaign's results";
    const auto why = contradiction(file_->so_far, *progress, seeds_of(file_->begin.identity));
    if (!why.empty()) return why;
    if (progress->failure) file_->failures.push_back(*std::move(progress->failure));
    file_->weak.append(progress->weak);
    file_->so_far = std::move(progress->so_far);
    return {};
  }

  std::optional<ShardFile> file_;
};

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
  if (has.format != wanted.format) return differ("format", has.format, wanted.format);
  if (has.ledger != wanted.ledger) {
    return has.ledger == 0      ? "holds results without a ledger"
           : wanted.ledger == 0 ? "holds results with a ledger: --ledger goes on with them"
                                : "holds a ledger that counts other than this build's";
  }
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
  ResultsReader reader;
  u64 number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) {  // torn: whoever wrote it was killed
      if (!reader.has_begun() && !may_begin_ours(text)) return refuse(path, 1, kNotOurs);
      break;
    }
    number += 1;
    const auto why = reader.take(text.substr(at, end - at));
    if (!why.empty()) return refuse(path, number, why);
    at = end + 1;
    reader.set_whole_bytes(at);
  }
  return reader.end();
}

std::optional<ProgressLine> read_state(const std::string& directory, const ShardFile& file) {
  const auto text = read_file((fs::path{directory} / kStateName).string());
  if (!text) return std::nullopt;
  const auto end = text->find('\n');
  const ShardIdentity& identity = file.begin.identity;
  if (end == std::string::npos ||
      text->compare(0, end, begin_line(identity, file.begin.begun_s)) != 0) {
    return std::nullopt;
  }
  auto state = parse_progress(std::string_view{*text}.substr(end + 1), identity);
  if (!state || state->failure || state->so_far.ran <= file.so_far.ran) return std::nullopt;
  if (!contradiction(file.so_far, *state, seeds_of(identity)).empty()) return std::nullopt;
  return state;
}

ShardResults::ShardResults(ShardResults&& other) noexcept
    : directory_(std::move(other.directory_)),
      lock_(std::exchange(other.lock_, -1)),
      results_(std::exchange(other.results_, -1)),
      begin_line_(std::move(other.begin_line_)),
      seeds_(other.seeds_),
      so_far_(std::move(other.so_far_)),
      weak_(std::move(other.weak_)),
      traces_(std::move(other.traces_)) {}

ShardResults::~ShardResults() {
  if (results_ >= 0) ::close(results_);
  if (lock_ >= 0) ::close(lock_);
}

std::expected<ShardResults, FileProblem> ShardResults::open(const std::string& directory,
                                                            const ShardIdentity& identity,
                                                            const std::vector<std::string>& ways,
                                                            u64 begun_s) {
  SNOWFLK_ASSERT(identity.ledger == ways.size());
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
  if (auto failed = results.go_on(identity, ways, begun_s)) {
    return std::unexpected(*std::move(failed));
  }
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

std::optional<FileProblem> ShardResults::go_on(const ShardIdentity& identity,
                                               const std::vector<std::string>& ways, u64 begun_s) {
  const std::string path = directory_ + "/" + kResultsName;
  seeds_ = seeds_of(identity);
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
  if (before && !before->ways.empty() && before->ways != ways) {
    return FileProblem{.exit = Exit::usage,
                       .sentence = path + ": its ledger counts other than this build's"};
  }
  results_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (results_ < 0) return problem(path, errno);
  const u64 whole_bytes = before ? before->whole_bytes : 0;
  if (::ftruncate(results_, static_cast<off_t>(whole_bytes)) != 0) return problem(path, errno);
  begin_line_ = begin_line(identity, before ? before->begin.begun_s : begun_s);
  if (!before) {
    if (auto failed = append(begin_line_)) return failed;
  }
  if (!ways.empty() && (!before || before->ways.empty())) return append(ways_line(ways));
  if (!before) return std::nullopt;
  if (auto state = read_state(directory_, *before)) {
    before->so_far = std::move(state->so_far);
    weak_ = std::move(state->weak);
  }
  so_far_ = std::move(before->so_far);
  for (const CampaignFailure& failure : before->failures) {
    if (!failure.file.empty()) traces_[failure.signature] += 1;
  }
  return std::nullopt;
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

std::optional<FileProblem> ShardResults::append_progress(
    const std::optional<CampaignFailure>& failure) {
  return append(
      progress_line({.failure = failure, .so_far = so_far_, .weak = std::exchange(weak_, {})}));
}

/// The next seed's.
void ShardResults::take(const ShardTotals& so_far) {
  SNOWFLK_ASSERT(so_far.ran == so_far_.ran + 1);
  SNOWFLK_ASSERT(so_far.ran <= size_of(seeds_));
  const u64 seed = seeds_.first + so_far_.ran;
  if (so_far.excused > so_far_.excused) weak_.excused.push_back(seed);
  if (so_far.undecided > so_far_.undecided) weak_.undecided.push_back(seed);
  so_far_ = so_far;
}

std::optional<FileProblem> ShardResults::add_pass(const ShardTotals& so_far) {
  take(so_far);
  if (so_far.ran % kCheckpointEvery != 0 && so_far.ran != size_of(seeds_)) return std::nullopt;
  return append_progress({});
}

std::optional<FileProblem> ShardResults::add_failure(const CampaignFailure& failure,
                                                     const ShardTotals& so_far) {
  take(so_far);
  if (!failure.file.empty()) traces_[failure.signature] += 1;
  return append_progress(failure);
}

std::optional<FileProblem> ShardResults::save_state() {
  const ProgressLine state{.so_far = so_far_, .weak = weak_};
  return write_renamed(directory_ + "/" + kStateName,
                       begin_line_ + "\n" + progress_line(state) + "\n");
}

}  // namespace snowflk::tools
