// Get Blob. https://learn.microsoft.com/rest/api/storageservices/get-blob
#pragma once

#include <memory>

#include "lapis/blob/conditions.h"
#include "lapis/blob/lease_view.h"
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

// A hash of the range itself, to be told before its bytes. Only of ranges up to this length.
enum class RangeHash : std::uint8_t { kMd5, kCrc64 };
inline constexpr std::uint64_t kMaxHashedRange = 4ull << 20;

struct GetBlob {
  BlobKey key;
  std::optional<RequestedRange> range;
  Conditions conditions;
  std::optional<LeaseId> lease;
  std::optional<RangeHash> hash = {};  // with a range only
  bool single_condition = false;       // as of check_single_read (before 2013-08-15)
  bool empty_range = false;            // an empty blob has an empty range (before 2013-08-15)
  bool leaves_archive = false;         // for a copy in another tier
};

struct GetBlobResult {
  // Shared with the shard's cache: no copy of the properties is made for a read.
  std::shared_ptr<const BlobProperties> properties;
  LeaseView lease;
  std::optional<Timestamp> last_access;      // before this read; where the account keeps it
  std::optional<ByteRange> range;            // where one was asked for (206)
  std::optional<Md5Digest> range_md5;        // where it was asked for
  std::optional<std::uint64_t> range_crc64;  // likewise
  std::unique_ptr<io::BufferSource> body;
};

// Errors: kContainerNotFound, kBlobNotFound, kBlobArchived, lease, conditions, kInvalidRange (with
// the field "Content-Range": "bytes */LENGTH" for the response header), kInvalidHeaderValue (a
// range too long for its hash, which names the header), kInternalError (damage met while hashing).
io::Task<Result<GetBlobResult>> get_blob(Service& service, GetBlob request);

}  // namespace lapis::blob
