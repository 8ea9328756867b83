// The built `snowflk` command as a script sees it: what it prints, where it fails.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace snowflk::testing {

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
};

/// A directory of its own that is gone when this is.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "snowflk-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    directory_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::filesystem::remove_all(directory_); }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream{path(name), std::ios::binary} << text;
    return path(name);
  }

 private:
  std::string directory_;
};

inline std::string read_whole(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// `rest` stands behind the arguments in a shell's line.
inline Ran run_program(const Scratch& scratch, const std::string& program,
                       const std::string& arguments, const std::string& rest = "") {
  const std::string out = scratch.path("stdout");
  const std::string err = scratch.path("stderr");
  const std::string line = "cd " + scratch.path("") + " && { " + program + " " + arguments + " " +
                           rest + " ; } >" + out + " 2>" + err;
  const int status = std::system(line.c_str());
  return Ran{.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
             .out = read_whole(out),
             .err = read_whole(err)};
}

/// Runs the built command.
inline Ran snowflk(const Scratch& scratch, const std::string& arguments,
                   const std::string& rest = "") {
  return run_program(scratch, SNOWFLK_BINARY_DIR "/bin/snowflk", arguments, rest);
}

/// `arguments` are refused as usage, in one line that has `why`, and nothing is printed.
inline void check_refused(const Scratch& scratch, const std::string& arguments,
                          const std::string& why) {
  CAPTURE(arguments);
  const Ran ran = snowflk(scratch, arguments);
  CHECK(ran.exit == 1);
  CHECK(ran.out.empty());
  CHECK(lines_of(ran.err).size() == 1);
  CHECK(contains(ran.err, why));
}

}  // namespace snowflk::testing
