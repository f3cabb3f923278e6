#include "blob/pages/page_rules.h"

#include "blob/blob_rows.h"
#include "blob/immutability.h"

namespace lapis::blob {

Result<void> check_sequence(const SequenceConditions& conditions, std::uint64_t number) {
  const bool met = (!conditions.at_most || number <= *conditions.at_most) &&
                   (!conditions.less_than || number < *conditions.less_than) &&
                   (!conditions.equal || number == *conditions.equal);
  if (!met) return fail(ErrorCode::kSequenceNumberConditionNotMet);
  return {};
}

Result<void> check_page_write(const PutPage& request, const BlobProperties& properties,
                              const ServiceClock& time) {
  if (properties.type != BlobType::kPage) return fail(ErrorCode::kInvalidBlobType);
  LAPIS_TRY_VOID(check_may_change(properties));
  LAPIS_TRY_VOID(
      check_change(LeaseUse::kWriteBlob, properties, request.lease, request.conditions, time));
  LAPIS_TRY_VOID(check_sequence(request.sequence, properties.sequence_number));
  const std::uint64_t length = properties.content_length;
  const ByteRange& range = request.range;
  if (range.first > length || range.length > length - range.first) {
    return fail(ErrorCode::kInvalidPageRange);
  }
  return {};
}

}  // namespace lapis::blob
