#include "http/response_head.h"

#include <algorithm>
#include <charconv>

#include "http/ascii.h"
#include "http/product.h"
#include "http/reason.h"
#include "lapis/base/date.h"

namespace lapis::http {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_clean(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  out.append(text);
  if (!has_control(text)) return;
  for (std::size_t i = start; i < out.size(); ++i) {
    if (has_control({&out[i], 1})) out[i] = ' ';
  }
}

void append_status_line(std::string& out, const Response& response) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.push_back(' ');
  append_clean(out, response.reason.empty() ? reason_phrase(response.status) : response.reason);
  out.append("\r\n");
}

void append_fields(std::string& out, const Headers& headers) {
  const bool clean = std::ranges::none_of(headers.all(), [](const Header& field) {
    return has_control(field.name) || has_control(field.value);
  });
  if (clean) {
    out.append(headers.lines());
    return;
  }
  for (const Header& field : headers.all()) {
    append_clean(out, field.name);
    out.append(": ");
    append_clean(out, field.value);
    out.append("\r\n");
  }
}

}  // namespace

void CommonFields::refresh(Timestamp now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second == second_ && !lines_.empty()) return;
  second_ = second;
  lines_ = "Date: " + format_http_date(now) + "\r\nServer: " + std::string(kProduct) + "\r\n";
}

void append_response_head(std::string& out, const Response& response, const HeadFacts& facts) {
  append_status_line(out, response);
  if (facts.content_length) {
    out.append("Content-Length: ");
    append_number(out, *facts.content_length);
    out.append("\r\n");
  }
  append_fields(out, response.headers);
  out.append(facts.common);
  if (facts.close) {
    out.append("Connection: close\r\n");
  } else if (facts.to_http_1_0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

}  // namespace lapis::http
