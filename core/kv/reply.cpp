// Replies: written, judged, and turned into RESP.
#include "core/kv/reply.hpp"

#include "core/base/assert.hpp"
#include "core/base/describe.hpp"
#include "core/bitcask/layout.hpp"

namespace snowflk::kv {

void ReplyWriter::number(u32 count) {
  const std::size_t start = out_->size();
  out_->resize(start + sizeof count);
  bitcask::store_le(out_->data() + start, count);
}

void ReplyWriter::integer(i64 number) {
  tag(ReplyKind::integer);
  const std::size_t start = out_->size();
  out_->resize(start + sizeof number);
  bitcask::store_le(out_->data() + start, number);
}

void ReplyWriter::bulk(Bytes bytes) {
  tag(ReplyKind::bulk);
  number(static_cast<u32>(bytes.size()));
  out_->insert(out_->end(), bytes.begin(), bytes.end());
}

void ReplyWriter::array(u32 count) {
  tag(ReplyKind::array);
  number(count);
}

void ReplyWriter::error(ErrorKind kind, std::string_view text) {
  tag(ReplyKind::error);
  out_->push_back(static_cast<std::byte>(kind));
  number(static_cast<u32>(text.size()));
  const Bytes bytes = as_bytes(text);
  out_->insert(out_->end(), bytes.begin(), bytes.end());
}

// ---- The gate ------------------------------------------------------------------------------

namespace {

/// Takes numbers and bytes off the front; after the first that is not there, nothing more.
class Cursor {
 public:
  explicit Cursor(Bytes rest) : rest_(rest) {}
  template <class Number>
  Number number() {
    const Bytes taken = bytes(sizeof(Number));
    return ok_ ? bitcask::load_le<Number>(taken.data()) : Number{0};
  }
  Bytes bytes(std::size_t size) {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return {};
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
  bool ok_ = true;
};

/// The value at the front of `rest`, which moves behind it; false if there is none.
bool take_value(Bytes& rest, ReplyValue& value) {
  Cursor cursor(rest);
  value = ReplyValue{};
  value.kind = static_cast<ReplyKind>(cursor.number<u8>());
  if (!cursor.ok() || !is_named(value.kind)) return false;
  switch (value.kind) {
    case ReplyKind::nil:
    case ReplyKind::ok: break;
    case ReplyKind::integer: value.integer = cursor.number<i64>(); break;
    case ReplyKind::bulk: value.bytes = cursor.bytes(cursor.number<u32>()); break;
    case ReplyKind::array: value.count = cursor.number<u32>(); break;
    case ReplyKind::error:
      value.error = static_cast<ErrorKind>(cursor.number<u8>());
      if (!is_named(value.error)) return false;
      value.bytes = cursor.bytes(cursor.number<u32>());
      break;
  }
  if (!cursor.ok()) return false;
  rest = cursor.rest();
  return true;
}

void write_value(const ReplyValue& value, wire::Protocol protocol, std::vector<std::byte>& out) {
  switch (value.kind) {
    case ReplyKind::nil: wire::append_null(out, protocol); return;
    case ReplyKind::ok: wire::append_simple(out, "OK"); return;
    case ReplyKind::integer: wire::append_integer(out, value.integer); return;
    case ReplyKind::bulk: wire::append_bulk(out, value.bytes); return;
    case ReplyKind::array: wire::append_array(out, value.count); return;
    case ReplyKind::error: wire::append_error(out, as_text(value.bytes)); return;
  }
}

}  // namespace

std::optional<ReplyView> decode_reply(Bytes reply) {
  ReplyView view;
  Bytes rest = reply;
  if (!take_value(rest, view.head_)) return std::nullopt;
  view.items_ = rest;
  for (u32 i = 0; i < view.head_.count; ++i) {
    ReplyValue item;
    if (!take_value(rest, item) || item.kind == ReplyKind::array) return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  return view;
}

ReplyValue ReplyView::next(Bytes& rest) {
  ReplyValue value;
  const bool taken = take_value(rest, value);
  SNOWFLK_ASSERT(taken);  // decode_reply() saw it.
  return value;
}

bool write_resp(Bytes reply, wire::Protocol protocol, std::vector<std::byte>& out) {
  const auto view = decode_reply(reply);
  if (!view) return false;
  write_value(view->head(), protocol, out);
  view->for_each_item([&](const ReplyValue& item) { write_value(item, protocol, out); });
  return true;
}

}  // namespace snowflk::kv
