#include "storage/chunk/check/payload_check.h"

#include <algorithm>

#include "lapis/base/crc64.h"

namespace lapis::storage {
namespace {

io::Task<bool> read_whole(io::File& file, std::uint64_t at, MutableBytes into) {
  const auto count = co_await file.read_at(at, into);
  co_return count && *count == into.size();
}

// Header and tail of the frame say what the row says.
io::Task<bool> is_tail_whole(io::File& file, const NamedPlace& place, const ChunkRow& row,
                             MutableBytes into) {
  const MutableBytes header = into.first(kFrameHeaderBytes);
  const MutableBytes tail =
      into.subspan(kFrameHeaderBytes, frame_tail_bytes(row.length, row.unit_bytes));
  if (!co_await read_whole(file, place.offset, header)) co_return false;
  const std::uint64_t tail_at = place.offset + kFrameHeaderBytes + row.length;
  if (!co_await read_whole(file, tail_at, tail)) co_return false;
  const auto crcs = decode_frame_tail(header, tail);
  co_return crcs && *crcs == row.unit_crcs;
}

}  // namespace

io::Task<CheckedPayload> check_payload(io::File& file, const NamedPlace& place, const ChunkRow& row,
                                       io::Buffer& buffer) {
  const std::uint64_t step = buffer.size() / row.unit_bytes * row.unit_bytes;
  std::size_t unit = 0;
  for (std::uint64_t at = 0; at < row.length; at += step) {
    MutableBytes piece = buffer.bytes().first(std::min(step, row.length - at));
    const bool is_read = co_await read_whole(file, place.offset + kFrameHeaderBytes + at, piece);
    if (!is_read) co_return CheckedPayload{PayloadState::kUnreadable, at};
    for (; !piece.empty(); ++unit) {
      const MutableBytes one = piece.first(std::min<std::size_t>(piece.size(), row.unit_bytes));
      if (crc64(one) != row.unit_crcs[unit]) {
        co_return CheckedPayload{PayloadState::kDamaged, unit * row.unit_bytes};
      }
      piece = piece.subspan(one.size());
    }
  }
  const bool is_whole = co_await is_tail_whole(file, place, row, buffer.bytes());
  co_return CheckedPayload{is_whole ? PayloadState::kWhole : PayloadState::kTailDamaged, 0};
}

}  // namespace lapis::storage
