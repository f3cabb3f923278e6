#include "lapis/azure/error_response.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "azure/xml/xml_writer.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

// Seconds after which a client that was told to come back may try again: what makes us busy (no
// buffer, a full queue) passes quickly.
constexpr std::string_view kRetryAfter = "1";

constexpr std::string_view kHeaderFields[] = {"Content-Range",
                                              "WWW-Authenticate",
                                              "Retry-After",
                                              "x-ms-is-soft-deleted",
                                              "x-ms-copy-source-status-code",
                                              "x-ms-copy-source-error-code"};

bool is_header(const ErrorField& field) {
  return std::ranges::find(kHeaderFields, field.name) != std::end(kHeaderFields);
}

std::string document(const Error& error, const Guid& request_id, Timestamp now) {
  const ErrorInfo& entry = info(error.code);
  std::string message(error.text());
  message.append("\nRequestId:").append(request_id.to_string());
  message.append("\nTime:").append(format_iso8601(now));
  std::string text(kXmlPrologue);
  XmlWriter xml(text);
  xml.open("Error");
  xml.element("Code", entry.azure_code);
  xml.element("Message", message);
  for (const ErrorField& field : error.fields) {
    if (!is_header(field)) xml.element(field.name, field.value);
  }
  xml.close("Error");
  return text;
}

}  // namespace

http::Response render_error(const Error& error, const Guid& request_id, Timestamp now,
                            bool with_body) {
  const ErrorInfo& entry = info(error.code);
  http::Response response;
  response.status = error.status();
  response.reason = error.text();
  response.headers.add("x-ms-error-code", entry.azure_code);
  for (const ErrorField& field : error.fields) {
    if (is_header(field)) response.headers.add(field.name, field.value);
  }
  if (response.status == 503 && response.headers.find("Retry-After") == nullptr) {
    response.headers.add("Retry-After", kRetryAfter);
  }
  if (!with_body || response.status == 304) return response;
  response.headers.add("Content-Type", "application/xml");
  response.body = document(error, request_id, now);
  return response;
}

}  // namespace lapis::azure
