// Put Blob. https://learn.microsoft.com/rest/api/storageservices/put-blob
#pragma once

#include "lapis/blob/absent_blob.h"
#include "lapis/blob/conditions.h"
#include "lapis/blob/pending_copies.h"
#include "lapis/blob/protection.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct PutBlob {
  BlobKey key;
  std::uint64_t content_length = 0;
  HttpProperties http;  // content_md5 is computed and stored, unless `keeps_md5`
  Metadata metadata;
  Tags tags;
  std::optional<AccessTier> tier;
  Conditions conditions;
  std::optional<LeaseId> lease;
  BodyHashes hashes;                  // Content-MD5, x-ms-content-crc64
  std::optional<Md5Digest> blob_md5;  // x-ms-blob-content-md5: verified, beats Content-MD5
  bool may_overwrite = true;          // false: the credential may create only
  AbsentBlob absent = {};
  // Of a copy: the MD5 of `http`, or none, is stored as it is.
  bool keeps_md5 = false;
  std::optional<CopyProperties> copy = {};  // completed when the blob is made, unless it is pending
  std::optional<PendingCopy> pending = {};  // the copy of such a blob, but for its container
  bool same_type = false;  // what is replaced must be of the type, with or without snapshots
  bool endless_leases_only = false;  // and a lease on it that is active must have no end
  std::optional<BlobType> type = BlobType::kBlock;  // nothing: not known yet (check_put_blob)
  std::uint32_t append_blocks = 0;                  // of the append blob that is copied
  bool sealed = false;                              // likewise
  Protection protection = {};
};

struct PutBlobResult {
  Etag etag;
  Timestamp last_modified;
  Md5Digest md5;
  std::uint64_t crc64 = 0;
  std::optional<Timestamp> version = {};  // where the account keeps versions
};

// Reads `body` (exactly content_length bytes) and makes it the blob; replaces what was there, its
// properties and its uncommitted blocks. Completion means durable. What can be refused before the
// body is read is. Errors: kContainerNotFound, kUnauthorizedBlobOverwrite, kInvalidBlobType (a blob
// that has snapshots keeps its type), kBlobArchived, lease, kPendingCopyOperation, conditions,
// kMd5Mismatch, kCrc64Mismatch, kInsufficientStorage, the body's; of a protection
// kBlobOperationNotSupported (version-level immutability is off) and kInvalidHeaderValue (a time
// that is over).
io::Task<Result<PutBlobResult>> put_blob(Service& service, PutBlob request, io::ByteSource& body);

// What of that can be refused before there is a body, or its length is known: for a copy, before
// its source is asked for anything. Errors: as above.
io::Task<Result<void>> check_put_blob(Service& service, const PutBlob& request);

}  // namespace lapis::blob
