// The strict check of a request head, before anything else parses it. A pure function over bytes.
//
// Request smuggling lives on two parties reading one message differently, so whatever has two
// readings is refused here, also where a lenient server would take it: line ends other than CRLF,
// folded lines, blanks before the colon, control characters, a second or malformed Content-Length,
// Content-Length beside Transfer-Encoding, a transfer coding other than one `chunked`, a missing or
// second Host. Every refusal ends the connection: where a message ends is no longer known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lapis/base/result.h"

namespace lapis::http {

struct HeadLimits {
  std::size_t max_target_bytes = 16 * 1024;
  std::size_t max_fields = 200;
  bool needs_host = true;  // in HTTP/1.1
};

enum class Expectation : std::uint8_t { kNone, kContinue, kUnknown };

// What a head says about its message's framing. Views refer to the head (or to constants).
struct CheckedHead {
  std::string_view method;
  std::string_view target;  // origin form; "*" for OPTIONS
  bool http_1_0 = false;
  bool keep_alive = true;  // by version and Connection
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  Expectation expectation = Expectation::kNone;
};

// `head` runs from the request line to the empty line, both included. Errors: kUriTooLong,
// kRequestHeadTooLarge (more than max_fields), else kBadRequest.
Result<CheckedHead> head_check(std::string_view head, const HeadLimits& limits);

}  // namespace lapis::http
