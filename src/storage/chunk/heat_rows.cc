#include "storage/chunk/heat_rows.h"

#include <algorithm>
#include <array>

#include "lapis/base/bytes.h"
#include "lapis/base/check.h"
#include "lapis/storage/tables.h"
#include "storage/chunk/chunk_row.pb.h"

namespace lapis::storage {
namespace {

constexpr std::size_t kColdKeyBytes = 18;

std::string path_prefix(std::uint64_t path) {
  std::array<std::byte, 5> key{static_cast<std::byte>(Table::kCold)};
  store_be(key, 1, static_cast<std::uint32_t>(path));
  return std::string(as_text(key));
}

// Changes the row and the index together; nothing where there is no row.
template <class Change>
Result<void> change_heat(MetaView& view, ChunkId chunk, Change&& change) {
  const std::string key = heat_key(chunk);
  LAPIS_TRY(const auto stored, view.get(key));
  if (!stored) return {};
  LAPIS_TRY(const HeatRow before, decode_heat_row(*stored));
  HeatRow after = before;
  change(after);
  if (after == before) return {};
  for (const PathId path : before.paths) {
    view.erase(cold_key({chunk, path, before.hour, before.rank}));
  }
  put_heat(view, chunk, after);
  return {};
}

}  // namespace

std::uint32_t hour_of(Timestamp time) {
  const auto hours = std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
  return static_cast<std::uint32_t>(std::max<std::int64_t>(hours, 0));
}

std::string heat_key(ChunkId chunk) {
  std::array<std::byte, 9> key{static_cast<std::byte>(Table::kHeat)};
  store_be(key, 1, chunk.value);
  return std::string(as_text(key));
}

std::string cold_key(const ColdChunk& chunk) {
  std::array<std::byte, kColdKeyBytes> key{static_cast<std::byte>(Table::kCold)};
  store_be(key, 1, chunk.path.value);
  key[5] = static_cast<std::byte>(chunk.rank);
  store_be(key, 6, chunk.hour);
  store_be(key, 10, chunk.id.value);
  return std::string(as_text(key));
}

std::string cold_begin(PathId path) { return path_prefix(path.value); }

std::string cold_end(PathId path) {
  if (path.value == ~std::uint32_t{0}) return std::string(1, static_cast<char>(Table::kCold) + 1);
  return path_prefix(path.value + 1);
}

Result<ColdChunk> decode_cold_key(std::string_view key) {
  const Bytes bytes = as_bytes(key);
  if (bytes.size() != kColdKeyBytes || bytes[0] != static_cast<std::byte>(Table::kCold) ||
      bytes[5] > static_cast<std::byte>(HeatRank::kNormal)) {
    return fail(ErrorCode::kInternalError, "cold chunk: key");
  }
  return ColdChunk{ChunkId{load_be<std::uint64_t>(bytes, 10)},
                   PathId{load_be<std::uint32_t>(bytes, 1)}, load_be<std::uint32_t>(bytes, 6),
                   static_cast<HeatRank>(bytes[5])};
}

std::string encode(const HeatRow& row) {
  records::HeatRow record;
  record.set_hour(row.hour);
  record.set_rank(static_cast<std::uint32_t>(row.rank));
  for (const PathId path : row.paths) record.add_path_ids(path.value);
  std::string out;
  LAPIS_CHECK(record.SerializeToString(&out));
  return out;
}

Result<HeatRow> decode_heat_row(std::string_view value) {
  records::HeatRow record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size())) || record.rank() > 1) {
    return fail(ErrorCode::kInternalError, "heat row does not parse");
  }
  HeatRow row{record.hour(), static_cast<HeatRank>(record.rank()), {}};
  for (const std::uint32_t path : record.path_ids()) row.paths.push_back(PathId{path});
  return row;
}

void put_heat(MetaView& view, ChunkId chunk, const HeatRow& row) {
  view.put(heat_key(chunk), encode(row));
  for (const PathId path : row.paths) view.put(cold_key({chunk, path, row.hour, row.rank}), {});
}

Result<void> erase_heat(MetaView& view, ChunkId chunk) {
  const std::string key = heat_key(chunk);
  LAPIS_TRY(const auto stored, view.get(key));
  if (!stored) return {};
  LAPIS_TRY(const HeatRow row, decode_heat_row(*stored));
  view.erase(key);
  for (const PathId path : row.paths) view.erase(cold_key({chunk, path, row.hour, row.rank}));
  return {};
}

Result<void> move_heat(MetaView& view, ChunkId chunk, PathId from, PathId to) {
  return change_heat(view, chunk, [&](HeatRow& row) { std::ranges::replace(row.paths, from, to); });
}

Result<void> rank_heat(MetaView& view, ChunkId chunk, HeatRank rank) {
  return change_heat(view, chunk, [&](HeatRow& row) { row.rank = rank; });
}

Result<void> warm(MetaView& view, ChunkId chunk, std::uint32_t hour) {
  return change_heat(view, chunk, [&](HeatRow& row) { row.hour = std::max(row.hour, hour); });
}

}  // namespace lapis::storage
