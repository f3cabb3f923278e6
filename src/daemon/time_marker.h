// TimeMarker: marks how far the clock of leases has run, every five seconds while somebody asks for
// it, and once more at the end, so that a clean stop forgets nothing.
#pragma once

#include "lapis/blob/service.h"

namespace lapis::daemon {

// Used by one task at a time.
class TimeMarker {
 public:
  // `service` outlives it. The first mark is due at once.
  explicit TimeMarker(blob::Service& service);
  // Marks where that is due; to be called more often than it is. Failures are logged.
  io::Task<void> step();
  // Marks whether or not it is due.
  io::Task<void> finish();

 private:
  blob::Service& service_;
  Instant due_;
};

}  // namespace lapis::daemon
