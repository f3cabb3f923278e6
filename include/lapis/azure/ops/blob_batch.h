// Blob Batch: POST /?comp=batch, POST /CONTAINER?restype=container&comp=batch -> 202
//
// A batch is answered 202 as soon as it has been authorised. What is wrong with it as a whole
// stands in the answer's only part, which has no Content-ID.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"

namespace lapis::azure {

inline constexpr std::uint64_t kMaxBatchBytes = 4ull << 20;
inline constexpr std::size_t kMaxBatchParts = 256;

// A request of a batch: what is to be done, and by which name its answer is known.
struct BatchPart {
  std::string content_id;
  std::unique_ptr<http::Request> request;
};

// One that is no batch at all, which is refused as any other request. Errors:
// kMissingRequiredHeader or kInvalidHeaderValue for the Content-Type, kInvalidQueryParameterValue
// before the version that has batches.
Result<void> check_blob_batch(const Call& batch);

// The parts of a batch, in order. Errors are of the batch as a whole: kInvalidHeaderValue for a
// boundary, kInvalidInput for a document that is not well-formed, that is empty, or with a part
// that is no request, kExceedsMaxBatchRequestCount.
Result<std::vector<BatchPart>> parse_blob_batch(const Call& batch, std::string_view document);

// What a part means. Its path is of the batch's account, whether it names it ("/ACCOUNT/C/B", where
// the batch was sent that way) or not ("/C/B", as some SDKs write in either style); its version is
// the batch's. Errors: those of parse_target.
Result<Call> locate_batch_part(const Call& batch, const BatchPart& part, const Guid& request_id);

// Whether a part may stand in this batch: one of a container reaches into that container only.
Result<void> check_batch_scope(const Call& batch, const Call& part);

// The id of the `index`-th part: as the batch's, but for its end.
Guid batch_part_id(const Guid& batch, std::size_t index);

struct BatchAnswer {
  std::string content_id;  // empty: none
  http::Response response;
};

http::Response render_blob_batch(std::span<const BatchAnswer> answers);

}  // namespace lapis::azure
