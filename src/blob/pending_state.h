// The state of a blob that a pending copy is to make, and the row of the copy. Plain functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "blob/records.h"
#include "lapis/blob/pending_copies.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// Notes the copy of the blob that the same transaction writes.
void put_pending_copy(storage::MetaView& view, const PendingCopy& copy);

std::string encode_pending_copy(const PendingCopy& copy);
// `id`: as in the row's key. Errors: kInternalError for damage.
Result<PendingCopy> decode_pending_copy(const Guid& id, std::string_view row);

// How a pending copy ends; in a transaction of its container. Takes the copy's row away and marks
// the blob; false where the blob is not there any more, or is something else.
struct CopyEnd {
  CopyStatus status = CopyStatus::kSuccess;
  std::string description = {};  // of a failure
  // Of a success, but of a page blob's, which has its pages already:
  storage::StoredBody* stored = nullptr;  // unless it is short
  std::string encoded_body = {};
};
Result<bool> end_pending_copy(storage::MetaView& view, const PendingCopy& copy, const CopyEnd& end,
                              Timestamp now, const ServiceClock& time);

// A blob's properties with how far a copy is that is pending. Shared with the record otherwise.
std::shared_ptr<const BlobProperties> with_progress(const Service& service,
                                                    const std::shared_ptr<const BlobRecord>& blob);

}  // namespace lapis::blob
