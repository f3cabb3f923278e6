// A line of the access log from whatever a client may send: it is one line that a JSON parser
// reads, and however it is decoded, no parameter named `sig` has kept its value.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gateway/access_log/line.h"
#include "gateway/access_log/redaction.h"
#include "lapis/base/url.h"
#include "lapis/http/server.h"

namespace lapis {
namespace {

// Deeper than any reader of a log decodes.
constexpr int kDecodings = 6;

void check(bool holds) {
  if (!holds) std::abort();
}

// As percent_decode, but what is no escape stays.
std::string decode_leniently(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    const auto escape = text[0] == '%' ? percent_decode(text.substr(0, 3)) : std::nullopt;
    if (escape && text.size() >= 3) {
      decoded += *escape;
      text.remove_prefix(3);
    } else {
      decoded.push_back(text[0]);
      text.remove_prefix(1);
    }
  }
  return decoded;
}

void check_parameters(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find_first_of("?&;#/");
    const std::string_view part = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    const auto equals = part.find('=');
    if (equals == part.npos || !http::iequals(part.substr(0, equals), "sig")) continue;
    check(part.substr(equals + 1).starts_with("REDACTED"));
  }
}

void check_redacted(std::string text) {
  for (int depth = 0; depth <= kDecodings; ++depth) {
    check_parameters(text);
    text = decode_leniently(text);
  }
}

// Text is looked at in one of two ways, by how deep it is encoded: they agree.
void check_ways(const std::string& text) {
  const std::string deep = "%2525&";
  check(gateway::redact(deep + text) == deep + gateway::redact(text));
}

void check_line(const std::string& text) {
  http::Request request;
  request.method_text = "GET";
  request.target = "/" + text;
  for (const char* name : {"Host", "User-Agent", "Referer", "x-ms-client-request-id", "If-Match",
                           "x-ms-copy-source", "x-ms-version"}) {
    request.headers.add(name, text);
  }
  const http::Response response;
  const RequestTrace trace;
  const http::RequestFacts facts{
      .request = request, .is_request = true, .response = response, .trace = trace};
  const auto memory = std::make_unique<gateway::RecordMemory>();
  gateway::TextBuffer buffer;
  gateway::LineWriter().append(buffer,
                               gateway::decode_record(gateway::encode_record(facts, *memory)),
                               gateway::WallTime{{}, 0, CycleScale(1.0)});
  const std::string_view line = buffer.view();
  check(line.find('\n') == line.size() - 1);
  check(nlohmann::json::accept(line));
}

}  // namespace
}  // namespace lapis

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  lapis::check_redacted(lapis::gateway::redact(text));
  lapis::check_redacted(lapis::gateway::redact_foreign_url(text));
  lapis::check_ways(text);
  lapis::check_line(text);
  return 0;
}
