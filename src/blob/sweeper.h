// The reclaimer's two walks: release entries, and containers that were deleted.
#pragma once

#include "lapis/blob/reclaimer.h"

namespace lapis::blob {

// Whether anything waits at all: a glance, so that an idle store is not written to.
io::Task<Result<bool>> anything_waits(Service& service);

// Frees what all entries numbered below `below` name, and the entries.
io::Task<Result<void>> release_entries(Service& service, std::uint64_t below, ReclaimStats& stats);

// Empties every container whose deletion is numbered below `below`; its state row goes last.
io::Task<Result<void>> sweep_containers(Service& service, std::uint64_t below, ReclaimStats& stats);

}  // namespace lapis::blob
