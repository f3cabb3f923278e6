// HTTP messages as plain data. No Asio, no Beast: what azure and gateway work on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/io/streams.h"

namespace lapis::http {

enum class Method : std::uint8_t { kGet, kHead, kPut, kPost, kDelete, kOptions, kPatch, kOther };

struct Header {
  std::string name;
  std::string value;
};

// Header fields in the order received or to be sent. Names compare without case.
class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.push_back({std::move(name), std::move(value)});
  }
  // The first field of that name; null where there is none.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // empty where there is none
  std::size_t count(std::string_view name) const;
  const std::vector<Header>& all() const { return fields_; }
  void reserve(std::size_t n) { fields_.reserve(n); }

 private:
  std::vector<Header> fields_;
};

// Equal without regard to ASCII case.
bool iequals(std::string_view a, std::string_view b);

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
