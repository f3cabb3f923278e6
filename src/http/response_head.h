// Writes response heads: status line and fields, into one string that is used again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/http/message.h"

namespace lapis::http {

// The fields that are the same for every answer of one second: Date and Server.
class CommonFields {
 public:
  // Rewrites the lines where `now` is in another second.
  void refresh(Timestamp now);
  std::string_view lines() const { return lines_; }

 private:
  std::chrono::sys_seconds second_{};
  std::string lines_;
};

// What the session adds to a Response's own fields.
struct HeadFacts {
  std::optional<std::uint64_t> content_length;
  bool close = false;
  bool to_http_1_0 = false;  // which has to be told that its connection stays
  std::string_view common;   // CommonFields::lines
};

// Appends the head with its empty line. A control character in a phrase, name or value becomes a
// blank, so that nothing a client had a say in can end its own line.
void append_response_head(std::string& out, const Response& response, const HeadFacts& facts);

// Whether an answer of this status has a body at all (RFC 9110 section 6.4.1).
constexpr bool status_has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace lapis::http
