#include "storage/chunk/slices_crc.h"

#include <algorithm>
#include <utility>

#include "lapis/base/crc64.h"
#include "storage/chunk/chunk_locator.h"
#include "storage/chunk/chunk_piece.h"

namespace lapis::storage {
namespace {

// Of a part of one unit: read, with the whole unit checked.
io::Task<Result<std::uint64_t>> crc64_of_part(Slot& slot, std::shared_ptr<const LocatedChunk> chunk,
                                              std::uint64_t offset, std::uint64_t length) {
  const std::uint32_t unit_bytes = chunk->row->unit_bytes;
  auto piece = std::make_shared<ChunkPiece>();
  LAPIS_CO_TRY(piece->buffer, co_await slot.shard.buffers().acquire(unit_bytes));
  piece->chunk = std::move(chunk);
  piece->suspects = &slot.suspects;
  piece->offset = offset;
  piece->length = length;
  co_await fill_piece(piece);
  if (!piece->outcome) co_return fail(piece->outcome.error());
  co_return crc64(piece->wanted);
}

io::Task<Result<std::uint64_t>> crc64_of_slice(Slot& slot,
                                               std::shared_ptr<const LocatedChunk> chunk,
                                               const ChunkSlice& slice) {
  const ChunkRow& row = *chunk->row;
  const std::uint64_t end = slice.offset + slice.length;
  std::uint64_t crc = 0;
  for (std::uint64_t at = slice.offset; at < end;) {
    const std::uint64_t unit = at / row.unit_bytes;
    const std::uint64_t unit_begin = unit * row.unit_bytes;
    const std::uint64_t unit_end = std::min<std::uint64_t>(unit_begin + row.unit_bytes, row.length);
    const std::uint64_t length = std::min(end, unit_end) - at;
    std::uint64_t part = row.unit_crcs[unit];
    if (at != unit_begin || at + length != unit_end) {
      LAPIS_CO_TRY(part, co_await crc64_of_part(slot, chunk, at, length));
    }
    crc = crc64_combine(crc, part, length);
    at += length;
  }
  co_return crc;
}

}  // namespace

io::Task<Result<std::uint64_t>> crc64_of_slices(const StoreContext& context, const PathSet& paths,
                                                Slot& slot, SliceSource& slices) {
  std::uint64_t crc = 0;
  while (true) {
    LAPIS_CO_TRY(const auto slice, co_await slices.next());
    if (!slice) co_return crc;
    LAPIS_CO_TRY(LocatedChunk located, co_await locate_chunk(context, paths, slot, slice->id));
    LAPIS_CO_TRY_VOID(check_within(*slice, *located.row));
    auto chunk = std::make_shared<const LocatedChunk>(std::move(located));
    LAPIS_CO_TRY(const auto part, co_await crc64_of_slice(slot, std::move(chunk), *slice));
    crc = crc64_combine(crc, part, slice->length);
  }
}

}  // namespace lapis::storage
