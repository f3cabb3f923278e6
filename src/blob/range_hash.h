// The hash of a range, told in the head of an answer: so before its bytes are sent.
#pragma once

#include "blob/lookup.h"
#include "blob/pages/page_walk.h"
#include "lapis/blob/ops/get_blob.h"

namespace lapis::blob {

// Errors: kInvalidHeaderValue, naming the header that asks for the hash, where the range is longer
// than kMaxHashedRange.
Result<void> check_hashed_range(RangeHash hash, ByteRange range);

// Both read under the caller's pin, on the shard of `service`. Errors: those of reading the range.

// Reads the range and gives the memory back: it is read again to be sent, out of the page cache.
// To hold up to 4 MiB of buffers instead would take a second one of the pool while the first is
// held, and so wait for others that do the same.
io::Task<Result<Md5Digest>> md5_of_range(std::unique_ptr<io::BufferSource> range);

// From the checksums at rest: no more is read than the units at the ends of chunks' parts.
io::Task<Result<std::uint64_t>> crc64_of_range(Service& service, ContainerId container,
                                               Shared<BlobRecord> blob, ByteRange range);
io::Task<Result<std::uint64_t>> crc64_of_range(Service& service, PageWalk range);

}  // namespace lapis::blob
