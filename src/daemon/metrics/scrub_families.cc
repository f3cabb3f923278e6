// What scrub has verified and found.
#include "daemon/metrics/families.h"
#include "daemon/metrics/metrics_page.h"

namespace lapis::daemon {
namespace {

double seconds_of(Timestamp time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

void add_scrub_families(Families& families, const storage::ScrubStatus& scrub) {
  families.counter({"lapis_scrub_chunks_verified_total", "Chunks that were read and checked."}, {},
                   scrub.chunks_verified);
  families.counter({"lapis_scrub_bytes_total", "Bytes that were read for it."}, {},
                   scrub.bytes_verified);
  families.counter({"lapis_scrub_chunks_skipped_total", "Chunks on paths that are missing."}, {},
                   scrub.chunks_skipped);
  families.counter({"lapis_scrub_damage_found_total",
                    "Times that a chunk was found damaged, by scrub or after a read."},
                   {}, scrub.damage_found);
  families.gauge({"lapis_scrub_damaged_chunks", "Chunks that are known to be damaged."}, {},
                 scrub.damaged_chunks);
  families.gauge({"lapis_scrub_enabled", "1 while passes begin by themselves."}, {},
                 std::uint64_t{scrub.options.enabled});
  families.gauge({"lapis_scrub_pass_running", "1 while a pass runs."}, {},
                 std::uint64_t{scrub.running.has_value()});
  families.gauge({"lapis_scrub_pass_rate_bytes", "Bytes a second that it runs at."}, {},
                 scrub.rate);
  families.gauge({"lapis_scrub_pass_left_bytes", "What it has still to read, about."}, {},
                 scrub.bytes_left);
  const auto& latest = scrub.running ? scrub.running : scrub.last;
  families.gauge({"lapis_scrub_pass_started_seconds",
                  "When it began, or the last one did, since the Unix epoch; 0 before the first."},
                 {}, latest ? seconds_of(latest->started) : 0.0);
  const bool is_complete = scrub.last && scrub.last->completed;
  families.gauge(
      {"lapis_scrub_pass_completed_seconds", "When the last one was complete; 0 before the first."},
      {}, is_complete ? seconds_of(*scrub.last->completed) : 0.0);
}

}  // namespace lapis::daemon
