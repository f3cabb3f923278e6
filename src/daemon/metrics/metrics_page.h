// The page of /metrics: everything that the parts of a node count, merged and named. What each
// metric means is in docs/operations.md; a test holds that list against this page.
#pragma once

#include <prometheus/collectable.h>

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/background_work.h"
#include "lapis/blob/pending_copies.h"
#include "lapis/blob/service.h"
#include "lapis/gateway/access_log.h"
#include "lapis/gateway/request_metrics.h"
#include "lapis/gateway/request_observer.h"
#include "lapis/http/server.h"
#include "lapis/io/blocking_pool.h"
#include "lapis/io/shard.h"
#include "lapis/source/source_reader.h"
#include "lapis/storage/local_chunk_store.h"
#include "lapis/storage/local_meta_store.h"
#include "lapis/tier/tierer.h"

namespace lapis::daemon {

class Families;

// What is asked. A part that is not there yet, or any more, is null or missing.
struct MetricSources {
  std::vector<const gateway::RequestMetrics*> requests;  // one a shard, as below
  std::vector<const gateway::RequestObserver*> observers;
  std::vector<io::Shard*> shards;
  std::vector<const io::BufferPool*> buffers;
  std::vector<const blob::Service*> services;
  const gateway::AccessLog* access_log = nullptr;
  const http::Server* server = nullptr;
  storage::LocalMetaStore* meta = nullptr;
  const storage::LocalChunkStore* chunks = nullptr;
  const io::BlockingPool* blocking = nullptr;
  const BackgroundWork* background = nullptr;
  const tier::Tierer* tierer = nullptr;
  const blob::InlineMover* inline_mover = nullptr;
  const blob::PendingCopies* copies = nullptr;
  std::vector<const source::SourceReader*> source_readers;  // two a shard
};

class NodeCollector final : public prometheus::Collectable {
 public:
  explicit NodeCollector(const MetricSources& sources) : sources_(sources) {}
  // Blocks: asks the database, and the kernel.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const MetricSources& sources_;
};

// The page, in Prometheus's text format.
std::string metrics_page(const MetricSources& sources);

// The sections of the page.
void add_request_families(Families& families, const gateway::RequestTotals& totals);
void add_server_families(Families& families, const MetricSources& sources);
void add_meta_families(Families& families, storage::LocalMetaStore& meta);
void add_chunk_families(Families& families, const storage::LocalChunkStore& chunks);
void add_inline_families(Families& families, const blob::InlineMoverStatus& status);
void add_tier_families(Families& families, const tier::Tierer& tierer);
void add_scrub_families(Families& families, const storage::ScrubStatus& scrub);
void add_memory_families(Families& families, const MetricSources& sources);
void add_source_families(Families& families, const MetricSources& sources);
void add_reclaim_families(Families& families, const MetricSources& sources);
void add_process_families(Families& families);

}  // namespace lapis::daemon
