// How a line of the access log reads: one JSON object with the columns of Azure's StorageBlobLogs,
// and what Lapis knows beyond them.
#pragma once

#include <string>

#include "gateway/access_log/record.h"
#include "lapis/base/clock.h"

namespace lapis::gateway {

// Turns a record's cycles into the time of day.
struct WallTime {
  Timestamp now;
  Cycles cycles = 0;  // at that moment
  CycleScale scale;

  Timestamp at(Cycles moment) const {
    const std::chrono::nanoseconds past(scale.nanoseconds(cycles_between(moment, cycles)));
    return now - std::chrono::duration_cast<Ticks>(past);
  }
};

// Appends the line with its end.
void append_line(std::string& out, const AccessRecord& record, const WallTime& time);

}  // namespace lapis::gateway
