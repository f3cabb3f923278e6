// RecordCache: a shard's decoded containers, blob records (short bodies included) and segments.
#pragma once

#include "blob/records.h"
#include "lapis/storage/decoded_cache.h"

namespace lapis::blob {

class RecordCache {
 public:
  // Most of `bytes` is for blobs; a segment of a large blob costs about 100 KiB.
  RecordCache(const storage::MetaStore& meta, std::uint64_t bytes)
      : containers(meta, bytes / 16), blobs(meta, bytes / 16 * 11), segments(meta, bytes / 4) {}

  storage::DecodedCache<ContainerRecord> containers;
  storage::DecodedCache<BlobRecord> blobs;
  storage::DecodedCache<Segment> segments;
};

}  // namespace lapis::blob
