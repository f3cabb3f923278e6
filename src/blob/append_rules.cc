#include "blob/append_rules.h"

#include "blob/blob_rows.h"
#include "blob/immutability.h"

namespace lapis::blob {
namespace {

// What an operation says of the blob that it changes.
struct Claim {
  const std::optional<LeaseId>& lease;
  const Conditions& conditions;
  const std::optional<std::uint64_t>& position;
};

Result<void> check_claim(const Claim& claim, const BlobProperties& blob, const ServiceClock& time) {
  LAPIS_TRY_VOID(check_may_change(blob));
  LAPIS_TRY_VOID(check_change(LeaseUse::kWriteBlob, blob, claim.lease, claim.conditions, time));
  if (claim.position && *claim.position != blob.content_length) {
    return fail(ErrorCode::kAppendPositionConditionNotMet);
  }
  return {};
}

// A blob that is as long as it may be is not appended to, whatever the length of what is appended.
bool exceeds(const AppendBlock& request, const BlobProperties& blob) {
  if (!request.max_size) return false;
  if (blob.content_length > *request.max_size) return true;
  return request.content_length > *request.max_size - blob.content_length;
}

}  // namespace

Result<void> check_append(const AppendBlock& request, const BlobProperties& blob,
                          const ServiceClock& time) {
  if (blob.type != BlobType::kAppend) return fail(ErrorCode::kInvalidBlobType);
  if (blob.sealed) return fail(ErrorCode::kBlobIsSealed);
  LAPIS_TRY_VOID(check_claim({request.lease, request.conditions, request.position}, blob, time));
  if (exceeds(request, blob)) return fail(ErrorCode::kMaxBlobSizeConditionNotMet);
  if (blob.append_blocks >= Limits::kMaxCommittedBlocks) {
    return fail(ErrorCode::kBlockCountExceedsLimit);
  }
  return {};
}

Result<void> check_seal(const AppendBlobSeal& request, const BlobProperties& blob,
                        const ServiceClock& time) {
  if (blob.type != BlobType::kAppend) return fail(ErrorCode::kInvalidBlobType);
  return check_claim({request.lease, request.conditions, request.position}, blob, time);
}

}  // namespace lapis::blob
