#include "lapis/blob/ops/get_page_ranges.h"

#include <algorithm>
#include <utility>

#include "blob/blob_rows.h"
#include "blob/lease.h"
#include "blob/lookup.h"
#include "blob/pages/page_listing.h"
#include "blob/state_row.h"

namespace lapis::blob {
namespace {

Result<void> check(const GetPageRanges& request, const BlobProperties& properties,
                   const ServiceClock& time) {
  if (properties.type != BlobType::kPage) return fail(ErrorCode::kInvalidBlobType);
  LAPIS_TRY_VOID(check_lease(LeaseUse::kReadBlob, properties.lease, request.lease, time));
  LAPIS_TRY_VOID(check_content(properties));
  return check_single_read(request.conditions, target_of(properties));
}

// The pages that are asked for.
Result<PageListing> listing_of(const GetPageRanges& request, std::uint64_t length) {
  PageListing listing{0, length / kPageBytes, request.max_results};
  if (request.range) {
    if (request.range->first >= length) {
      return fail(Error{ErrorCode::kInvalidRange}.with("Content-Range",
                                                       "bytes */" + std::to_string(length)));
    }
    const std::uint64_t last = std::min(request.range->last.value_or(length - 1), length - 1);
    listing.first = request.range->first / kPageBytes;
    listing.end = last / kPageBytes + 1;
  }
  listing.first = std::max(listing.first, request.start / kPageBytes);
  return listing;
}

Result<std::optional<ListedPages>> find_previous(storage::MetaSnapshot& snapshot,
                                                 ContainerId container,
                                                 const GetPageRanges& request,
                                                 const BlobRecord& blob) {
  if (!request.previous) return std::nullopt;
  LAPIS_TRY(const auto past, read_past(snapshot, container, request.key.name, *request.previous));
  const bool is_there = past && past->properties.snapshot && !past->properties.deletion;
  if (!is_there) return fail(ErrorCode::kPreviousSnapshotNotFound);
  if (request.key.snapshot && *request.previous > *request.key.snapshot) {
    return fail(ErrorCode::kPreviousSnapshotCannotBeNewer);
  }
  // Of another life of the blob there is nothing to compare.
  if (past->body.pages.map != blob.body.pages.map) {
    return fail(ErrorCode::kBlobOverwritten);
  }
  // A version's pages may be older too, whatever its time.
  if (past->body.pages.generation > blob.body.pages.generation) {
    return fail(ErrorCode::kPreviousSnapshotCannotBeNewer);
  }
  return ListedPages{stack_of(container, past->body), past->properties.content_length / kPageBytes};
}

// A list that has begun.
struct Opened {
  BlobProperties properties;
  PageLister lister;
};

Result<Opened> open(storage::MetaSnapshot& snapshot, ContainerId container,
                    const GetPageRanges& request, const ServiceClock& time) {
  LAPIS_TRY_VOID(check_live(snapshot, container));
  LAPIS_TRY(const StateRow state, read_state(snapshot, container, request.key));
  LAPIS_TRY(BlobRecord blob, decode_blob(state.row));
  BlobProperties& properties = blob.properties;
  LAPIS_TRY_VOID(check(request, properties, time));
  LAPIS_TRY(const PageListing listing, listing_of(request, properties.content_length));
  LAPIS_TRY(const auto previous, find_previous(snapshot, container, request, blob));
  const ListedPages pages{stack_of(container, blob.body), properties.content_length / kPageBytes};
  PageLister lister(snapshot, pages, previous, listing);
  LAPIS_TRY_VOID(lister.step());
  return Opened{std::move(properties), std::move(lister)};
}

}  // namespace

io::Task<Result<GetPageRangesResult>> get_page_ranges(Service& service, GetPageRanges request) {
  LAPIS_CO_TRY(const auto container, co_await find_container(service, request.key));
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return open(*snapshot, container->id, request, *service.time); };
  LAPIS_CO_TRY(Opened opened, co_await service.blocking.run(std::move(job)));
  for (std::size_t steps = kStepsInJob; !opened.lister.is_done() && steps < request.max_steps;
       steps += kStepsInJob) {
    auto more = [&opened] { return opened.lister.step(); };
    LAPIS_CO_TRY_VOID(co_await service.blocking.run(std::move(more)));
  }
  ListedRanges listed = opened.lister.take();
  if (listed.next && !request.in_pages) {
    co_return fail(ErrorCode::kOperationTimedOut, "too much to be told at once");
  }
  const BlobProperties& properties = opened.properties;
  co_return GetPageRangesResult{properties.etag, properties.last_modified,
                                properties.content_length, std::move(listed.ranges), listed.next};
}

}  // namespace lapis::blob
