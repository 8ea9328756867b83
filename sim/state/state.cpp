#include "sim/state/state.hpp"

#include <fmt/format.h>

#include "sim/state/of_world.hpp"
#include "sim/state/walk.hpp"

namespace snowflk::sim::state {
namespace {

constexpr u64 kHashKey = 0x7374617465;

template <Number T>
constexpr u64 word_of(const T& value) {
  if constexpr (Scalar<T>) {
    return static_cast<u64>(value.value);
  } else {
    return static_cast<u64>(value);
  }
}

class Digester {
 public:
  void value(const auto& scalar) { digest_.add(word_of(scalar)); }
  void bytes(Bytes bytes) {
    digest_.add(bytes.size());
    digest_.add(hash64(bytes, kHashKey));
  }
  void page(const PageBytes& page) {
    // What the cache and the platter share is read once.
    if (!page.shares(last_page_)) {
      last_page_ = page;
      last_hash_ = page.hash(kHashKey);
    }
    digest_.add(last_hash_);
  }
  void enter(std::string_view) {}
  void enter(std::size_t) {}
  void leave() {}

  [[nodiscard]] Digest digest() const { return digest_.finished(); }

 private:
  Digest digest_;
  PageBytes last_page_;
  u64 last_hash_ = last_page_.hash(kHashKey);
};

class Lister {
 public:
  explicit Lister(std::string& out) : out_(&out) {}

  template <class T>
  void value(const T& scalar) {
    begin_line();
    if constexpr (NamedEnum<T>) {
      *out_ += name_of(scalar);
    } else if constexpr (Scalar<T>) {
      fmt::format_to(std::back_inserter(*out_), "{}", scalar.value);
    } else if constexpr (std::is_enum_v<T>) {
      fmt::format_to(std::back_inserter(*out_), "{}", static_cast<u64>(scalar));
    } else {
      fmt::format_to(std::back_inserter(*out_), "{}", scalar);
    }
    *out_ += '\n';
  }
  void bytes(Bytes bytes) {
    begin_line();
    fmt::format_to(std::back_inserter(*out_), "{} bytes, hash {:016x}\n", bytes.size(),
                   hash64(bytes, kHashKey));
  }
  void page(const PageBytes& page) {
    begin_line();
    fmt::format_to(std::back_inserter(*out_), "a page, hash {:016x}\n", page.hash(kHashKey));
  }
  void enter(std::string_view name) {
    lengths_.push_back(path_.size());
    if (!path_.empty()) path_ += '.';
    path_ += name;
  }
  void enter(std::size_t place) {
    lengths_.push_back(path_.size());
    if (path_ == kSeats) {
      path_ = fmt::format("n{}", place + 1);
      in_seat_ = true;
    } else {
      path_ += fmt::format("[{}]", place);
    }
  }
  void leave() {
    if (in_seat_ && lengths_.size() == 2) {
      path_ = kSeats;
      in_seat_ = false;
    }
    path_.resize(lengths_.back());
    lengths_.pop_back();
  }

 private:
  static constexpr std::string_view kSeats = "seats";  // of a world: told by the nodes' names

  void begin_line() {
    *out_ += path_;
    *out_ += " = ";
  }

  std::string* out_;
  std::string path_;
  std::vector<std::size_t> lengths_;  // of the path, before each name that it has
  bool in_seat_ = false;
};

struct Line {
  std::string_view part;
  std::string_view value;
};

Line take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  const std::size_t middle = line.find(" = ");
  if (middle == std::string_view::npos) return Line{.part = line, .value = {}};
  return Line{.part = line.substr(0, middle), .value = line.substr(middle + 3)};
}

}  // namespace

Digest digest_of(const World& world) {
  Digester digester;
  walk(digester, world);
  return digester.digest();
}

Digest digest_of(const Disk& disk) {
  Digester digester;
  walk(digester, disk);
  return digester.digest();
}

void append_list(std::string& out, const World& world) {
  Lister lister{out};
  walk(lister, world);
}

bool equal(const World& a, const World& b) {
  return a.digest() == b.digest() && digest_of(a) == digest_of(b);
}

std::optional<Difference> first_difference(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const Line in_a = take_line(a);
    const Line in_b = take_line(b);
    if (in_a.part == in_b.part && in_a.value == in_b.value) continue;
    const bool same_part = in_a.part == in_b.part;
    return Difference{.part = std::string{in_a.part.empty() ? in_b.part : in_a.part},
                      .a = std::string{in_a.value},
                      .b = same_part ? std::string{in_b.value} : std::string{}};
  }
  return std::nullopt;
}

}  // namespace snowflk::sim::state
