#include "azure/request/body_length.h"

#include <limits>
#include <string>

#include "azure/field_errors.h"
#include "lapis/azure/structured_message.h"

namespace lapis::azure {
namespace {

constexpr std::uint64_t kMiB = 1ull << 20;

struct BodyLimits {
  std::uint32_t since;
  std::uint64_t block;
  std::uint64_t blob;
};
// Newest first.
constexpr BodyLimits kLimits[] = {
    {20191212, 4000 * kMiB, 5000 * kMiB},
    {20160531, 100 * kMiB, 256 * kMiB},
    {0, 4 * kMiB, 64 * kMiB},
};

const BodyLimits& limits(ServiceVersion version) {
  const BodyLimits* row = kLimits;
  while (row->since > version.date) ++row;
  return *row;
}

}  // namespace

Result<std::uint64_t> body_length(const http::Request& request, std::uint64_t limit) {
  if (request.chunked || !request.content_length) {
    return fail(Error{ErrorCode::kMissingContentLengthHeader}.with("HeaderName", "Content-Length"));
  }
  LAPIS_TRY(const auto payload, structured_payload(request));
  const std::uint64_t length = payload.value_or(*request.content_length);
  if (length > limit) {
    return fail(Error{ErrorCode::kRequestBodyTooLarge}.with("MaxLimit", std::to_string(limit)));
  }
  return length;
}

Result<void> check_no_body(const http::Request& request) {
  LAPIS_TRY_VOID(body_length(request, std::numeric_limits<std::uint64_t>::max()));
  const std::uint64_t length = *request.content_length;
  if (length == 0) return {};
  return fail(invalid_header("Content-Length", std::to_string(length)));
}

// Another page says 2023-01-03.
std::uint64_t append_block_limit(ServiceVersion version) {
  constexpr std::uint32_t kLargeAppends = 20221102;
  return version.date >= kLargeAppends ? 100 * kMiB : 4 * kMiB;
}

std::uint64_t put_block_limit(ServiceVersion version) { return limits(version).block; }
std::uint64_t put_blob_limit(ServiceVersion version) { return limits(version).blob; }

}  // namespace lapis::azure
