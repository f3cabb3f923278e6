// RecordCache: a shard's decoded containers, blob records (short bodies included) and segments.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "blob/records.h"
#include "lapis/blob/service_properties_watch.h"
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
  std::map<std::string, ServicePropertiesWatch, std::less<>> accounts;  // (keeping.h)
};

}  // namespace lapis::blob
