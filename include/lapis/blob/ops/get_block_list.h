// Get Block List. https://learn.microsoft.com/rest/api/storageservices/get-block-list
#pragma once

#include <limits>

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct GetBlockList {
  BlobKey key;
  bool committed = true;
  bool uncommitted = false;
  std::optional<LeaseId> lease;
  Conditions conditions = {};  // x-ms-if-tags only
  // The longest block that the client can take the length of.
  std::uint64_t longest = std::numeric_limits<std::uint64_t>::max();
};

struct ListedBlock {
  BlockId block;
  std::uint64_t length = 0;
};

struct GetBlockListResult {
  // Present where a committed blob exists.
  struct Committed {
    Etag etag;
    Timestamp last_modified;
    std::uint64_t content_length = 0;
  };
  std::optional<Committed> blob;
  std::vector<ListedBlock> committed;    // in content order; empty for a blob made by Put Blob
  std::vector<ListedBlock> uncommitted;  // by id
};

// Errors: kContainerNotFound, kBlobNotFound (neither committed nor staged), kInvalidBlobType,
// kBlobArchived, lease, kConditionNotMet, kFeatureVersionMismatch (a block, committed or listed, is
// longer than `longest`).
io::Task<Result<GetBlockListResult>> get_block_list(Service& service, GetBlockList request);

}  // namespace lapis::blob
