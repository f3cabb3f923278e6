// What copies read from.
#include "daemon/metrics/families.h"
#include "daemon/metrics/metrics_page.h"

namespace lapis::daemon {

void add_source_families(Families& families, const MetricSources& sources) {
  if (sources.source_readers.empty()) return;
  source::ReaderStats all;
  for (const source::SourceReader* reader : sources.source_readers) {
    const source::ReaderStats one = reader->stats();
    all.copying += one.copying;
    all.waiting += one.waiting;
    all.opened_own += one.opened_own;
    all.opened_elsewhere += one.opened_elsewhere;
    all.failed += one.failed;
    all.refused += one.refused;
    all.bytes_elsewhere += one.bytes_elsewhere;
  }
  families.gauge({"lapis_copy_sources_open", "Sources that copies read from now."}, {},
                 all.copying);
  families.gauge({"lapis_copy_sources_waiting", "Copies that wait for their turn."}, {},
                 all.waiting);
  if (sources.copies != nullptr) {
    families.gauge({"lapis_pending_copies", "Copies that go on behind their answers."}, {},
                   sources.copies->count());
  }
  constexpr MetricName kAsked{"lapis_copy_sources_total", "Sources that were asked for, by place."};
  families.counter(kAsked, {{"place", "own"}}, all.opened_own);
  families.counter(kAsked, {{"place", "elsewhere"}}, all.opened_elsewhere);
  families.counter({"lapis_copy_sources_failed_total", "Of these: that could not be read."}, {},
                   all.failed);
  families.counter(
      {"lapis_copy_sources_refused_total", "Copies refused, as too many were at work."}, {},
      all.refused);
  families.counter({"lapis_copy_source_bytes_total", "Bytes that came from sources elsewhere."}, {},
                   all.bytes_elsewhere);
}

}  // namespace lapis::daemon
