// tools/tidy, on snippets: each rule finds what it is for, and leaves alone what only looks like
// it.
#include "tools/tidy/tidy.hpp"

#include "tests/catch.hpp"

namespace snowflk::tidy {
namespace {

Source file(std::string path, std::string text) { return {std::move(path), std::move(text)}; }

std::size_t arrows_found(const std::string& path, const std::string& text) {
  return check_arrows(file(path, text)).size();
}
std::size_t words_found(const std::string& path, const std::string& text) {
  return check_words(file(path, text)).size();
}

TEST_CASE("an include against the arrows is found, with its line") {
  const auto findings =
      check_arrows(file("core/raft/log.cpp", "// Raft.\n#include \"core/bitcask/disk.hpp\"\n"));
  REQUIRE(findings.size() == 1);
  CHECK(to_text(findings[0]) ==
        "core/raft/log.cpp:2: core/raft must not include \"core/bitcask/disk.hpp\": "
        "no arrow of the house leads there");
}

TEST_CASE("siblings never include each other, and sim and real never do") {
  CHECK(arrows_found("core/bitcask/a.hpp", "#include \"core/wire/frame.hpp\"\n") == 1);
  CHECK(arrows_found("core/raft/a.hpp", "#include \"core/wire/frame.hpp\"\n") == 1);
  CHECK(arrows_found("sim/a.hpp", "#include \"real/loop.hpp\"\n") == 1);
  CHECK(arrows_found("real/a.hpp", "#include \"sim/world.hpp\"\n") == 1);
  CHECK(arrows_found("sim/a.hpp", "#include \"tools/commands.hpp\"\n") == 1);
  CHECK(arrows_found("core/base/a.hpp", "#include \"core/trace/text.hpp\"\n") == 1);
}

TEST_CASE("wire may include Raft's messages, and nothing else of Raft") {
  CHECK(arrows_found("core/wire/a.hpp", "#include \"core/raft/messages.hpp\"\n") == 0);
  CHECK(arrows_found("core/wire/a.hpp", "#include \"core/raft/raft.hpp\"\n") == 1);
}

TEST_CASE("node joins the core, and the drivers stand on all of it") {
  for (const char* path : {"core/node/node.cpp", "sim/world.cpp", "real/loop.cpp"}) {
    CHECK(arrows_found(path, "#include \"core/kv/machine.hpp\"\n") == 0);
    CHECK(arrows_found(path, "#include \"core/raft/raft.hpp\"\n") == 0);
  }
}

TEST_CASE("core includes the standard library alone") {
  CHECK(arrows_found("core/kv/a.cpp", "#include <vector>\n") == 0);
  CHECK(arrows_found("core/kv/a.cpp", "#include <unistd.h>\n") == 1);
  CHECK(arrows_found("core/kv/a.cpp", "#include <fmt/format.h>\n") == 1);
  CHECK(arrows_found("real/a.cpp", "#include <unistd.h>\n") == 0);
}

TEST_CASE("an include without the path from the top is found") {
  CHECK(arrows_found("core/kv/a.cpp", "#include \"machine.hpp\"\n") == 1);
}

TEST_CASE("an include that is commented out is none") {
  CHECK(arrows_found("core/raft/a.cpp", "// #include \"core/kv/machine.hpp\"\n") == 0);
}

TEST_CASE("each banned word is found in its folder and not outside it") {
  CHECK(words_found("core/kv/a.cpp", "std::unordered_map<int, int> m;\n") == 1);
  CHECK(words_found("sim/a.cpp", "std::unordered_map<int, int> m;\n") == 1);
  CHECK(words_found("real/a.cpp", "std::unordered_map<int, int> m;\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "std::function<void()> f;\n") == 1);
  CHECK(words_found("sim/a.cpp", "std::function<void()> f;\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "double d;\n") == 1);
  CHECK(words_found("core/kv/a.cpp", "auto* p = new int;\n") == 1);
  CHECK(words_found("core/kv/a.cpp", "switch (a) { default: break; }\n") == 1);
  CHECK(words_found("core/kv/a.cpp", "assert(a);\n") == 1);
  CHECK(words_found("sim/a.cpp", "std::uniform_int_distribution<int> d;\n") == 1);
  CHECK(words_found("tools/a.cpp", "using namespace std;\n") == 1);
  CHECK(words_found("tools/a.cpp", "void f() {\n  using namespace std::literals;\n}\n") == 0);
}

TEST_CASE("a word inside a longer one, a comment or a literal is not found") {
  CHECK(words_found("core/kv/a.cpp", "static_assert(a);\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "int doubled; int atomically; renew (a);\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "// a double, by std::chrono\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "/* double\n double */ int a;\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "auto s = \"double \\\" double\";\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "auto s = R\"x(double \")x\";\n") == 0);
  CHECK(words_found("core/kv/a.cpp", "bool operator==(const A&) const = default;\n") == 0);
}

TEST_CASE("code goes on behind a literal, a digit's separator and a quoted quote") {
  CHECK(words_found("core/kv/a.cpp", "f(\"a\", double{});\n") == 1);
  CHECK(words_found("core/kv/a.cpp", "f(1'000, double{});\n") == 1);
  CHECK(words_found("core/kv/a.cpp", "f('\"', double{});\n") == 1);
  CHECK(words_found("core/kv/a.cpp", "f('\\'', double{});\n") == 1);
}

TEST_CASE("what is to be done later is found everywhere, also in comments and prose") {
  CHECK(words_found("docs/a.md",
                    "TO"
                    "DO: write this\n") == 1);
  CHECK(words_found("tools/a.cpp",
                    "// FIX"
                    "ME\n") == 1);
  CHECK(words_found("tools/a.cpp",
                    "mkdtemp(\"/tmp/aXX"
                    "XXXX\");\n") == 0);
}

TEST_CASE("a line may have 100 columns and no more, counted in characters") {
  CHECK(check_layout(file("core/a.cpp", std::string(100, 'x') + "\n")).empty());
  CHECK(check_layout(file("core/a.cpp", std::string(101, 'x') + "\n")).size() == 1);
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "\xC2\xA7";
  CHECK(check_layout(file("core/a.cpp", wide + "\n")).empty());
  CHECK(check_layout(file("docs/a.md", std::string(300, 'x') + "\n")).empty());
}

TEST_CASE("space at the end of a line, a tab and a missing last end of line are found") {
  CHECK(check_layout(file("docs/a.md", "a \n")).size() == 1);
  CHECK(check_layout(file("core/a.cpp", "\ta\n")).size() == 1);
  CHECK(check_layout(file("core/a.cpp", "a")).size() == 1);
  CHECK(check_layout(file("core/a.cpp", "")).empty());
  CHECK(check_layout(file("tests/fuzz/corpus/a/b.input", "*1\r\n \t")).empty());  // bytes, no text
}

TEST_CASE("a header that nobody includes is found") {
  const Source sources[] = {file("core/a.hpp", ""), file("core/b.hpp", ""),
                            file("core/b.cpp", "#include \"core/b.hpp\"\n")};
  const auto findings = check_unused_headers(sources);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].path == "core/a.hpp");
}

TEST_CASE("a symbol of the world outside is found; memory and the archive's own are not") {
  const char* nm =
      "lib.a[a.o]:\n"
      "_ZN7snowflk1fEv T 0 10\n"
      "memcpy U         \n"
      "_Znwm U         \n"
      "lib.a[b.o]:\n"
      "_ZN7snowflk1fEv U         \n"
      "write U         \n";
  const auto findings = check_symbols("lib.a", nm);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].sentence == "needs write from outside");
}

TEST_CASE("an archive without symbols proves nothing, and says so") {
  CHECK(check_symbols("lib.a", "").size() == 1);
}

TEST_CASE("figures count files, lines, head comments and assertions") {
  const Source sources[] = {file("core/a.cpp", "// A.\nSNOWFLK_ASSERT(true);\n"),
                            file("sim/b.cpp", "int a;\n"), file("docs/c.md", "prose\n")};
  const Figures figures = figures_of(sources);
  CHECK(figures.files == 2);
  CHECK(figures.lines == 3);
  CHECK(figures.head_comments == 1);
  CHECK(figures.core_lines == 1);
  CHECK(figures.core_asserts == 1);
  CHECK(figures.longest == "core/a.cpp");
}

}  // namespace
}  // namespace snowflk::tidy
