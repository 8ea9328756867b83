#include "real/file_table.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "core/base/describe.hpp"

namespace snowflk::real {
namespace {

using bitcask::DiskError;

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

std::optional<DiskError> refused() {
  return errno == ENOSPC || errno == EDQUOT ? DiskError::no_space : DiskError::io;
}

std::expected<void, Failure> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), kDirectoryMode) != 0) {
    if (errno == EEXIST) return {};
    return std::unexpected{system_failure("make the directory " + path)};
  }
  // Its name must not be lost: everything in it would be.
  const auto parent = std::filesystem::absolute(path).lexically_normal().parent_path();
  const Fd above{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!above.open() || ::fsync(above.get()) != 0) {
    return std::unexpected{system_failure("make the directory " + path + " durable")};
  }
  return {};
}

bool write_all(int fd, Bytes bytes, u64 offset) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    if (wrote == 0) {
      errno = EIO;
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<u64>(wrote);
  }
  return true;
}

bool write_zeros(int fd, u64 size) {
  static constexpr std::array<std::byte, 65536> kZeros{};
  for (u64 at = 0; at < size; at += kZeros.size()) {
    const auto piece = std::min<u64>(kZeros.size(), size - at);
    if (!write_all(fd, std::span{kZeros}.first(piece), at)) return false;
  }
  return true;
}

bool reserve(int fd, u64 size) {
  if (size == 0) return true;
  if (::fallocate(fd, 0, 0, static_cast<off_t>(size)) == 0) return true;
  // Not every file system reserves; all can be filled.
  return errno == EOPNOTSUPP && write_zeros(fd, size);
}

/// A node is not made among somebody's files: a mistyped path is more likely than the wish for it.
/// Where there is a file of ours already, a bootstrap was cut off or has been done.
std::expected<void, Failure> refuse_foreign(const std::string& path) {
  std::string foreign;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{path, error}) {
    const std::string name = entry.path().filename().native();
    if (bitcask::parse_file_name(name)) return {};
    const bool no_ones = name == "LOCK" || name == "lost+found";  // an older lock, a file system's
    if (!no_ones && (foreign.empty() || name < foreign)) foreign = name;
  }
  if (error) return std::unexpected{system_failure("list " + path, error.value())};
  if (foreign.empty()) return {};
  return std::unexpected{
      Failure{"the directory " + path + " holds '" + foreign.substr(0, 60) +
                  "', which no node made: give a new or an empty directory to bootstrap in",
              true}};
}

}  // namespace

Result<Directory> Directory::open(const std::string& path, bool create) {
  if (create) {
    if (auto made = make_directory(path); !made) return std::unexpected{made.error()};
    if (auto ours = refuse_foreign(path); !ours) return std::unexpected{ours.error()};
  }
  Fd directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory.open()) return std::unexpected{system_failure("open the directory " + path)};
  Fd lock{::openat(directory.get(), "LOCK", O_RDWR | O_CREAT | O_CLOEXEC, kFileMode)};
  if (!lock.open()) return std::unexpected{system_failure("open " + path + "/LOCK")};
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return std::unexpected{system_failure("lock " + path + "/LOCK")};
    return std::unexpected{Failure{"another server uses the directory " + path}};
  }
  return Directory{path, std::move(directory), std::move(lock)};
}

Result<std::vector<bitcask::FoundFile>> Directory::files() const {
  std::vector<bitcask::FoundFile> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{path_, error}) {
    const auto file = bitcask::parse_file_name(entry.path().filename().native());
    if (!file) continue;  // Not ours: LOCK, or somebody's notes.
    struct stat status{};
    if (::fstatat(directory_.get(), entry.path().filename().c_str(), &status, 0) != 0) {
      return std::unexpected{system_failure("look at " + entry.path().native())};
    }
    found.push_back({.file = *file, .size = static_cast<u64>(status.st_size)});
  }
  if (error) return std::unexpected{system_failure("list " + path_, error.value())};
  std::ranges::sort(found, {}, &bitcask::FoundFile::file);
  return found;
}

std::optional<DiskError> FileTable::perform(const bitcask::DiskAction& action) {
  return std::visit(Overloaded{[&](const bitcask::Create& it) { return create(it); },
                               [&](const bitcask::Write& it) { return write(it); },
                               [&](const bitcask::Sync& it) { return sync(it); },
                               [&](const bitcask::SyncDirectory&) {
                                 return ::fsync(directory_) == 0 ? std::nullopt : refused();
                               },
                               [&](const bitcask::Rename& it) { return rename(it); },
                               [&](const bitcask::Unlink& it) { return unlink(it); }},
                    action);
}

std::string text_of(const bitcask::DiskAction& action) {
  using bitcask::file_name;
  const auto bytes = [](u64 count) { return std::to_string(count) + " bytes"; };
  return std::visit(
      Overloaded{[&](const bitcask::Create& it) {
                   return "make " + file_name(it.file) + " of " + bytes(it.size);
                 },
                 [&](const bitcask::Write& it) {
                   return "write " + bytes(it.bytes.size()) + " to " + file_name(it.file) + " at " +
                          std::to_string(it.offset);
                 },
                 [&](const bitcask::Sync& it) { return "sync " + file_name(it.file); },
                 [&](const bitcask::SyncDirectory&) { return std::string{"sync the directory"}; },
                 [&](const bitcask::Rename& it) {
                   return "rename " + file_name(it.from) + " to " + file_name(it.to);
                 },
                 [&](const bitcask::Unlink& it) { return "remove " + file_name(it.file); }},
      action);
}

std::shared_ptr<Fd> FileTable::open(bitcask::FileId file) {
  if (const auto known = open_.find(file); known != open_.end()) return known->second;
  const int fd = ::openat(directory_, bitcask::file_name(file).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return nullptr;
  if (open_.size() >= open_max_) open_.clear();
  return open_.emplace(file, std::make_shared<Fd>(fd)).first->second;
}

void FileTable::forget(const bitcask::DiskAction& action) {
  std::visit(
      Overloaded{[&](const bitcask::Create& it) { open_.erase(it.file); },
                 [&](const bitcask::Rename& it) {
                   open_.erase(it.from);
                   open_.erase(it.to);
                 },
                 [&](const bitcask::Unlink& it) { open_.erase(it.file); }, [](const auto&) {}},
      action);
}

std::optional<DiskError> FileTable::create(const bitcask::Create& create) {
  open_.erase(create.file);
  const std::string name = bitcask::file_name(create.file);
  Fd fd{::openat(directory_, name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode)};
  if (!fd.open()) return refused();
  if (!reserve(fd.get(), create.size)) {
    const auto why = refused();
    ::unlinkat(directory_, name.c_str(), 0);  // Half a file holds space that others may need.
    return why;
  }
  open_.emplace(create.file, std::make_shared<Fd>(std::move(fd)));
  return std::nullopt;
}

std::optional<DiskError> FileTable::write(const bitcask::Write& write) {
  const auto fd = open(write.file);
  if (!fd || !write_all(fd->get(), write.bytes, write.offset)) return refused();
  return std::nullopt;
}

std::optional<DiskError> FileTable::sync(const bitcask::Sync& sync) {
  const auto fd = open(sync.file);
  if (!fd || ::fdatasync(fd->get()) != 0) return refused();
  return std::nullopt;
}

std::optional<DiskError> FileTable::rename(const bitcask::Rename& rename) {
  forget(rename);
  const std::string from = bitcask::file_name(rename.from);
  const std::string to = bitcask::file_name(rename.to);
  if (::renameat(directory_, from.c_str(), directory_, to.c_str()) != 0) return refused();
  return std::nullopt;
}

std::optional<DiskError> FileTable::unlink(const bitcask::Unlink& unlink) {
  forget(unlink);
  const std::string name = bitcask::file_name(unlink.file);
  if (::unlinkat(directory_, name.c_str(), 0) != 0 && errno != ENOENT) return refused();
  return std::nullopt;
}

}  // namespace snowflk::real
