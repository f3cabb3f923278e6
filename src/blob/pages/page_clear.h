// Clearing pages, however many, in transactions of bounded size.
#pragma once

#include <functional>

#include "blob/pages/page_change.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// How often work that was prepared outside a transaction may prove out of date.
inline constexpr int kPageAttempts = 32;

// The plan for a change of the blob as it is now. The rows are those of a moment after the blob's:
// where another generation began in between, the transaction finds that. Errors: kBlobNotFound,
// kInvalidBlobType.
using Planner = Result<PagePlan> (*)(storage::MetaSnapshot& snapshot, const PageStack& stack,
                                     std::uint64_t first, std::uint64_t end);
io::Task<Result<PagePlan>> plan_pages(Service& service, ContainerId container, const BlobKey& key,
                                      Planner planner, std::uint64_t first, std::uint64_t end);

// The blob, inside a transaction, in a live container. Errors: kContainerNotFound, kBlobNotFound,
// kInvalidBlobType.
Result<BlobRecord> read_page_blob(storage::MetaView& view, ContainerId container,
                                  const BlobKey& key);

// Refers to what it is made of.
struct PageClear {
  ContainerId container;
  const BlobKey& key;
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  // Asked in each transaction, before anything is changed. May run again.
  std::function<Result<void>(const BlobRecord& blob)> check;
  // Likewise, then. Without one nothing is seen of the clearing, and the blob's row is written
  // where it has to be only.
  std::function<void(storage::MetaView& view, BlobProperties& properties)> edit = {};
  // Called after each.
  std::function<void()> committed = {};
};

// Errors: those of `check`; kServerBusy where others keep overtaking it.
io::Task<Result<void>> run_clear(Service& service, PageClear clear);

}  // namespace lapis::blob
