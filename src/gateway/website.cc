#include "gateway/website.h"

#include "lapis/base/date.h"

namespace lapis::gateway {
namespace {

constexpr std::string_view kConditions[] = {"Range", "If-Match", "If-None-Match",
                                            "If-Modified-Since", "If-Unmodified-Since"};

std::string_view without_slash(std::string_view path) {
  return path.starts_with('/') ? path.substr(1) : path;
}

std::string no_page_text(const Guid& request_id, Timestamp now) {
  std::string text =
      "<!DOCTYPE html><html><head><title>WebContentNotFound</title></head><body>"
      "<h1>The requested content does not exist.</h1><p><ul>"
      "<li>HttpStatusCode: 404</li><li>ErrorCode: WebContentNotFound</li>";
  text.append("<li>RequestId : ").append(request_id.to_string()).append("</li>");
  text.append("<li>TimeStamp : ").append(format_iso8601(now)).append("</li>");
  return text.append("</ul></p></body></html>");
}

}  // namespace

std::string page_of(const blob::StaticWebsite& website, std::string_view path) {
  if (!path.empty() && !path.ends_with('/')) return std::string(path);
  if (!website.default_index_path.empty()) {
    return std::string(without_slash(website.default_index_path));
  }
  if (website.index_document.empty()) return {};
  return std::string(path).append(website.index_document);
}

std::string_view error_page_of(const blob::StaticWebsite& website) {
  return without_slash(website.error_document);
}

http::Request page_request(const http::Request& visit, bool conditions_count) {
  http::Request page;
  page.method = visit.method;
  page.method_text = visit.method_text;
  page.target = visit.target;
  page.secure = visit.secure;
  page.peer_address = visit.peer_address;
  page.peer_port = visit.peer_port;
  page.tls_version = visit.tls_version;
  page.headers.add("Host", visit.headers.get("Host"));
  if (!conditions_count) return page;
  page.trace = visit.trace;
  for (const std::string_view name : kConditions) {
    if (const std::string_view* value = visit.headers.find(name)) page.headers.add(name, *value);
  }
  return page;
}

http::Response no_page(const Guid& request_id, Timestamp now, bool with_body) {
  http::Response response;
  response.status = 404;
  response.reason = "The requested content does not exist.";
  response.headers.add("x-ms-error-code", "WebContentNotFound");
  if (!with_body) return response;
  response.headers.add("Content-Type", "text/html");
  response.body = no_page_text(request_id, now);
  return response;
}

}  // namespace lapis::gateway
