// The chunk store's rows. What is accepted keeps its invariants and comes back as it was.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/chunk/rows.h"
#include "storage/chunk/scrub_rows.h"

namespace lapis::storage {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void run(std::string_view input) {
  if (const auto row = decode_chunk_row(input)) {
    check(!row->places.empty() && row->length >= 1 && row->length <= kMaxChunkLength);
    check(row->unit_crcs.size() == unit_count(row->length, row->unit_bytes));
    const auto again = decode_chunk_row(encode(*row));
    check(again && again->places == row->places && again->unit_crcs == row->unit_crcs);
  }
  if (const auto row = decode_extent_row(input)) {
    const auto again = decode_extent_row(encode(*row));
    check(again && again->state == row->state && again->generation == row->generation);
  }
  if (const auto row = decode_path_row(input)) {
    const auto again = decode_path_row(encode(*row));
    check(again && again->uuid == row->uuid && again->directory == row->directory);
  }
  if (const auto row = decode_chunk_range_row(input)) {
    const auto again = decode_chunk_range_row(encode(*row));
    check(again && again->next_id == row->next_id);
  }
  if (const auto row = decode_damage_row(input)) {
    const auto again = decode_damage_row(encode(*row));
    check(again && again->bad == row->bad && again->place == row->place);
  }
  if (const auto row = decode_scrub_row(input)) {
    const auto again = decode_scrub_row(encode(*row));
    check(again && again->next_chunk == row->next_chunk);
  }
}

}  // namespace
}  // namespace lapis::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::storage::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
