// Service: what every operation works on. One object a shard, made by main; operations are free
// functions over it (lapis/blob/ops/), awaited on that shard.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/blob/read_epochs.h"
#include "lapis/blob/recent_reads.h"
#include "lapis/blob/service_clock.h"
#include "lapis/blob/types.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/storage/chunk_store.h"
#include "lapis/storage/decoded_cache.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Decoded container, blob and segment rows of this shard (src/blob/record_cache.h).
class RecordCache;
class AccessQueue;
class PendingCopies;

// What the caches of a service did and hold.
struct RecordCacheStats {
  storage::CacheStats containers;
  storage::CacheStats blobs;
  storage::CacheStats segments;
};

// What the configuration switches on for an account.
struct AccountFeatures {
  bool versioning = false;  // what blobs were is kept when they are written over or deleted
  // For how many days containers are kept that are deleted; nothing: they are not.
  std::optional<std::uint32_t> container_retention_days = {};
  bool immutable_storage = false;  // states of blobs may get immutability policies and legal holds
  bool last_access_time = false;   // when block blobs were read or written last is kept
};
using FeaturesByAccount = std::map<std::string, AccountFeatures, std::less<>>;

class Service {
 public:
  // `epochs` is shared by all services over one store, the reclaimer's among them. Without it the
  // service has its own: right only where it is the only one. So is `recent`; without it reads of
  // short bodies are not noted. So is `time`; without it the service has one that begins now. An
  // account that `features` does not name has none. So is `accesses`; without it reads move no time
  // of last access. So is `copies`; without it every copy is done when it is answered.
  Service(storage::MetaStore& meta, storage::ChunkStore& chunks, io::BlockingPool& blocking,
          const Clock& clock, Limits limits, std::uint64_t record_cache_bytes,
          std::shared_ptr<ReadEpochs> epochs = nullptr,
          std::shared_ptr<RecentReads> recent = nullptr,
          std::shared_ptr<ServiceClock> time = nullptr,
          std::shared_ptr<const FeaturesByAccount> features = nullptr,
          std::shared_ptr<AccessQueue> accesses = nullptr,
          std::shared_ptr<PendingCopies> copies = nullptr);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // For any thread.
  RecordCacheStats cache_stats() const;
  AccountFeatures features_of(std::string_view account) const;

  storage::MetaStore& meta;
  storage::ChunkStore& chunks;
  io::BlockingPool& blocking;
  const Clock& clock;
  const Limits limits;
  const std::unique_ptr<RecordCache> cache;
  const std::shared_ptr<ReadEpochs> epochs;
  ReadSlot& reads;                            // this shard's
  const std::shared_ptr<RecentReads> recent;  // or null
  const std::shared_ptr<ServiceClock> time;   // of leases; Last-Modified is told by `clock`
  const std::shared_ptr<const FeaturesByAccount> features;  // or null
  const std::shared_ptr<AccessQueue> accesses;              // or null
  const std::shared_ptr<PendingCopies> copies;              // or null
};

}  // namespace lapis::blob
