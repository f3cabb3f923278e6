// Put Blob of a page blob. https://learn.microsoft.com/rest/api/storageservices/put-blob
#pragma once

#include "lapis/blob/ops/put_blob.h"

namespace lapis::blob {

inline constexpr std::uint64_t kPageBytes = 512;
inline constexpr std::uint64_t kMaxPageBlobBytes = 8ull << 40;
inline constexpr std::uint64_t kMaxSequenceNumber = (1ull << 63) - 1;

struct PutPageBlob {
  PutBlob blob;              // its `http` is stored as it is; it has no length, hashes and tier
  std::uint64_t length = 0;  // of whole pages, at most kMaxPageBlobBytes
  std::uint64_t sequence_number = 0;
};

struct PutPageBlobResult {
  Etag etag;
  Timestamp last_modified;
  std::optional<Timestamp> version = {};  // where the account keeps versions
};

// Makes a blob of `length` zeros, which costs one row. Replaces what was there. Completion means
// durable. Errors: those of Put Blob that need no body; kInvalidBlobType (there are snapshots of
// another type).
io::Task<Result<PutPageBlobResult>> put_page_blob(Service& service, PutPageBlob request);

}  // namespace lapis::blob
