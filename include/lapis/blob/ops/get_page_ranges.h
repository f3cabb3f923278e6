// Get Page Ranges. https://learn.microsoft.com/rest/api/storageservices/get-page-ranges
#pragma once

#include <vector>

#include "lapis/blob/ops/get_blob.h"

namespace lapis::blob {

inline constexpr std::size_t kMaxPageRanges = 10'000;
// How many rows of stripes are walked for a page of results: about two seconds' work.
inline constexpr std::size_t kMaxPageSteps = 400'000;
// Of an answer that cannot be told in pages: a blob of 1 TiB, written all over, can be told of.
inline constexpr std::size_t kMostPageRanges = 200'000;
inline constexpr std::size_t kMostPageSteps = 5'000'000;

struct GetPageRanges {
  BlobKey key;
  std::optional<RequestedRange> range = {};
  // What changed since this snapshot of the blob; nothing: what is written.
  std::optional<Timestamp> previous = {};
  std::uint64_t start = 0;  // from this byte on: where an earlier page ended
  std::size_t max_results = kMaxPageRanges;
  std::size_t max_steps = kMaxPageSteps;  // no fewer than one job takes
  bool in_pages = true;                   // false: all of it, or an error
  Conditions conditions = {};
  std::optional<LeaseId> lease = {};
};

struct PageRange {
  std::uint64_t first = 0;  // bytes
  std::uint64_t length = 0;
  bool is_cleared = false;  // since the snapshot; else written
  friend bool operator==(const PageRange&, const PageRange&) = default;
};

struct GetPageRangesResult {
  Etag etag;
  Timestamp last_modified;
  std::uint64_t content_length = 0;
  std::vector<PageRange> ranges;  // in order; neighbours of one kind are one, within a page
  std::optional<std::uint64_t> next = {};  // there is more: `start` of the next page
};

// Pages are whole: a range that was asked for is widened to them. A page of results ends early
// where there is much to walk. Errors: kContainerNotFound, kBlobNotFound,
// kInvalidBlobType, lease, conditions, kInvalidRange, kPreviousSnapshotNotFound,
// kBlobOverwritten (made anew since), kPreviousSnapshotCannotBeNewer, kOperationTimedOut (too much
// to be told at once).
io::Task<Result<GetPageRangesResult>> get_page_ranges(Service& service, GetPageRanges request);

}  // namespace lapis::blob
