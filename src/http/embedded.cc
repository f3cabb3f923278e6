#include "lapis/http/embedded.h"

#include "http/head_check.h"
#include "http/head_parser.h"
#include "http/product.h"
#include "http/response_head.h"

namespace lapis::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

Result<Request> parse_embedded_request(std::string_view text) {
  const std::size_t empty_line = text.find("\r\n\r\n");
  std::string head(text.substr(0, empty_line));
  std::string_view rest;
  if (empty_line != text.npos) {
    rest = text.substr(empty_line + 2 * kLineEnd.size());
  } else if (head.ends_with(kLineEnd)) {
    head.resize(head.size() - kLineEnd.size());
  }
  if (rest.find_first_not_of(kLineEnd) != rest.npos) {
    return fail(ErrorCode::kBadRequest, "an embedded request with a body");
  }
  head.append(kLineEnd).append(kLineEnd);
  LAPIS_TRY(const CheckedHead checked, head_check(head, HeadLimits{.needs_host = false}));
  if (checked.chunked || checked.content_length.value_or(0) != 0) {
    return fail(ErrorCode::kBadRequest, "an embedded request that announces a body");
  }
  Request request;
  LAPIS_TRY_VOID(parse_head(head, checked, request));
  return request;
}

void append_embedded_response(std::string& out, const Response& response) {
  static const std::string kServer = "Server: " + std::string(kProduct) + "\r\n";
  const auto* body = std::get_if<std::string>(&response.body);
  HeadFacts facts;
  facts.common = kServer;
  if (body != nullptr) facts.content_length = body->size();
  append_response_head(out, response, facts);
  if (body != nullptr) out.append(*body);
}

}  // namespace lapis::http
