// What the operations on page blobs say in headers.
#pragma once

#include <cstdint>
#include <optional>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/ops/put_page.h"
#include "lapis/blob/ops/set_blob_properties.h"

namespace lapis::azure {

// x-ms-blob-content-length: whole pages, up to what a blob may have at the version. Nothing where
// it is absent or empty. Errors: kInvalidHeaderValue.
Result<std::optional<std::uint64_t>> parse_page_blob_length(const Call& call);

// A sequence number; nothing where it is absent or empty. Errors: kInvalidHeaderValue.
Result<std::optional<std::uint64_t>> parse_sequence_number(const http::Headers& headers,
                                                           std::string_view name);

// x-ms-sequence-number-action, and the number that it goes with: "increment" stands alone, "max"
// and "update" take one. Errors: kMissingRequiredHeader, kInvalidHeaderValue.
Result<std::optional<blob::SequenceChange>> parse_sequence_change(const http::Headers& headers);

// Range or x-ms-range of pages that are written: exact, and of whole pages. Errors:
// kMissingRequiredHeader, kInvalidHeaderValue, both naming Range.
Result<blob::ByteRange> parse_page_range(const http::Headers& headers);

// Of a write to pages all but its range, its body and the hashes. Errors: those of each header;
// kInvalidInput for a sequence number of -1 that it is to be equal to.
Result<void> parse_page_write(const Call& call, blob::PutPage& into);

}  // namespace lapis::azure
