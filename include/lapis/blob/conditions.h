// Conditional headers: what a request says about the blob it expects to find. Pure.
// Source: REST "Specifying conditional headers for Blob service operations".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/blob/tag_expression.h"
#include "lapis/blob/types.h"

namespace lapis::blob {

// If-Match or If-None-Match: "*", or one or more tags. Tags are kept without quotes; one that could
// not be parsed stays as sent and matches nothing.
struct EtagCondition {
  bool any = false;
  std::vector<std::string> tags;
};

struct Conditions {
  std::optional<EtagCondition> if_match = {};
  std::optional<EtagCondition> if_none_match = {};
  std::optional<Timestamp> if_modified_since = {};    // whole seconds
  std::optional<Timestamp> if_unmodified_since = {};  // whole seconds
  std::optional<TagExpression> if_tags = {};          // with any of the others
  bool empty() const;
};

// What the conditions are held against; nothing of it where there is no committed blob.
struct ConditionTarget {
  Etag etag;
  Timestamp last_modified;
  const Tags* tags = nullptr;  // null: none, as a container's
};

// Refers to the blob's properties.
ConditionTarget target_of(const BlobProperties& properties);

// For GET and HEAD (2013-08-15 and later): If-Match && If-Unmodified-Since && (If-None-Match ||
// If-Modified-Since). Errors: kConditionNotMet (412), kNotModified (304), kUnsatisfiableCondition
// (If-None-Match: *).
Result<void> check_read(const Conditions& conditions, const ConditionTarget& target);

// For other reads, which take what writes take: of a pair the tag decides. Errors: those of
// check_read; kMultipleConditionHeadersNotSupported.
Result<void> check_single_read(const Conditions& conditions, const ConditionTarget& target);

// Whether a write takes this combination: one header with one tag, or If-None-Match with
// If-Modified-Since (the tag decides), or If-Match with If-Unmodified-Since (likewise). Asked
// before anything is looked up. Errors: kMultipleConditionHeadersNotSupported.
Result<void> check_write_shape(const Conditions& conditions);

// For operations that change or create. `target` is null where no committed blob exists. Errors:
// kConditionNotMet; with `creates` and If-None-Match: * on an existing blob kBlobAlreadyExists;
// kMultipleConditionHeadersNotSupported for combinations that writes do not take.
Result<void> check_write(const Conditions& conditions, const ConditionTarget* target, bool creates);

}  // namespace lapis::blob
