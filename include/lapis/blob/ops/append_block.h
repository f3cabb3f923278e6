// Append Block. https://learn.microsoft.com/rest/api/storageservices/append-block
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct AppendBlock {
  BlobKey key;
  std::uint64_t content_length = 0;  // at least 1
  Conditions conditions;
  std::optional<std::uint64_t> position;  // the blob must be of this length
  std::optional<std::uint64_t> max_size;  // and of no more than this afterwards
  std::optional<LeaseId> lease;
  BodyHashes hashes;
  bool want_md5 = false;  // the answer carries the MD5 although the request had none
};

struct AppendBlockResult {
  Etag etag;
  Timestamp last_modified;
  std::uint64_t offset = 0;      // where the block begins in the blob
  std::uint32_t blocks = 0;      // appended so far
  std::optional<Md5Digest> md5;  // where it was computed
  std::uint64_t crc64 = 0;
};

// Appends `body` to an append blob, whole or not at all. Appends at the same time all succeed, in
// some order, unless a condition says otherwise. Completion means durable. Errors:
// kContainerNotFound, kBlobNotFound, kInvalidBlobType, kBlobIsSealed, kBlobImmutableDueToPolicy,
// kBlobImmutableDueToLegalHold, lease, conditions,
// kAppendPositionConditionNotMet, kMaxBlobSizeConditionNotMet, kBlockCountExceedsLimit,
// kMd5Mismatch, kCrc64Mismatch, kInsufficientStorage, the body's; kServerBusy where the blob keeps
// changing while it gets a body of its own.
io::Task<Result<AppendBlockResult>> append_block(Service& service, AppendBlock request,
                                                 io::ByteSource& body);

// What of that can be refused before there is a body, or its length is known: for a copy, before
// its source is asked for anything. Errors: as above.
io::Task<Result<void>> check_append_block(Service& service, const AppendBlock& request);

}  // namespace lapis::blob
