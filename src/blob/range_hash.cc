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

io::Task<Result<Md5Digest>> md5_of_range(std::unique_ptr<io::BufferSource> range) {
  Md5 md5;
  while (true) {
    LAPIS_CO_TRY(const Bytes bytes, co_await range->next());
    if (bytes.empty()) co_return md5.finish();
    md5.update(bytes);
  }
}

namespace {

std::uint64_t crc64_of_zeros(std::uint64_t length) {
  std::uint64_t crc = 0;
  while (length != 0) {
    const Bytes zeros = some_zeros(length);
    crc = crc64(zeros, crc);
    length -= zeros.size();
  }
  return crc;
}

template <class Walk>
io::Task<Result<std::uint64_t>> crc64_of_walk(Service& service, Walk walk) {
  std::uint64_t crc = 0;
  while (walk.remaining() > 0) {
    LAPIS_CO_TRY(BodyPart part, co_await walk.next());
    const std::uint64_t length = part.length;
    std::uint64_t part_crc = part.is_zeros() ? crc64_of_zeros(length) : crc64(as_bytes(part.bytes));
    if (!part.slices.empty()) {
      LAPIS_CO_TRY(part_crc, co_await service.chunks.crc64(slices_of(std::move(part))));
    }
    crc = crc64_combine(crc, part_crc, length);
  }
  co_return crc;
}

}  // namespace

io::Task<Result<std::uint64_t>> crc64_of_range(Service& service, ContainerId container,
                                               Shared<BlobRecord> blob, ByteRange range) {
  if (is_inline(blob->body)) co_return crc64(inline_range(*blob, range));
  BodyWalk walk(service, container, std::move(blob), range);
  co_return co_await crc64_of_walk(service, std::move(walk));
}

io::Task<Result<std::uint64_t>> crc64_of_range(Service& service, PageWalk range) {
  co_return co_await crc64_of_walk(service, std::move(range));
}

}  // namespace lapis::blob
