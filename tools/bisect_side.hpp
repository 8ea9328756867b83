// One of the two runs that are compared: a file that it left, and a build that can run it again in
// a process of its own.
#pragma once

#include <expected>
#include <string>

#include "sim/chain/compare.hpp"
#include "tools/sim_options.hpp"

namespace snowflk::tools {

/// A directory for files of a bisection; gone with it, unless it is to stay.
class ScratchDirectory {
 public:
  ScratchDirectory() = default;
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory();
  /// False, after a complaint: there is none.
  bool make();
  [[nodiscard]] std::string file(std::string_view name) const;

 private:
  std::string path_;
};

/// Files that are compared stay as they are read; what is borrowed from them is good as long.
struct Read {
  std::string text;
  sim::chain::Recording recording;
};
/// A complaint has been printed, or a chain file or trace.
OrExit<Read> read_side(const std::string& file);

class Side {
 public:
  static constexpr const char* kThisBuild = "/proc/self/exe";

  /// `binary`: a build of snowflk. `name`: for its files. `stirred`: its memory holds other bytes
  /// where nobody has written any.
  Side(std::string name, std::string binary, bool stirred, const ScratchDirectory& scratch)
      : name_(std::move(name)), binary_(std::move(binary)), stirred_(stirred), scratch_(&scratch) {}

  /// Runs what `file` names (a scenario, with `seed`; a trace or chain file) and leaves a chain
  /// file, in which the events of `window` are told ("": none). A complaint, or the file's name.
  OrExit<std::string> chain(const std::string& file, const std::string& seed,
                            const std::string& window) const;
  /// Likewise every part of the state after `event`, a line each.
  OrExit<std::string> state(const std::string& file, const std::string& seed, u64 event) const;

 private:
  /// To people.
  [[nodiscard]] std::string build() const;

  std::string name_;
  std::string binary_;
  bool stirred_;
  const ScratchDirectory* scratch_;
};

}  // namespace snowflk::tools
