#include "lapis/blob/conditions.h"

#include <algorithm>
#include <chrono>

namespace lapis::blob {
namespace {

bool matches(const EtagCondition& condition, const Etag& etag) {
  return condition.any || std::ranges::find(condition.tags, etag.text()) != condition.tags.end();
}

// Dates are held against the second that the client was shown.
bool modified_since(const ConditionTarget& target, Timestamp date) {
  return std::chrono::floor<std::chrono::seconds>(target.last_modified) > date;
}

// What is not there has no tags, and nothing holds of them.
Result<void> check_tags(const Conditions& conditions, const ConditionTarget* target) {
  if (!conditions.if_tags) return {};
  const bool met =
      target != nullptr && target->tags != nullptr && holds(*conditions.if_tags, *target->tags);
  if (!met) return fail(ErrorCode::kConditionNotMet, "x-ms-if-tags");
  return {};
}

bool several_tags(const std::optional<EtagCondition>& condition) {
  return condition && condition->tags.size() > 1;
}

}  // namespace

bool Conditions::empty() const {
  return !if_match && !if_none_match && !if_modified_since && !if_unmodified_since && !if_tags;
}

ConditionTarget target_of(const BlobProperties& properties) {
  return {properties.etag, properties.last_modified, &properties.tags};
}

Result<void> check_read(const Conditions& conditions, const ConditionTarget& target) {
  const auto& none_match = conditions.if_none_match;
  const auto& since = conditions.if_modified_since;
  if (none_match && none_match->any) return fail(ErrorCode::kUnsatisfiableCondition);
  if (conditions.if_match && !matches(*conditions.if_match, target.etag)) {
    return fail(ErrorCode::kConditionNotMet, "If-Match");
  }
  if (conditions.if_unmodified_since && modified_since(target, *conditions.if_unmodified_since)) {
    return fail(ErrorCode::kConditionNotMet, "If-Unmodified-Since");
  }
  LAPIS_TRY_VOID(check_tags(conditions, &target));
  // Of these two one that is satisfied is enough; one that is absent is not satisfied.
  const bool differs = none_match && !matches(*none_match, target.etag);
  const bool newer = since && modified_since(target, *since);
  if ((none_match || since) && !differs && !newer) return fail(ErrorCode::kNotModified);
  return {};
}

Result<void> check_write_shape(const Conditions& conditions) {
  const bool match = conditions.if_match.has_value();
  const bool none_match = conditions.if_none_match.has_value();
  const bool modified = conditions.if_modified_since.has_value();
  const bool unmodified = conditions.if_unmodified_since.has_value();
  const int given = int(match) + int(none_match) + int(modified) + int(unmodified);
  const bool known_pair = given == 2 && ((none_match && modified) || (match && unmodified));
  const bool lists = several_tags(conditions.if_match) || several_tags(conditions.if_none_match);
  if ((given > 1 && !known_pair) || lists) {
    return fail(ErrorCode::kMultipleConditionHeadersNotSupported);
  }
  return {};
}

Result<void> check_single_read(const Conditions& conditions, const ConditionTarget& target) {
  LAPIS_TRY_VOID(check_write_shape(conditions));
  Conditions deciding = conditions;
  if (deciding.if_none_match) deciding.if_modified_since.reset();
  if (deciding.if_match) deciding.if_unmodified_since.reset();
  return check_read(deciding, target);
}

namespace {

// All but x-ms-if-tags.
Result<void> check_write_headers(const Conditions& conditions, const ConditionTarget* target,
                                 bool creates) {
  if (conditions.if_match) {
    const bool met = target != nullptr && matches(*conditions.if_match, target->etag);
    if (!met) return fail(ErrorCode::kConditionNotMet, "If-Match");
    return {};
  }
  if (target == nullptr) return {};  // nothing there: no tag matches, no date is missed
  if (conditions.if_none_match) {
    if (conditions.if_none_match->any && creates) return fail(ErrorCode::kBlobAlreadyExists);
    if (matches(*conditions.if_none_match, target->etag)) {
      return fail(ErrorCode::kConditionNotMet, "If-None-Match");
    }
    return {};
  }
  if (conditions.if_modified_since && !modified_since(*target, *conditions.if_modified_since)) {
    return fail(ErrorCode::kConditionNotMet, "If-Modified-Since");
  }
  if (conditions.if_unmodified_since && modified_since(*target, *conditions.if_unmodified_since)) {
    return fail(ErrorCode::kConditionNotMet, "If-Unmodified-Since");
  }
  return {};
}

}  // namespace

Result<void> check_write(const Conditions& conditions, const ConditionTarget* target,
                         bool creates) {
  LAPIS_TRY_VOID(check_write_shape(conditions));
  LAPIS_TRY_VOID(check_write_headers(conditions, target, creates));
  return check_tags(conditions, target);
}

}  // namespace lapis::blob
