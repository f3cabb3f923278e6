#include "lapis/blob/service.h"

#include "blob/record_cache.h"

namespace lapis::blob {

Service::Service(storage::MetaStore& meta_store, storage::ChunkStore& chunk_store,
                 io::BlockingPool& blocking_pool, const Clock& the_clock, Limits the_limits,
                 std::uint64_t record_cache_bytes, std::shared_ptr<ReadEpochs> shared_epochs,
                 std::shared_ptr<RecentReads> shared_recent,
                 std::shared_ptr<ServiceClock> shared_time,
                 std::shared_ptr<const FeaturesByAccount> the_features,
                 std::shared_ptr<AccessQueue> the_accesses,
                 std::shared_ptr<PendingCopies> the_copies)
    : meta(meta_store),
      chunks(chunk_store),
      blocking(blocking_pool),
      clock(the_clock),
      limits(the_limits),
      cache(std::make_unique<RecordCache>(meta_store, record_cache_bytes)),
      epochs(shared_epochs ? std::move(shared_epochs) : std::make_shared<ReadEpochs>()),
      reads(epochs->add_slot()),
      recent(std::move(shared_recent)),
      time(shared_time ? std::move(shared_time)
                       : std::make_shared<ServiceClock>(the_clock, ServiceTime{})),
      features(std::move(the_features)),
      accesses(std::move(the_accesses)),
      copies(std::move(the_copies)) {}

Service::~Service() = default;

AccountFeatures Service::features_of(std::string_view account) const {
  if (!features) return {};
  const auto found = features->find(account);
  return found == features->end() ? AccountFeatures{} : found->second;
}

RecordCacheStats Service::cache_stats() const {
  return {cache->containers.stats(), cache->blobs.stats(), cache->segments.stats()};
}

}  // namespace lapis::blob
