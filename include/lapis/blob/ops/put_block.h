// Put Block. https://learn.microsoft.com/rest/api/storageservices/put-block
#pragma once

#include "lapis/blob/service.h"

namespace lapis::blob {

struct PutBlock {
  BlobKey key;
  BlockId block;
  std::uint64_t content_length = 0;  // at least 1
  std::optional<LeaseId> lease;
  BodyHashes hashes;
  bool want_md5 = false;  // the answer carries the MD5 although the request had none
};

struct PutBlockResult {
  std::optional<Md5Digest> md5;  // where it was computed
  std::uint64_t crc64 = 0;
};

// Stages a block; a block of the same id staged earlier is replaced. Completion means durable.
// Errors: kContainerNotFound, kInvalidBlobType, kBlobArchived, kInvalidBlobOrBlock (id length
// differs from the staged ones), kBlockCountExceedsLimit, lease, kMd5Mismatch, kCrc64Mismatch,
// kInsufficientStorage, the body's.
io::Task<Result<PutBlockResult>> put_block(Service& service, PutBlock request,
                                           io::ByteSource& body);

// What of that can be refused before there is a body, or its length is known: for a copy, before
// its source is asked for anything. Errors: as above.
io::Task<Result<void>> check_put_block(Service& service, const PutBlock& request);

}  // namespace lapis::blob
