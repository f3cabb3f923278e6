#include "lapis/blob/ops/get_blob.h"

#include <algorithm>

#include "blob/body_source.h"
#include "blob/body_walk.h"
#include "blob/lease.h"
#include "blob/lookup.h"
#include "blob/range_hash.h"

namespace lapis::blob {
namespace {

Result<void> check(const GetBlob& request, const BlobProperties& properties,
                   const ServiceClock& time) {
  if (properties.tier == AccessTier::kArchive) return fail(ErrorCode::kBlobArchived);
  LAPIS_TRY_VOID(check_lease(LeaseUse::kReadBlob, properties.lease, request.lease, time));
  return check_read(request.conditions, target_of(properties));
}

// The part of a blob of `length` bytes that was asked for. An empty blob has no range at all.
Result<ByteRange> clamp(const RequestedRange& range, std::uint64_t length) {
  if (range.first >= length) {
    return fail(
        Error{ErrorCode::kInvalidRange}.with("Content-Range", "bytes */" + std::to_string(length)));
  }
  const std::uint64_t last = std::min(range.last.value_or(length - 1), length - 1);
  if (last < range.first) return fail(ErrorCode::kInvalidRange, "range ends before it begins");
  return ByteRange{range.first, last - range.first + 1};
}

}  // namespace

// The pin is taken before the record is looked up (read_epochs.h); the body keeps it.
io::Task<Result<GetBlobResult>> get_blob(Service& service, GetBlob request) {
  ReadSlot::Pin pin = service.reads.begin();
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  LAPIS_CO_TRY(const auto blob, co_await find_blob(service, container->id, request.key));
  if (!blob) co_return fail(ErrorCode::kBlobNotFound);
  LAPIS_CO_TRY_VOID(check(request, blob->properties, *service.time));

  if (service.recent && is_inline(blob->body)) {
    service.recent->note(hash_of(container->id, request.key.name), service.clock.instant());
  }

  GetBlobResult result;
  result.properties = {blob, &blob->properties};
  result.lease = lease_view(blob->properties.lease, *service.time);
  ByteRange range{0, blob->properties.content_length};
  if (request.range) {
    LAPIS_CO_TRY(range, clamp(*request.range, range.length));
    result.range = range;
  }
  if (request.hash) {
    LAPIS_CO_TRY_VOID(check_hashed_range(*request.hash, range));
    if (*request.hash == RangeHash::kMd5) {
      LAPIS_CO_TRY(result.range_md5, co_await md5_of_range(service, container->id, blob, range));
    } else {
      LAPIS_CO_TRY(result.range_crc64,
                   co_await crc64_of_range(service, container->id, blob, range));
    }
  }
  result.body = open_body(service, container->id, blob, range, std::move(pin));
  co_return result;
}

}  // namespace lapis::blob
