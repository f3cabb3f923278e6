// Get Blob. https://learn.microsoft.com/rest/api/storageservices/get-blob
#pragma once

#include <memory>

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"
#include "lapis/io/streams.h"

namespace lapis::blob {

// As asked for: `last` absent is "to the end". Clamped against the blob's length by the operation.
struct RequestedRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

struct GetBlob {
  BlobKey key;
  std::optional<RequestedRange> range;
  Conditions conditions;
  std::optional<LeaseId> lease;
};

struct GetBlobResult {
  // Shared with the shard's cache: no copy of the properties is made for a read.
  std::shared_ptr<const BlobProperties> properties;
  std::optional<ByteRange> range;  // where one was asked for (206)
  std::unique_ptr<io::BufferSource> body;
};

// Errors: kContainerNotFound, kBlobNotFound, kBlobArchived, lease, conditions, kInvalidRange (with
// the field "Content-Range": "bytes */LENGTH" for the response header).
io::Task<Result<GetBlobResult>> get_blob(Service& service, GetBlob request);

}  // namespace lapis::blob
