// Put Block List. https://learn.microsoft.com/rest/api/storageservices/put-block-list
// One transaction, no payload moves, no data sync.
#pragma once

#include "lapis/blob/absent_blob.h"
#include "lapis/blob/conditions.h"
#include "lapis/blob/protection.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

enum class BlockSource : std::uint8_t { kCommitted, kUncommitted, kLatest };

struct BlockListEntry {
  BlockSource source;
  BlockId block;
};

struct PutBlockList {
  BlobKey key;
  std::vector<BlockListEntry> blocks;  // at most 50,000, in the order of the blob's content
  HttpProperties http;                 // content_md5 is stored unverified
  Metadata metadata;
  Tags tags;
  std::optional<AccessTier> tier;
  Conditions conditions;
  std::optional<LeaseId> lease;
  bool may_overwrite = true;
  Protection protection = {};
  AbsentBlob absent = {};
};

struct PutBlockListResult {
  Etag etag;
  Timestamp last_modified;
  std::optional<Timestamp> version = {};  // where the account keeps versions
};

// Errors: kContainerNotFound, kInvalidBlockList (an id is not in the named list; nothing changes),
// kUnauthorizedBlobOverwrite, kInvalidBlobType, kBlobArchived, lease, conditions; of a protection
// those of Put Blob.
io::Task<Result<PutBlockListResult>> put_block_list(Service& service, PutBlockList request);

}  // namespace lapis::blob
