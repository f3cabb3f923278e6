// What a write to pages asks of the blob. Pure.
#pragma once

#include "blob/records.h"
#include "lapis/blob/ops/put_page.h"

namespace lapis::blob {

// Errors: kSequenceNumberConditionNotMet.
Result<void> check_sequence(const SequenceConditions& conditions, std::uint64_t number);

// Checks come in this order. Errors: kInvalidBlobType, immutability, lease, conditions,
// kSequenceNumberConditionNotMet, kInvalidPageRange.
Result<void> check_page_write(const PutPage& request, const BlobProperties& properties,
                              const ServiceClock& time);

}  // namespace lapis::blob
