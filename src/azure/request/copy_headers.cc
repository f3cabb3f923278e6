#include "azure/request/copy_headers.h"

#include <string>
#include <string_view>

#include "azure/field_errors.h"
#include "azure/request/body_length.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/ranges.h"
#include "lapis/http/url.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kSource = "x-ms-copy-source";
constexpr std::string_view kAuthorization = "x-ms-copy-source-authorization";
constexpr std::string_view kRange = "x-ms-source-range";
constexpr std::string_view kTagOption = "x-ms-copy-source-tag-option";
constexpr std::uint32_t kSourceAuthorization = 20201002;
constexpr std::uint32_t kCopiesTags = 20210410;
constexpr std::size_t kMaxUrl = 2048;

// A token; other schemes would need more than a header that is passed on.
Result<std::string> parse_authorization(const Call& call) {
  const std::string_view value = call.request.headers.get(kAuthorization);
  if (value.empty()) return std::string();
  if (!call.at_least(kSourceAuthorization)) return fail(unsupported_header(kAuthorization));
  constexpr std::string_view kScheme = "Bearer ";
  if (!http::iequals(value.substr(0, kScheme.size()), kScheme)) {
    return fail(Error{ErrorCode::kInvalidHeaderValue, "no bearer token"}.with(
        "HeaderName", std::string(kAuthorization)));
  }
  return std::string(value);
}

// Azure documents the status alone.
Error tags_of_both() {
  Error error = invalid_header(kTagOption, "COPY");
  error.sent_status = 409;
  error.sent_text = "x-ms-tags cannot be given where the tags of the source are copied.";
  return error;
}

}  // namespace

Result<blob::SourceRequest> parse_copy_source(const Call& call, std::uint32_t since) {
  const http::Request& request = call.request;
  const std::string_view url = request.headers.get(kSource);
  if (!call.at_least(since)) return fail(unsupported_header(kSource));
  LAPIS_TRY_VOID(check_no_body(request));
  if (url.size() > kMaxUrl || !http::parse_url(url)) {
    // Without its value: it carries a signature.
    return fail(
        Error{ErrorCode::kInvalidHeaderValue, "no URL"}.with("HeaderName", std::string(kSource)));
  }
  blob::SourceRequest source;
  source.url = url;
  LAPIS_TRY(source.authorization, parse_authorization(call));
  source.file_intent = request.headers.get("x-ms-file-request-intent");
  LAPIS_TRY(source.conditions, parse_source_conditions(call));
  source.if_tags = request.headers.get(kSourceIfTags);
  source.version = call.version.effective.date;
  source.asked_host = request.host();
  source.asked_securely = request.secure;
  source.asked_by = request.peer_address;
  return source;
}

Result<bool> parse_tag_option(const Call& call) {
  const std::string_view value = call.request.headers.get(kTagOption);
  if (value.empty() || value == "REPLACE") return false;
  if (value != "COPY") return fail(invalid_header(kTagOption, value));
  if (!call.at_least(kCopiesTags)) return fail(unsupported_header(kTagOption));
  if (call.request.headers.get("x-ms-tags").empty()) return true;
  return fail(tags_of_both());
}

Result<std::optional<blob::RequestedRange>> parse_source_range(const http::Headers& headers) {
  const std::string_view text = headers.get(kRange);
  if (text.empty()) return std::nullopt;
  const auto range = parse_byte_range(text);
  if (!range) return fail(invalid_header(kRange, text));
  return range;
}

}  // namespace lapis::azure
