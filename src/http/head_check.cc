#include "http/head_check.h"

#include <cstdint>
#include <limits>
#include <string>

#include "http/ascii.h"
#include "http/target_check.h"
#include "lapis/base/number.h"
#include "lapis/http/message.h"

namespace lapis::http {
namespace {

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::kBadRequest, std::string(why));
}

// Takes the next line off `rest`, without its CRLF.
Result<std::string_view> take_line(std::string_view& rest) {
  const std::size_t lf = rest.find('\n');
  if (lf == rest.npos) return malformed("head without its empty line");
  if (lf == 0 || rest[lf - 1] != '\r') return malformed("line end is not CRLF");
  const std::string_view line = rest.substr(0, lf - 1);
  rest.remove_prefix(lf + 1);
  return line;
}

// What the fields say, gathered one by one.
struct Framing {
  CheckedHead head;
  std::string_view host;
  std::size_t hosts = 0;
  bool close = false;
  bool keep_alive = false;
};

Result<void> note_content_length(Framing& framing, std::string_view value) {
  if (framing.head.content_length) return malformed("second Content-Length");
  const auto length = parse_u64(value);
  if (!length || *length > std::numeric_limits<std::int64_t>::max()) {
    return malformed("Content-Length is not a length");
  }
  framing.head.content_length = length;
  return {};
}

Result<void> note_transfer_encoding(Framing& framing, std::string_view value) {
  if (framing.head.chunked || !iequals(value, "chunked")) {
    return malformed("transfer coding other than one chunked");
  }
  framing.head.chunked = true;
  return {};
}

void note_connection(Framing& framing, std::string_view value) {
  while (!value.empty()) {
    const std::string_view option = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), option.size() + 1));
    framing.close |= iequals(trim_blanks(option), "close");
    framing.keep_alive |= iequals(trim_blanks(option), "keep-alive");
  }
}

Result<void> note_field(Framing& framing, std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      if (!iequals(name, "Host")) break;
      if (++framing.hosts > 1) return malformed("second Host");
      framing.host = value;
      break;
    case 6:
      if (!iequals(name, "Expect")) break;
      framing.head.expectation =
          iequals(value, "100-continue") && framing.head.expectation != Expectation::kUnknown
              ? Expectation::kContinue
              : Expectation::kUnknown;
      break;
    case 10:
      if (iequals(name, "Connection")) note_connection(framing, value);
      break;
    case 14:
      if (iequals(name, "Content-Length")) return note_content_length(framing, value);
      break;
    case 17:
      if (iequals(name, "Transfer-Encoding")) return note_transfer_encoding(framing, value);
      break;
    default:
      break;
  }
  return {};
}

Result<void> check_field(Framing& framing, std::string_view line) {
  // A folded line begins with a blank, which is no token character.
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return malformed("field without a colon");
  const std::string_view name = line.substr(0, colon);
  if (!kTokenChars.spells(name)) return malformed("field name is not a token");
  const std::string_view value = line.substr(colon + 1);
  if (has_control(value)) return malformed("control character in a field value");
  return note_field(framing, name, trim_blanks(value));
}

// method SP target SP version, single blanks, nothing else.
Result<std::string_view> check_request_line(std::string_view line, const HeadLimits& limits,
                                            CheckedHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || first == last) return malformed("request line without three parts");
  head.method = line.substr(0, first);
  if (!kTokenChars.spells(head.method)) return malformed("method is not a token");
  const std::string_view version = line.substr(last + 1);
  head.http_1_0 = version == "HTTP/1.0";
  if (!head.http_1_0 && version != "HTTP/1.1") return malformed("version is not HTTP/1.0 or 1.1");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.size() > limits.max_target_bytes) return fail(ErrorCode::kUriTooLong);
  LAPIS_TRY(const CheckedTarget checked, check_target(head.method, target));
  head.target = checked.target;
  return checked.authority;
}

// The rules that need all fields. `authority`: the absolute form's, else empty.
Result<CheckedHead> conclude(Framing framing, const HeadLimits& limits,
                             std::string_view authority) {
  CheckedHead& head = framing.head;
  if (framing.hosts == 0 && limits.needs_host && !head.http_1_0) return malformed("no Host");
  if (framing.hosts != 0 && !is_sane_authority(framing.host))
    return malformed("Host is not a host");
  if (framing.hosts != 0 && !authority.empty() && !iequals(framing.host, authority)) {
    return malformed("Host is not the target's");
  }
  if (head.chunked && head.content_length) return malformed("both Content-Length and chunked");
  if (head.chunked && head.http_1_0) return malformed("transfer coding in HTTP/1.0");
  // RFC 9110 section 10.1.1: an expectation in HTTP/1.0 is ignored.
  if (head.http_1_0) head.expectation = Expectation::kNone;
  head.keep_alive = !framing.close && (!head.http_1_0 || framing.keep_alive);
  return head;
}

}  // namespace

Result<CheckedHead> head_check(std::string_view head, const HeadLimits& limits) {
  Framing framing;
  std::string_view rest = head;
  LAPIS_TRY(const std::string_view request_line, take_line(rest));
  LAPIS_TRY(const std::string_view authority,
            check_request_line(request_line, limits, framing.head));
  for (std::size_t fields = 0;; ++fields) {
    LAPIS_TRY(const std::string_view line, take_line(rest));
    if (line.empty()) break;
    if (fields == limits.max_fields) return fail(ErrorCode::kRequestHeadTooLarge, "fields");
    LAPIS_TRY_VOID(check_field(framing, line));
  }
  if (!rest.empty()) return malformed("bytes behind the head");
  return conclude(framing, limits, authority);
}

}  // namespace lapis::http
