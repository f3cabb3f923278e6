#include "blob/range_hash.h"

#include <utility>

#include "blob/body_source.h"
#include "blob/body_walk.h"
#include "lapis/base/crc64.h"

namespace lapis::blob {

Result<void> check_hashed_range(RangeHash hash, ByteRange range) {
  if (range.length <= kMaxHashedRange) return {};
  const char* header =
      hash == RangeHash::kMd5 ? "x-ms-range-get-content-md5" : "x-ms-range-get-content-crc64";
  return fail(Error{ErrorCode::kInvalidHeaderValue, "range too long to be hashed"}
                  .with("HeaderName", header)
                  .with("HeaderValue", "true"));
}

io::Task<Result<Md5Digest>> md5_of_range(Service& service, ContainerId container,
                                         Shared<BlobRecord> blob, ByteRange range) {
  const auto body = open_body(service, container, std::move(blob), range, {});
  Md5 md5;
  while (true) {
    LAPIS_CO_TRY(const Bytes bytes, co_await body->next());
    if (bytes.empty()) co_return md5.finish();
    md5.update(bytes);
  }
}

io::Task<Result<std::uint64_t>> crc64_of_range(Service& service, ContainerId container,
                                               Shared<BlobRecord> blob, ByteRange range) {
  if (is_inline(blob->body)) co_return crc64(inline_range(*blob, range));
  BodyWalk walk(service, container, std::move(blob), range);
  std::uint64_t crc = 0;
  while (walk.remaining() > 0) {
    LAPIS_CO_TRY(BodyPart part, co_await walk.next());
    const std::uint64_t length = part.length;
    std::uint64_t part_crc = crc64(as_bytes(part.bytes));
    if (!part.slices.empty()) {
      LAPIS_CO_TRY(part_crc, co_await service.chunks.crc64(slices_of(std::move(part))));
    }
    crc = crc64_combine(crc, part_crc, length);
  }
  co_return crc;
}

}  // namespace lapis::blob
