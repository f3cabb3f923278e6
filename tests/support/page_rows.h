// Rows of page blobs that a test writes itself: as many as it needs, in one transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "blob/pages/page_rows.h"
#include "support/page_requests.h"

namespace lapis::test {

inline ContainerId container_of(BlobHarness& harness) {
  const auto row = harness.meta.snapshot()->get(blob::container_name_key("acct", "box"));
  return blob::decode_container(**row)->id;
}

inline blob::PageBody pages_of(BlobHarness& harness, const std::string& name) {
  const auto row = harness.meta.snapshot()->get(blob::blob_key(container_of(harness), name));
  return blob::decode_blob(**row)->body.pages;
}

struct WrittenStripe {
  std::uint64_t stripe = 0;
  std::uint64_t generation = 1;
  blob::PagePieces pieces = {};
};

inline void write_stripes(BlobHarness& harness, blob::PageMapId map,
                          const std::vector<WrittenStripe>& stripes) {
  const ContainerId container = container_of(harness);
  auto transaction = [&](storage::MetaView& view) -> Result<void> {
    for (const WrittenStripe& one : stripes) {
      view.put(blob::page_stripe_key({container, map, one.stripe, one.generation}),
               blob::encode(one.pieces));
    }
    return {};
  };
  LAPIS_CHECK(harness.run(harness.meta.transact({container}, std::move(transaction))));
}

// One page of a chunk.
inline blob::PagePiece page_of(ChunkId chunk, std::uint32_t page) {
  return {page, 1, {0, chunk.value}, 0, 1};
}

}  // namespace lapis::test
