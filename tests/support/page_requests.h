// Requests on page blobs, as most tests make them.
#pragma once

#include <string>

#include "lapis/blob/ops/get_page_ranges.h"
#include "lapis/blob/ops/put_page.h"
#include "lapis/blob/ops/set_blob_properties.h"
#include "lapis/blob/ops/snapshot_blob.h"
#include "support/blob_harness.h"

namespace lapis::test {

inline constexpr std::uint64_t kPage = blob::kPageBytes;
inline constexpr std::uint64_t kStripe = 256 * 1024;

// Writes of up to two pages lie in rows; chunks hold up to eight.
inline BlobHarnessOptions page_harness() {
  return {.limits = {.inline_body_bytes = 2 * kPage},
          .chunks = {.max_chunk_length = 8 * kPage, .lend_length = 3 * kPage}};
}

// A blob of "box", or of another container: "crate:disk".
inline blob::BlobKey page_key(const std::string& name) {
  const auto colon = name.find(':');
  if (colon == std::string::npos) return key_of(name);
  return {"acct", name.substr(0, colon), name.substr(colon + 1)};
}

inline Result<blob::PutPageBlobResult> make_pages(BlobHarness& harness, const std::string& name,
                                                  std::uint64_t length) {
  blob::PutPageBlob request;
  request.blob.key = page_key(name);
  request.length = length;
  return harness.run(blob::put_page_blob(harness.service, std::move(request)));
}

inline blob::PutPage pages_at(const std::string& name, std::uint64_t first, std::uint64_t length) {
  blob::PutPage request;
  request.key = page_key(name);
  request.range = {first, length};
  return request;
}

inline Result<blob::PutPageResult> write_pages(BlobHarness& harness, blob::PutPage request,
                                               const std::string& text) {
  TextSource source(text);
  return harness.run(blob::put_page(harness.service, std::move(request), source));
}
inline Result<blob::PutPageResult> write_pages(BlobHarness& harness, const std::string& name,
                                               std::uint64_t first, const std::string& text) {
  return write_pages(harness, pages_at(name, first, text.size()), text);
}

inline Result<blob::PutPageResult> clear_pages(BlobHarness& harness, const std::string& name,
                                               std::uint64_t first, std::uint64_t length) {
  return harness.run(blob::clear_pages(harness.service, pages_at(name, first, length)));
}

inline Result<blob::SetBlobPropertiesResult> resize(BlobHarness& harness, const std::string& name,
                                                    std::uint64_t length) {
  blob::SetBlobProperties request;
  request.key = page_key(name);
  request.length = length;
  request.keeps_http = true;
  return harness.run(blob::set_blob_properties(harness.service, std::move(request)));
}

inline Result<Timestamp> take_snapshot(BlobHarness& harness, const std::string& name) {
  blob::SnapshotBlob request;
  request.key = page_key(name);
  LAPIS_TRY(const auto taken, harness.run(blob::snapshot_blob(harness.service, request)));
  return taken.snapshot;
}

inline Result<std::vector<blob::PageRange>> ranges_of(BlobHarness& harness,
                                                      blob::GetPageRanges request) {
  LAPIS_TRY(auto result, harness.run(blob::get_page_ranges(harness.service, std::move(request))));
  return std::move(result.ranges);
}
inline Result<std::vector<blob::PageRange>> ranges_of(BlobHarness& harness,
                                                      const std::string& name) {
  blob::GetPageRanges request;
  request.key = page_key(name);
  return ranges_of(harness, std::move(request));
}

}  // namespace lapis::test
