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
  std::string name;
  std::string value;
};

// Header fields in the order received or to be sent. Names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(const Headers&) = default;
  Headers& operator=(const Headers&) = default;
  Headers(Headers&& other) noexcept
      : fields_(std::move(other.fields_)), count_(std::exchange(other.count_, 0)) {}
  Headers& operator=(Headers&& other) noexcept {
    fields_ = std::move(other.fields_);
    count_ = std::exchange(other.count_, 0);
    return *this;
  }

  void add(std::string name, std::string value);
  // The same, into the memory of a field that `clear` retired: for an object used again and again.
  void add_copy(std::string_view name, std::string_view value);
  // Forgets the fields and keeps their memory.
  void clear() { count_ = 0; }
  // The first field of that name; null where there is none.
  const std::string* find(std::string_view name) const;
  std::string_view get(std::string_view name) const;  // empty where there is none
  std::size_t count(std::string_view name) const;
  std::span<const Header> all() const { return {fields_.data(), count_}; }
  void reserve(std::size_t n) { fields_.reserve(n); }

 private:
  Header& next_field();

  std::vector<Header> fields_;
  std::size_t count_ = 0;  // how many of fields_ are in use; the rest is memory to use again
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
