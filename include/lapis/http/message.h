// HTTP messages as plain data. No Asio, no Beast: what azure and gateway work on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/request_trace.h"
#include "lapis/io/streams.h"

namespace lapis::http {

enum class Method : std::uint8_t { kGet, kHead, kPut, kPost, kDelete, kOptions, kPatch, kOther };

struct Header {
  std::string_view name;
  std::string_view value;
};

// Header fields in the order received or to be sent, kept as the lines that go over the wire: one
// block of memory, which a response's head takes over with one copy. Names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(const Headers& other);
  Headers& operator=(const Headers& other);
  Headers(Headers&& other) noexcept;
  Headers& operator=(Headers&& other) noexcept;

  void add(std::string_view name, std::string_view value);
  // Forgets the fields and keeps the memory.
  void clear();
  // The value of the first field of that name; null where there is none. Like every view of this
  // object, valid until it is changed; moving it keeps them.
  const std::string_view* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // empty where there is none
  std::size_t count(std::string_view name) const;
  std::span<const Header> all() const { return fields_; }
  // "Name: value" of every field, each with its line end.
  std::string_view lines() const { return {text_.get(), size_}; }

 private:
  std::unique_ptr<char[]> make_room(std::size_t bytes);
  std::string_view append(std::string_view text);

  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::vector<Header> fields_;  // into text_
};

// Equal without regard to ASCII case.
bool iequals_of_one_size(std::string_view a, std::string_view b);
inline bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && iequals_of_one_size(a, b);
}

// The head of a request. Framing has been checked: at most one Content-Length, no transfer coding
// beside `chunked`, no folded lines, no control characters in values.
struct Request {
  Method method = Method::kOther;
  std::string method_text;
  std::string target;  // as on the request line, origin form: "/path?query"
  Headers headers;     // values without surrounding blanks
  std::optional<std::uint64_t> content_length;
  bool chunked = false;      // a body of unknown length
  bool secure = false;       // came over TLS
  std::string peer_address;  // "192.0.2.1" or "2001:db8::1"
  std::uint16_t peer_port = 0;
  std::string_view tls_version;  // "TLSv1.3"; empty where plain
  // Where what is noted of the request goes; null where nobody wants to know.
  RequestTrace* trace = nullptr;
  std::string host() const { return std::string(headers.get("Host")); }
};

using Body = std::variant<std::monostate,                      // none
                          std::string,                         // small, owned
                          std::unique_ptr<io::BufferSource>>;  // streamed; Content-Length is its
                                                               // remaining()
struct Response {
  int status = 200;
  std::string reason;  // empty: the standard phrase
  Headers headers;     // the session adds Content-Length, Date, Server, Connection
  Body body;
  // For answers to HEAD, and 304: the Content-Length to announce without a body.
  std::optional<std::uint64_t> announced_length;
  bool close = false;  // close the connection after this answer
};

}  // namespace lapis::http
