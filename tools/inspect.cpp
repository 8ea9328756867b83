// `snowflk inspect DIR`: what a node's directory holds, and why it would start or not.
//
// Reads by the node's own recovery and judges by its own table: what is printed here is what a
// start would decide. It writes nothing. A directory that a node is using may change while it is
// read.
#include <filesystem>
#include <fstream>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "core/bitcask/recovery.hpp"
#include "tools/commands.hpp"
#include "tools/inspect_report.hpp"
#include "tools/output.hpp"

namespace snowflk::tools {
namespace {

using bitcask::DiskError;
using bitcask::DiskRead;
using bitcask::DiskRequests;
using bitcask::Event;
using bitcask::file_name;
using bitcask::FileKind;
using bitcask::FoundFile;
using bitcask::HeaderFault;
using bitcask::Identity;
using bitcask::judge_log;
using bitcask::kMetaBytes;
using bitcask::kMetaFiles;
using bitcask::LogJudgement;
using bitcask::MetaSlots;
using bitcask::parse_file_name;
using bitcask::read_meta_file;
using bitcask::Recovery;
using bitcask::RecoveryStep;

struct InspectArguments {
  std::string directory;
  bool json = false;
};

/// The files of a directory that are ours, and reads of them.
class Directory {
 public:
  /// `error` says if the directory could not be listed.
  Directory(std::filesystem::path path, std::error_code& error) : path_(std::move(path)) {
    std::filesystem::directory_iterator at{path_, error};
    for (; !error && at != std::filesystem::directory_iterator{}; at.increment(error)) {
      const auto file = parse_file_name(at->path().filename().string());
      const auto size = file ? at->file_size(error) : 0;
      if (file && !error) files_.push_back({*file, size});
    }
  }
  [[nodiscard]] const std::vector<FoundFile>& files() const { return files_; }

  std::expected<Bytes, DiskError> read(const DiskRead& read) {
    std::ifstream file{path_ / file_name(read.file), std::ios::binary};
    if (!file) return std::unexpected(DiskError::io);
    buffer_.resize(read.length);
    file.seekg(static_cast<std::streamoff>(read.offset));
    file.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(read.length));
    if (file.bad()) return std::unexpected(DiskError::io);
    return Bytes{buffer_}.first(static_cast<std::size_t>(file.gcount()));
  }

 private:
  std::filesystem::path path_;
  std::vector<FoundFile> files_;
  std::vector<std::byte> buffer_;
};

/// Whose directory it is, as its metadata says: recovery is then asked as that node would ask.
Identity identity_of(Directory& directory) {
  MetaSlots slots;
  for (auto& file : slots.slots) file.fill(std::unexpected(HeaderFault::blank));
  for (u64 number = 0; number < kMetaFiles; ++number) {
    const auto bytes = directory.read({.id = {},
                                       .file = {FileKind::meta, number},
                                       .offset = 0,
                                       .length = static_cast<u32>(kMetaBytes)});
    if (bytes) read_meta_file(*bytes, number, slots);
  }
  return choose_meta(slots).meta.identity;
}

Recovery recover(Directory& directory) {
  const Identity identity = identity_of(directory);
  DiskRequests requests;
  std::vector<Event> events;
  const bitcask::Output out{.disk = requests, .events = events};
  Recovery recovery;
  bitcask::StoreOptions whoever;  // Whose directory it is, and of which members, it says itself.
  whoever.cluster = identity.cluster;
  whoever.node = identity.node;
  recovery.start(whoever, directory.files(), out);
  while (!requests.reads().empty()) {
    const std::vector<DiskRead> reads = requests.reads();
    requests.clear();
    for (const DiskRead& read : reads) recovery.on_read(directory.read(read), out);
  }
  return recovery;
}

Exit exit_of(const Recovery& recovery) {
  switch (recovery.step()) {
    case RecoveryStep::done: return Exit::pass;
    case RecoveryStep::refused: return Exit::safety;
    case RecoveryStep::idle:
    case RecoveryStep::meta:
    case RecoveryStep::manifest:
    case RecoveryStep::segments:
    case RecoveryStep::unlisted:
    case RecoveryStep::tail:
    case RecoveryStep::failed: return Exit::environment;
  }
  return Exit::environment;
}

Exit run(const InspectArguments& arguments) {
  std::error_code error;
  if (!std::filesystem::is_directory(arguments.directory, error)) {
    complain(fmt::format("{}: is not a directory", arguments.directory));
    return Exit::usage;
  }
  Directory directory{arguments.directory, error};
  if (error) {
    complain(fmt::format("{}: {}", arguments.directory, error.message()));
    return Exit::environment;
  }
  if (directory.files().empty()) {
    complain(fmt::format("{}: holds no file of a node", arguments.directory));
    return Exit::usage;
  }
  Recovery recovery = recover(directory);
  // Where recovery stopped before it could judge, what it had read by then is judged all the same.
  const LogJudgement judgement = judge_log(recovery.scans());
  Output out;
  out.line(arguments.json ? inspect_as_json(recovery, judgement)
                          : inspect_as_text(recovery, judgement));
  return out.finish(exit_of(recovery));
}

}  // namespace

void add_inspect(CLI::App& root, Action& action) {
  auto* command = root.add_subcommand(
      "inspect", "Show each batch of a node's directory, its class and the rule that decided it");
  auto arguments = std::make_shared<InspectArguments>();
  command->footer(
      "Exit codes: 0 the node would start; 3 it would refuse, for rot or what is missing;\n"
      "1 this is no directory of a node; 2 it cannot be read.");
  command->add_option("DIRECTORY", arguments->directory, "A node's data directory")->required();
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback([&action, arguments] { action = [arguments] { return run(*arguments); }; });
}

}  // namespace snowflk::tools
