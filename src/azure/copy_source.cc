#include "lapis/azure/copy_source.h"

#include <algorithm>
#include <string>
#include <utility>

#include "azure/plain_text.h"
#include "azure/request/body_hashes.h"
#include "azure/request/http_properties.h"
#include "azure/request/metadata.h"
#include "azure/tags/tag_pairs.h"
#include "azure/xml/xml_document.h"
#include "lapis/azure/version.h"
#include "lapis/base/base64.h"
#include "lapis/base/date.h"
#include "lapis/base/number.h"
#include "lapis/blob/ops/put_page_blob.h"

namespace lapis::azure {
namespace {

// The newest version that a source is asked in: one that services which are years behind know too.
constexpr ServiceVersion kSourceVersion{20211202};
// From this version on an error tells what the source said.
constexpr std::uint32_t kTellsSourceError = 20251105;

std::string range_text(const blob::RequestedRange& range) {
  std::string text = "bytes=" + std::to_string(range.first) + "-";
  if (range.last) text += std::to_string(*range.last);
  return text;
}

std::string tags_text(const blob::EtagCondition& condition) {
  return condition.any ? "*" : "\"" + condition.tags.front() + "\"";
}

Error not_what_was_asked(std::string text) {
  Error error{ErrorCode::kCannotVerifyCopySource, text};
  error.sent_status = 400;
  error.sent_text = std::move(text);
  return error;
}

struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;  // where it is known: "*" says that it is not
};

// "bytes 0-9/100".
std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!http::iequals(text.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  const auto slash = text.find('/');
  if (dash == text.npos || slash == text.npos || slash < dash) return std::nullopt;
  const auto first = parse_u64(text.substr(0, dash));
  const auto last = parse_u64(text.substr(dash + 1, slash - dash - 1));
  if (!first || !last || *last < *first) return std::nullopt;
  ContentRange range{*first, *last, std::nullopt};
  text.remove_prefix(slash + 1);
  if (text == "*") return range;
  const auto total = parse_u64(text);
  if (!total || *total <= range.last) return std::nullopt;
  range.total = *total;
  return range;
}

// That the answer holds exactly the range that was asked for.
Result<void> check_range(const blob::RequestedRange& range, int status,
                         const http::Headers& headers, std::uint64_t length) {
  if (status == 200) {
    // All of it: right where all of it was meant.
    const bool all = range.first == 0 && (!range.last || *range.last + 1 == length);
    if (all) return {};
    return fail(not_what_was_asked("The copy source does not serve ranges."));
  }
  const auto got = parse_content_range(headers.get("Content-Range"));
  // Without an end all the rest is meant, and whether this is all only its total tells.
  const bool is_all = got && got->total && got->last + 1 == *got->total;
  if (!got || got->first != range.first || got->last - got->first + 1 != length ||
      (!range.last && !is_all)) {
    return fail(not_what_was_asked("The copy source does not serve the range asked for."));
  }
  if (range.last && got->last != *range.last) {
    return fail(ErrorCode::kInvalidRange, "the range ends behind the source");
  }
  return {};
}

std::optional<blob::BlobType> type_of(std::string_view text) {
  if (http::iequals(text, "BlockBlob")) return blob::BlobType::kBlock;
  if (http::iequals(text, "AppendBlob")) return blob::BlobType::kAppend;
  if (http::iequals(text, "PageBlob")) return blob::BlobType::kPage;
  return std::nullopt;
}

struct SourceError {
  std::string code;
  std::string message;
};

// Of Azure's error document; empty where it is none.
SourceError parse_error(const http::Headers& headers, std::string_view body) {
  SourceError error{plain_text(headers.get("x-ms-error-code")), {}};
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  const auto document = XmlDocument::parse(body, "Error");
  if (!document) return error;
  if (const auto message = leaf_text(document->root().child("Message"))) {
    error.message = plain_text(*message);
  }
  const auto code = leaf_text(document->root().child("Code"));
  if (code && error.code.empty()) error.code = plain_text(*code);
  return error;
}

// For a source that says nothing in Azure's dialect.
std::string_view usual_text(int status) {
  switch (status) {
    case 304:
    case 412:
      return info(ErrorCode::kConditionNotMet).text;
    case 401:
      return info(ErrorCode::kNoAuthenticationInformation).text;
    case 403:
      return info(ErrorCode::kAuthenticationFailed).text;
    case 404:
      return info(ErrorCode::kResourceNotFound).text;
    case 416:
      return info(ErrorCode::kInvalidRange).text;
    default:
      return info(ErrorCode::kCannotVerifyCopySource).text;
  }
}

}  // namespace

std::string source_tags_target(std::string_view target) {
  std::string asked(target);
  asked.push_back(target.find('?') == target.npos ? '?' : '&');
  asked.append("comp=tags");
  return asked;
}

http::Headers source_tags_headers(const blob::SourceRequest& request) {
  http::Headers headers;
  const ServiceVersion version{std::min(request.version, kSourceVersion.date)};
  headers.add("x-ms-version", version.text());
  if (!request.authorization.empty()) headers.add("Authorization", request.authorization);
  return headers;
}

Result<blob::Tags> read_source_tags(int status, std::string_view document) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (document.starts_with(kByteOrderMark)) document.remove_prefix(kByteOrderMark.size());
  auto tags = parse_tags_document(document);
  if (status == 200 && tags) return *std::move(tags);
  return fail(not_what_was_asked("The copy source does not tell the tags of a blob."));
}

http::Headers source_headers(const blob::SourceRequest& request) {
  http::Headers headers = source_tags_headers(request);
  if (!request.file_intent.empty()) {
    headers.add("x-ms-file-request-intent", request.file_intent);
  }
  if (!request.if_tags.empty()) headers.add("x-ms-if-tags", request.if_tags);
  if (request.range) headers.add("Range", range_text(*request.range));
  const blob::Conditions& conditions = request.conditions;
  if (!request.if_match.empty()) {
    headers.add("If-Match", request.if_match);
  } else if (conditions.if_match) {
    headers.add("If-Match", tags_text(*conditions.if_match));
  }
  if (conditions.if_none_match) {
    headers.add("If-None-Match", tags_text(*conditions.if_none_match));
  }
  if (conditions.if_modified_since) {
    headers.add("If-Modified-Since", http_date_text(*conditions.if_modified_since));
  }
  if (conditions.if_unmodified_since) {
    headers.add("If-Unmodified-Since", http_date_text(*conditions.if_unmodified_since));
  }
  return headers;
}

Result<blob::SourceProperties> read_source_head(const blob::SourceRequest& request, int status,
                                                const http::Headers& headers,
                                                std::optional<std::uint64_t> body_length) {
  if (!body_length) {
    return fail(not_what_was_asked("The copy source does not tell the length of its content."));
  }
  if (request.range) {
    LAPIS_TRY_VOID(check_range(*request.range, status, headers, *body_length));
  } else if (status != 200) {
    return fail(not_what_was_asked("The copy source does not serve the whole of its content."));
  }
  blob::SourceProperties properties;
  properties.length = *body_length;
  properties.type = type_of(headers.get("x-ms-blob-type"));
  const auto blocks = parse_u64(headers.get("x-ms-blob-committed-block-count"));
  if (blocks && *blocks <= blob::Limits::kMaxCommittedBlocks) {
    properties.append_blocks = static_cast<std::uint32_t>(*blocks);
  }
  properties.sealed = http::iequals(headers.get("x-ms-blob-sealed"), "true");
  const auto number = parse_u64(headers.get("x-ms-blob-sequence-number"));
  if (number && *number <= blob::kMaxSequenceNumber) properties.sequence_number = *number;
  if (const auto etag = headers.get("ETag"); etag.starts_with('"')) properties.etag = etag;
  properties.http = stored_properties(headers);
  // One of another length is none.
  if (auto md5 = parse_md5(headers, "Content-MD5"); md5 && status == 200) {
    properties.http.content_md5 = *md5;
  }
  properties.metadata = parse_metadata(headers);
  return properties;
}

Error source_refused(const blob::SourceRequest& request, int status, const http::Headers& headers,
                     std::string_view body) {
  if (status < 300) return not_what_was_asked("The copy source does not serve its content.");
  if (status < 400 && status != 304) {
    return not_what_was_asked("The copy source answers with a redirect, which is not followed.");
  }
  const SourceError said = parse_error(headers, body);
  Error error{ErrorCode::kCannotVerifyCopySource,
              "the source answers " + std::to_string(status) + " " + said.code};
  error.sent_status = status;
  error.sent_text = said.message.empty() ? std::string(usual_text(status)) : said.message;
  if (request.version < kTellsSourceError) return error;
  const std::string status_text = std::to_string(status);
  error.fields.push_back({"x-ms-copy-source-status-code", status_text});
  error.fields.push_back({"CopySourceStatusCode", status_text});
  if (!said.code.empty()) {
    error.fields.push_back({"x-ms-copy-source-error-code", said.code});
    error.fields.push_back({"CopySourceErrorCode", said.code});
  }
  error.fields.push_back({"CopySourceErrorMessage", error.sent_text});
  return error;
}

Error source_not_allowed(std::string detail) {
  Error error{ErrorCode::kCannotVerifyCopySource, "not allowed: " + detail};
  error.sent_status = 403;
  error.sent_text = "This server is not allowed to read the copy source.";
  return error;
}

Error source_unreachable(std::string detail) {
  return Error{ErrorCode::kCannotVerifyCopySource, std::move(detail)};
}

}  // namespace lapis::azure
