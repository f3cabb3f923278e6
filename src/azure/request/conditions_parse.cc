#include "azure/request/conditions_parse.h"

#include <string>
#include <string_view>
#include <utility>

#include "azure/field_errors.h"
#include "azure/tags/tag_languages.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kSeveralOnReads = 20130815;  // conditions, and tags in one of them
constexpr std::uint32_t kLeasesOfBlobs = 20130815;   // and of nothing else
constexpr std::uint32_t kAnyIsCommitted = 20170417;
constexpr std::uint32_t kAnyTagOnReads = 20160531;
constexpr std::uint32_t kConditionsOfTags = 20260206;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes the first element off a list; a comma inside quotes does not end it.
std::string_view take_element(std::string_view& list) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size(); ++end) {
    if (list[end] == '"') quoted = !quoted;
    if (list[end] == ',' && !quoted) break;
  }
  const std::string_view element = trim(list.substr(0, end));
  list = end == list.size() ? std::string_view() : list.substr(end + 1);
  return element;
}

std::string without_quotes(std::string_view tag) {
  const bool quoted = tag.size() >= 2 && tag.front() == '"' && tag.back() == '"';
  return std::string(quoted ? tag.substr(1, tag.size() - 2) : tag);
}

Result<std::optional<blob::EtagCondition>> parse_tags(const http::Headers& headers,
                                                      std::string_view name) {
  const std::string_view* value = headers.find(name);
  if (!value) return std::nullopt;
  blob::EtagCondition condition;
  std::string_view list = *value;
  while (!list.empty()) {
    const std::string_view element = take_element(list);
    if (element == "*") {
      condition.any = true;
    } else if (!element.empty()) {
      condition.tags.push_back(without_quotes(element));
    }
  }
  if (condition.any == !condition.tags.empty()) return fail(invalid_header(name, *value));
  return condition;
}

Result<void> refuse_tag_list(const std::optional<blob::EtagCondition>& condition) {
  if (!condition || condition->tags.size() < 2) return {};
  return fail(ErrorCode::kMultipleConditionHeadersNotSupported, "several entity tags");
}

Result<std::optional<blob::TagExpression>> parse_expression(
    const http::Headers& headers, std::string_view name = "x-ms-if-tags") {
  const std::string_view text = headers.get(name);
  if (text.empty()) return std::nullopt;
  return parse_tag_condition(text, name);
}

struct ConditionNames {
  std::string_view match = "If-Match";
  std::string_view none_match = "If-None-Match";
  std::string_view modified = "If-Modified-Since";
  std::string_view unmodified = "If-Unmodified-Since";
};
constexpr ConditionNames kOfSource{"x-ms-source-if-match", "x-ms-source-if-none-match",
                                   "x-ms-source-if-modified-since",
                                   "x-ms-source-if-unmodified-since"};
constexpr ConditionNames kOfTags{"x-ms-blob-if-match", "x-ms-blob-if-none-match",
                                 "x-ms-blob-if-modified-since", "x-ms-blob-if-unmodified-since"};

Result<blob::Conditions> parse(const http::Headers& headers, bool single_tags,
                               const ConditionNames& names = {}) {
  blob::Conditions conditions;
  LAPIS_TRY(conditions.if_match, parse_tags(headers, names.match));
  LAPIS_TRY(conditions.if_none_match, parse_tags(headers, names.none_match));
  LAPIS_TRY(conditions.if_modified_since, parse_date(headers, names.modified));
  LAPIS_TRY(conditions.if_unmodified_since, parse_date(headers, names.unmodified));
  if (single_tags) {
    LAPIS_TRY_VOID(refuse_tag_list(conditions.if_match));
    LAPIS_TRY_VOID(refuse_tag_list(conditions.if_none_match));
  }
  return conditions;
}

}  // namespace

Result<std::optional<Timestamp>> parse_date(const http::Headers& headers, std::string_view name) {
  const std::string_view* value = headers.find(name);
  if (!value) return std::nullopt;
  const auto date = parse_http_date(*value);
  if (!date) return fail(invalid_header(name, *value));
  return date;
}

Result<blob::Conditions> parse_read_conditions(const Call& call) {
  LAPIS_TRY(auto conditions, parse(call.request.headers, reads_by_single_condition(call)));
  if (reads_by_single_condition(call)) LAPIS_TRY_VOID(blob::check_write_shape(conditions));
  auto& none_match = conditions.if_none_match;
  if (none_match && none_match->any && !call.at_least(kAnyTagOnReads)) none_match.reset();
  LAPIS_TRY(conditions.if_tags, parse_expression(call.request.headers));
  return conditions;
}

bool reads_by_single_condition(const Call& call) { return !call.at_least(kSeveralOnReads); }

blob::AbsentBlob absent_blob(const Call& call) {
  return {!call.at_least(kLeasesOfBlobs), !call.at_least(kAnyIsCommitted)};
}

Result<blob::Conditions> parse_write_conditions(const Call& call) {
  LAPIS_TRY(auto conditions, parse(call.request.headers, true));
  LAPIS_TRY(conditions.if_tags, parse_expression(call.request.headers));
  return conditions;
}

Result<blob::Conditions> parse_source_conditions(const Call& call) {
  LAPIS_TRY(auto conditions, parse(call.request.headers, true, kOfSource));
  LAPIS_TRY(conditions.if_tags, parse_expression(call.request.headers, kSourceIfTags));
  return conditions;
}

Result<blob::Conditions> parse_date_conditions(const Call& call) {
  LAPIS_TRY(auto conditions, parse(call.request.headers, true));
  if (conditions.if_match || conditions.if_none_match) {
    return fail(ErrorCode::kConditionHeadersNotSupported);
  }
  return conditions;
}

Result<blob::Conditions> parse_unmodified_since(const Call& call) {
  LAPIS_TRY(auto conditions, parse_date_conditions(call));
  if (conditions.if_modified_since) return fail(ErrorCode::kConditionHeadersNotSupported);
  return conditions;
}

Result<void> refuse_conditions(const Call& call) {
  LAPIS_TRY(const auto conditions, parse_unmodified_since(call));
  if (conditions.if_unmodified_since) return fail(ErrorCode::kConditionHeadersNotSupported);
  return {};
}

Result<blob::Conditions> parse_if_tags(const Call& call) {
  blob::Conditions conditions;
  LAPIS_TRY(conditions.if_tags, parse_expression(call.request.headers));
  return conditions;
}

Result<blob::Conditions> parse_tag_operation_conditions(const Call& call) {
  if (!call.at_least(kConditionsOfTags)) return parse_if_tags(call);
  LAPIS_TRY(auto conditions, parse(call.request.headers, true, kOfTags));
  LAPIS_TRY(conditions.if_tags, parse_expression(call.request.headers));
  return conditions;
}

Result<blob::Conditions> parse_modified_since(const Call& call) {
  blob::Conditions conditions;
  LAPIS_TRY(conditions.if_modified_since, parse_date(call.request.headers, "If-Modified-Since"));
  return conditions;
}

}  // namespace lapis::azure
