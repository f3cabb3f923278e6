// Rows by key, through the shard's cache: what reads use, and what lets a write be refused before
// its body is read. Inside a transaction rows are read through its view instead (blob_rows.h).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "blob/record_cache.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

template <class T>
using Shared = std::shared_ptr<const T>;

// Errors: kContainerNotFound.
io::Task<Result<Shared<ContainerRecord>>> find_container(Service& service, std::string account,
                                                         std::string container);
io::Task<Result<Shared<ContainerRecord>>> find_container(Service& service, const BlobKey& key);

// The committed blob, or its snapshot or version where the key names one; null where there is none.
// Errors: kBlobNotFound where there was one that is soft-deleted.
io::Task<Result<Shared<BlobRecord>>> find_blob(Service& service, ContainerId container,
                                               const BlobKey& key);

// Errors: kInternalError where the segment's row is missing.
io::Task<Result<Shared<Segment>>> find_segment(Service& service, ContainerId container,
                                               SegmentId segment);

// What memory knows of a row, without leaving the thread.
template <class T>
struct Peeked {
  bool known = false;
  Shared<T> value;  // null where there is no such row
};
Peeked<BlobRecord> peek_blob(Service& service, ContainerId container, const std::string& name);
std::optional<UploadRecord> peek_upload(Service& service, ContainerId container,
                                        const std::string& name);

}  // namespace lapis::blob
