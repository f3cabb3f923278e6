#include "storage/chunk/chunk_piece.h"

#include <algorithm>

#include "lapis/base/crc64.h"
#include "lapis/base/log.h"

namespace lapis::storage {
namespace {

constexpr int kAttempts = 2;

Result<void> verify(const ChunkRow& row, std::uint64_t first_unit, Bytes span) {
  for (std::uint64_t unit = first_unit; !span.empty(); ++unit) {
    const Bytes data = span.first(std::min<std::size_t>(span.size(), row.unit_bytes));
    if (crc64(data) != row.unit_crcs[unit]) {
      return fail(ErrorCode::kInternalError, "checksum of unit " + std::to_string(unit));
    }
    span = span.subspan(data.size());
  }
  return {};
}

void report(LogLevel level, const char* message, const LocatedChunk& chunk, const Error& error) {
  log(level, "storage", message,
      {{"chunk", chunk.id.value},
       {"path_id", chunk.place.path.value},
       {"extent", chunk.place.extent.value},
       {"generation", chunk.place.generation},
       {"offset", chunk.place.offset},
       {"error", to_string(error)}});
}

io::Task<Result<void>> read_span(const LocatedChunk& chunk, std::uint64_t begin,
                                 MutableBytes into) {
  const std::uint64_t at = chunk.place.offset + kFrameHeaderBytes + begin;
  LAPIS_CO_TRY(const std::size_t count, co_await chunk.pin.extent()->reader().read_at(at, into));
  if (count != into.size()) co_return fail(ErrorCode::kInternalError, "extent file is short");
  co_return verify(*chunk.row, begin / chunk.row->unit_bytes, into);
}

}  // namespace

Result<void> check_within(const ChunkSlice& slice, const ChunkRow& row) {
  if (slice.offset > row.length || slice.length > row.length - slice.offset) {
    return fail(ErrorCode::kInternalError, "slice beyond its chunk");
  }
  return {};
}

std::uint64_t span_bytes(const ChunkSlice& slice, std::uint32_t unit_bytes) {
  const std::uint64_t begin = slice.offset / unit_bytes * unit_bytes;
  return round_up(slice.offset + slice.length, unit_bytes) - begin;
}

std::uint64_t piece_length(const ChunkSlice& slice, std::uint32_t unit_bytes,
                           std::uint64_t buffer_bytes) {
  const std::uint64_t skipped = slice.offset % unit_bytes;
  const std::uint64_t whole_units = buffer_bytes / unit_bytes * unit_bytes;
  return std::min(slice.length, whole_units - skipped);
}

io::Task<void> fill_piece(std::shared_ptr<ChunkPiece> piece) {
  const LocatedChunk& chunk = *piece->chunk;
  const std::uint32_t unit = chunk.row->unit_bytes;
  const std::uint64_t begin = piece->offset / unit * unit;
  const std::uint64_t end =
      std::min(chunk.row->length, round_up(piece->offset + piece->length, unit));
  const MutableBytes into = piece->buffer.bytes().first(end - begin);
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    piece->outcome = co_await read_span(chunk, begin, into);
    if (piece->outcome) break;
    const bool is_last = attempt == kAttempts;
    report(is_last ? LogLevel::kError : LogLevel::kWarn,
           is_last ? "chunk is damaged or unreadable" : "chunk read failed, reading again", chunk,
           piece->outcome.error());
    if (is_last && piece->suspects != nullptr) piece->suspects->add(chunk.id);
  }
  if (piece->outcome) piece->wanted = into.subspan(piece->offset - begin, piece->length);
  piece->done = true;
  piece->waiters.wake_all();
}

}  // namespace lapis::storage
