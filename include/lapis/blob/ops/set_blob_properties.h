// Set Blob Properties. https://learn.microsoft.com/rest/api/storageservices/set-blob-properties
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct SetBlobProperties {
  BlobKey key;
  HttpProperties http;         // replaces all six; content_md5 is stored unverified
  bool of_page_blobs = false;  // a length or a sequence number is asked for
  Conditions conditions;
  std::optional<LeaseId> lease;
};

struct SetBlobPropertiesResult {
  Etag etag;
  Timestamp last_modified;
};

// Content, metadata, tier and uncommitted blocks stay. Errors: kContainerNotFound, kBlobNotFound,
// kInvalidBlobType (of_page_blobs: there are block blobs only), kBlobArchived, lease, conditions.
io::Task<Result<SetBlobPropertiesResult>> set_blob_properties(Service& service,
                                                              SetBlobProperties request);

}  // namespace lapis::blob
