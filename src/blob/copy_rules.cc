#include "blob/copy_rules.h"

#include <utility>

namespace lapis::blob {
namespace {

constexpr std::string HttpProperties::* kTexts[] = {
    &HttpProperties::content_type, &HttpProperties::content_encoding,
    &HttpProperties::content_language, &HttpProperties::content_disposition,
    &HttpProperties::cache_control};

constexpr std::string_view kDefaultType = "application/octet-stream";

bool says_which_blob(std::string_view parameter) {
  const std::string_view name = parameter.substr(0, parameter.find('='));
  return name == "snapshot" || name == "versionid" || name == "sharesnapshot";
}

}  // namespace

Result<void> check_source_length(std::uint64_t length, std::uint64_t most) {
  if (length <= most) return {};
  return fail(Error{ErrorCode::kRequestBodyTooLarge, "the source is too long"}.with(
      "MaxLimit", std::to_string(most)));
}

Result<void> check_copied_type(BlobType source, std::optional<AccessTier> tier,
                               std::optional<bool> seal) {
  const bool is_append = source == BlobType::kAppend;
  if (source == BlobType::kPage || (seal && !is_append)) {
    return fail(ErrorCode::kInvalidSourceBlobType);
  }
  if (tier && is_append) return fail(ErrorCode::kInvalidBlobType);
  return {};
}

bool may_be_copied(AccessTier source, std::optional<AccessTier> made) {
  return source != AccessTier::kArchive || (made && *made != AccessTier::kArchive);
}

Error of_target(Error error) {
  if (error.code == ErrorCode::kConditionNotMet) error.code = ErrorCode::kTargetConditionNotMet;
  return error;
}

Error of_source(Error error) {
  switch (error.code) {
    case ErrorCode::kContainerNotFound:
      return Error{ErrorCode::kBlobNotFound, "the source's container"};
    case ErrorCode::kConditionNotMet:
    case ErrorCode::kNotModified:
    case ErrorCode::kUnsatisfiableCondition:
      return Error{ErrorCode::kSourceConditionNotMet};
    case ErrorCode::kCannotVerifyCopySource:
      if (error.sent_status != 304 && error.sent_status != 412) return error;
      return Error{ErrorCode::kSourceConditionNotMet};
    default:
      return error;
  }
}

std::string shown_source(std::string_view url) {
  const auto mark = url.find('?');
  std::string shown(url.substr(0, mark));
  std::string_view query = mark == url.npos ? std::string_view() : url.substr(mark + 1);
  char separator = '?';
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view parameter = query.substr(0, end);
    query = end == query.npos ? std::string_view() : query.substr(end + 1);
    if (!says_which_blob(parameter)) continue;
    shown.push_back(std::exchange(separator, '&'));
    shown.append(parameter);
  }
  return shown;
}

Result<void> take_over(const SourceProperties& source, TakenOver what, PutBlob& into) {
  if (what.properties) {
    for (const auto text : kTexts) {
      if ((into.http.*text).empty()) into.http.*text = source.http.*text;
    }
  }
  if (into.http.content_type.empty()) into.http.content_type = kDefaultType;
  if (what.md5 && !into.http.content_md5) into.http.content_md5 = source.http.content_md5;
  if (into.tags.empty()) into.tags = source.tags;
  if (!into.metadata.empty()) return {};
  LAPIS_TRY(into.metadata, source.metadata);
  return {};
}

NewBlob copy_of(const BlobProperties& source, const PutBlob& blob, Timestamp now) {
  NewBlob made;
  made.now = now;
  made.type = source.type;
  made.tier = blob.tier;
  made.http = source.http;
  made.metadata = blob.metadata.empty() ? source.metadata : blob.metadata;
  made.tags = blob.tags;
  made.protection = blob.protection;
  made.content_length = source.content_length;
  made.copy = blob.copy;
  made.copy->copied = made.copy->total = source.content_length;
  return made;
}

}  // namespace lapis::blob
