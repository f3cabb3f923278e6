// Dates, base64, numbers, escapes, ranges, addresses and versions out of text. What is accepted and
// written again is read as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "azure/ip_range.h"
#include "azure/request/block_ids.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/ranges.h"
#include "daemon/config_file.h"
#include "lapis/azure/version.h"
#include "lapis/base/base64.h"
#include "lapis/base/date.h"
#include "lapis/base/number.h"
#include "lapis/base/url.h"

namespace lapis {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void read_dates(std::string_view text) {
  const Timestamp now = *parse_iso8601("2026-11-22T21:00:00Z");
  if (const auto time = parse_http_date(text, now)) {
    check(parse_http_date(format_http_date(*time), now) == time);
  }
  if (const auto time = parse_iso8601(text)) check(parse_iso8601(format_iso8601(*time)) == time);
}

void read_codes(std::string_view text) {
  const auto bytes = base64_decode(text);
  if (bytes) {
    check(base64_encode(*bytes) == text);
    check(azure::base64_length(text) == bytes->size());
  }
  check(base64_decode(base64_encode(as_bytes(text))).has_value());
  check(percent_decode(percent_encode(text)) == std::string(text));
  if (const auto decoded = percent_decode(text)) check(decoded->size() <= text.size());
  if (is_utf8(text)) check(utf16_length(text) <= text.size());
  if (const auto number = parse_u64(text)) check(parse_u64(std::to_string(*number)) == number);
  if (parse_hex_u64(text)) check(text.find_first_not_of("0123456789abcdefABCDEF") == text.npos);
}

void read_headers(std::string_view text) {
  http::Request request;
  request.method = http::Method::kGet;
  for (const char* name : {"x-ms-range", "If-Match", "If-None-Match", "If-Modified-Since"}) {
    request.headers.add(name, std::string(text));
  }
  const azure::ServiceVersion version{20211202};
  const azure::Call call{request, {}, {version, version, false}, Guid{}};
  if (const auto range = azure::parse_range(call)) {
    check(!range->last || range->first <= *range->last);
  }
  (void)azure::parse_read_conditions(call);
  (void)azure::parse_write_conditions(call);
  (void)azure::parse_date_conditions(call);
}

void read_names(std::string_view text) {
  if (const auto version = azure::parse_version(text)) check(version->text() == text);
  if (const auto range = azure::parse_ip_range(text)) {
    check(!range->contains(0) || range->first == 0);
  }
  (void)azure::is_in({0, ~0u}, text);
  (void)daemon::parse_listen_address(text);
}

}  // namespace
}  // namespace lapis

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  lapis::read_dates(text);
  lapis::read_codes(text);
  lapis::read_headers(text);
  lapis::read_names(text);
  return 0;
}
