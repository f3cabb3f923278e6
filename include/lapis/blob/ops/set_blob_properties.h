// Set Blob Properties. https://learn.microsoft.com/rest/api/storageservices/set-blob-properties
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// What becomes of a page blob's sequence number.
enum class SequenceAction : std::uint8_t { kMax, kUpdate, kIncrement };
struct SequenceChange {
  SequenceAction action = SequenceAction::kUpdate;
  std::uint64_t number = 0;  // not of an increment
};

struct SetBlobProperties {
  BlobKey key;
  HttpProperties http;      // replaces all six; content_md5 is stored unverified
  bool keeps_http = false;  // they stay as they are
  // Of page blobs. Pages behind the new end are gone; where it grows they are zeros.
  std::optional<std::uint64_t> length = {};
  std::optional<SequenceChange> sequence = {};
  Conditions conditions;
  std::optional<LeaseId> lease;
};

struct SetBlobPropertiesResult {
  Etag etag;
  Timestamp last_modified;
  std::optional<std::uint64_t> sequence_number = {};  // of a page blob
};

// Content, metadata, tier and uncommitted blocks stay. Errors: kContainerNotFound, kBlobNotFound,
// kInvalidBlobType (a length or a sequence number of what is no page blob), kBlobArchived,
// kBlobImmutableDueToPolicy, kBlobImmutableDueToLegalHold, lease, conditions,
// kSequenceNumberIncrementTooLarge.
io::Task<Result<SetBlobPropertiesResult>> set_blob_properties(Service& service,
                                                              SetBlobProperties request);

}  // namespace lapis::blob
