#include "storage/chunk/scrub_window.h"

#include <algorithm>
#include <tuple>

#include "storage/chunk/keys.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {
namespace {

constexpr std::size_t kMostRows = 16'384;

auto disk_order(const ScrubWindow::Entry& entry) {
  return std::tuple(entry.place.path.value, entry.place.extent.value, entry.place.offset);
}

}  // namespace

Result<ScrubWindow> read_scrub_window(MetaSnapshot& snapshot, ChunkId from, std::uint64_t bytes) {
  ScrubWindow window;
  window.next = from;
  const auto cursor = snapshot.scan(chunk_key(from), table_end(Table::kChunk));
  std::uint64_t taken = 0;
  std::size_t rows = 0;
  for (; cursor->valid() && taken < bytes && rows < kMostRows; cursor->next(), ++rows) {
    const Bytes key = as_bytes(cursor->key());
    if (key.size() != chunk_key({}).size())
      return fail(ErrorCode::kInternalError, "chunk row: key");
    const ChunkId chunk{load_be<std::uint64_t>(key, 1)};
    window.next = ChunkId{chunk.value + 1};
    const auto row = decode_chunk_row(cursor->value());
    if (!row) {
      window.broken.push_back(chunk);
      continue;
    }
    for (const Place& place : row->places) window.entries.push_back({chunk, place});
    taken += row->bytes_on_disk();
  }
  window.is_last = !cursor->valid();
  if (window.is_last) LAPIS_TRY_VOID(cursor->status());
  std::ranges::sort(window.entries, {}, disk_order);
  return window;
}

}  // namespace lapis::storage
