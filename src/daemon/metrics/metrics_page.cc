#include "daemon/metrics/metrics_page.h"

#include <prometheus/text_serializer.h>

#include "daemon/metrics/families.h"
#include "daemon/metrics/process_stats.h"

namespace lapis::daemon {

void add_process_families(Families& families) {
  families.gauge({"lapis_build_info", "Always 1; the version is in the label."},
                 {{"version", LAPIS_VERSION}}, std::uint64_t{1});
  const ProcessStats process = read_process_stats();
  families.counter({"process_cpu_seconds_total", "Time on processors, user and system."}, {},
                   process.cpu_seconds);
  families.gauge({"process_start_time_seconds", "When the process began, since the Unix epoch."},
                 {}, process.start_time_seconds);
  families.gauge({"process_resident_memory_bytes", "Memory that is resident."}, {},
                 process.resident_bytes);
  families.gauge({"process_virtual_memory_bytes", "Addresses that are mapped."}, {},
                 process.virtual_bytes);
  families.gauge({"process_threads", "Threads."}, {}, process.threads);
  families.gauge({"process_open_fds", "Open file descriptors."}, {}, process.open_descriptors);
  families.gauge({"process_max_fds", "How many there may be."}, {}, process.max_descriptors);
}

std::vector<prometheus::MetricFamily> NodeCollector::Collect() const {
  Families families;
  add_process_families(families);
  gateway::RequestTotals totals;
  for (const gateway::RequestMetrics* shard : sources_.requests) shard->add_to(totals);
  if (!sources_.requests.empty()) add_request_families(families, totals);
  add_server_families(families, sources_);
  add_memory_families(families, sources_);
  if (sources_.meta != nullptr) add_meta_families(families, *sources_.meta);
  if (sources_.inline_mover != nullptr) {
    add_inline_families(families, sources_.inline_mover->status());
  }
  if (sources_.chunks != nullptr) add_chunk_families(families, *sources_.chunks);
  if (sources_.tierer != nullptr) add_tier_families(families, *sources_.tierer);
  if (sources_.chunks != nullptr) add_scrub_families(families, sources_.chunks->scrub_status());
  add_reclaim_families(families, sources_);
  add_source_families(families, sources_);
  return std::move(families).take();
}

std::string metrics_page(const MetricSources& sources) {
  return prometheus::TextSerializer().Serialize(NodeCollector(sources).Collect());
}

}  // namespace lapis::daemon
