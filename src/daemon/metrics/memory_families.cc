// Buffers, caches, queues, and what is reclaimed.
#include <string>

#include "daemon/metrics/families.h"
#include "daemon/metrics/metrics_page.h"

namespace lapis::daemon {
namespace {

// More are not counted: the page is to be cheap whatever waits.
constexpr std::uint64_t kMostEntriesCounted = 10'000;

void add_buffer_families(Families& families, std::size_t shard,
                         const io::BufferPoolStats& buffers) {
  const std::string index = std::to_string(shard);
  constexpr MetricName kBytes{"lapis_buffer_bytes", "Memory for bodies: in use, and kept ready."};
  families.gauge(kBytes, {{"shard", index}, {"state", "used"}}, buffers.used_bytes);
  families.gauge(kBytes, {{"shard", index}, {"state", "idle"}}, buffers.idle_bytes);
  const auto gauge = [&](MetricName name, std::uint64_t value) {
    families.gauge(name, {{"shard", index}}, value);
  };
  const auto counter = [&](MetricName name, std::uint64_t value) {
    families.counter(name, {{"shard", index}}, value);
  };
  gauge({"lapis_buffer_budget_bytes", "The most that there may be."}, buffers.budget_bytes);
  gauge({"lapis_buffer_waiting", "Requests that wait for a buffer."}, buffers.waiting);
  counter({"lapis_buffer_waits_total", "Times that one had to wait."}, buffers.waits);
  counter({"lapis_buffer_refusals_total", "Times that one waited too long: 503 ServerBusy."},
          buffers.refused);
}

void add_cache_families(Families& families, std::string_view cache,
                        const storage::CacheStats& stats) {
  families.counter({"lapis_record_cache_hits_total", "Records found decoded in memory."},
                   {{"cache", cache}}, stats.hits);
  families.counter({"lapis_record_cache_misses_total", "Records not found, or no longer valid."},
                   {{"cache", cache}}, stats.misses);
  families.gauge({"lapis_record_cache_entries", "Records in memory."}, {{"cache", cache}},
                 stats.entries);
  families.gauge({"lapis_record_cache_bytes", "What they cost."}, {{"cache", cache}}, stats.bytes);
}

}  // namespace

void add_memory_families(Families& families, const MetricSources& sources) {
  for (std::size_t shard = 0; shard < sources.buffers.size(); ++shard) {
    add_buffer_families(families, shard, sources.buffers[shard]->stats());
  }
  if (sources.blocking != nullptr) {
    families.gauge({"lapis_blocking_jobs_waiting", "Reads that wait for a thread that may block."},
                   {}, sources.blocking->waiting());
  }
  if (sources.services.empty()) return;
  blob::RecordCacheStats total;
  for (const blob::Service* service : sources.services) {
    const blob::RecordCacheStats one = service->cache_stats();
    total.containers.merge(one.containers);
    total.blobs.merge(one.blobs);
    total.segments.merge(one.segments);
  }
  add_cache_families(families, "containers", total.containers);
  add_cache_families(families, "blobs", total.blobs);
  add_cache_families(families, "segments", total.segments);
}

void add_reclaim_families(Families& families, const MetricSources& sources) {
  if (sources.background == nullptr || sources.meta == nullptr) return;
  const blob::ReclaimStats reclaimed = sources.background->totals();
  families.counter({"lapis_reclaim_entries_total", "Entries of the release queue that are done."},
                   {}, reclaimed.released_entries);
  families.counter({"lapis_reclaim_chunks_total", "Chunks that were released."}, {},
                   reclaimed.released_chunks);
  families.counter({"lapis_reclaim_rows_total", "Rows of deleted containers that were swept."}, {},
                   reclaimed.swept_rows);
  families.counter({"lapis_reclaim_expired_uploads_total", "Uploads that nobody committed."}, {},
                   reclaimed.expired_uploads);
  families.counter({"lapis_reclaim_expired_deletions_total",
                    "Soft-deleted blobs, snapshots and versions that were kept long enough."},
                   {}, reclaimed.expired_deletions);
  const blob::HintStats hinted = sources.background->hint_totals();
  families.counter({"lapis_placement_hinted_blobs_total",
                    "Blobs whose access tier was told to the tierer after they were written."},
                   {}, hinted.blobs);
  families.counter({"lapis_placement_hinted_chunks_total", "Chunks of theirs."}, {}, hinted.chunks);
  const AccessStats accesses = sources.background->access_totals();
  families.counter({"lapis_last_access_updates_total",
                    "Times of last access that were written because a blob was read."},
                   {}, accesses.written);
  families.counter({"lapis_last_access_dropped_total",
                    "Reads that were not remembered, as too many waited to be written."},
                   {}, accesses.dropped);
  families.gauge({"lapis_release_queue_entries",
                  "Entries that wait to be released; more than 10,000 are not counted."},
                 {}, blob::count_release_entries(*sources.meta, kMostEntriesCounted));
}

}  // namespace lapis::daemon
