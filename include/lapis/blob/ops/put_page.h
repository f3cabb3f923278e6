// Put Page. https://learn.microsoft.com/rest/api/storageservices/put-page
#pragma once

#include "lapis/blob/ops/get_blob.h"
#include "lapis/blob/ops/put_page_blob.h"

namespace lapis::blob {

inline constexpr std::uint64_t kMaxPageWrite = 4ull << 20;

// What the blob's sequence number has to be.
struct SequenceConditions {
  std::optional<std::uint64_t> at_most = {};
  std::optional<std::uint64_t> less_than = {};
  std::optional<std::uint64_t> equal = {};
};

struct PutPage {
  BlobKey key;
  ByteRange range;  // of whole pages, at least one; where pages are written at most kMaxPageWrite
  std::optional<LeaseId> lease = {};
  Conditions conditions = {};
  SequenceConditions sequence = {};
  BodyHashes hashes = {};
  bool want_md5 = false;  // the answer carries the MD5 although the request had none
};

struct PutPageResult {
  Etag etag;
  Timestamp last_modified;
  std::uint64_t sequence_number = 0;
  std::optional<Md5Digest> md5 = {};  // where it was computed
  std::uint64_t crc64 = 0;
};

// Writes `body`, which is as long as the range, at once or not at all. Completion means durable.
// Errors: kContainerNotFound, kBlobNotFound, kInvalidBlobType, kBlobImmutableDueToPolicy,
// kBlobImmutableDueToLegalHold, lease, conditions,
// kSequenceNumberConditionNotMet, kInvalidPageRange (beyond the blob), kMd5Mismatch,
// kCrc64Mismatch, kInsufficientStorage, kServerBusy (overtaken again and again by writes behind new
// snapshots, or by clears of all around), the body's.
io::Task<Result<PutPageResult>> put_page(Service& service, PutPage request, io::ByteSource& body);

// What of that can be refused before there is a body. Errors: as above.
io::Task<Result<void>> check_put_page(Service& service, const PutPage& request);

// Clears the pages: they read as zeros, and are not told of as written. At once up to 64 MiB of
// written pages; more in several transactions, each with an ETag of its own, of which the first
// looks at all conditions and the others at the lease. Errors: as above, without those of a body;
// kConditionNotMet where the blob was replaced in between.
io::Task<Result<PutPageResult>> clear_pages(Service& service, PutPage request);

}  // namespace lapis::blob
