// The keys of ChunkStore's rows. Integers are big-endian, so that rows of one kind sort by id.
#pragma once

#include <array>
#include <string>

#include "lapis/base/bytes.h"
#include "lapis/base/ids.h"
#include "lapis/storage/tables.h"

namespace lapis::storage {

// 0x10, u64 chunk id -> records.ChunkRow
inline std::string chunk_key(ChunkId chunk) {
  std::array<std::byte, 9> key{static_cast<std::byte>(Table::kChunk)};
  store_be(key, 1, chunk.value);
  return std::string(as_text(key));
}

// 0x11, u32 path id, u64 extent id -> records.ExtentRow
inline std::string extent_key(PathId path, ExtentId extent) {
  std::array<std::byte, 13> key{static_cast<std::byte>(Table::kExtent)};
  store_be(key, 1, path.value);
  store_be(key, 5, extent.value);
  return std::string(as_text(key));
}

// Where the rows of a path's extents begin, and the first key after them.
inline std::string extents_begin(PathId path) { return extent_key(path, ExtentId{0}); }
inline std::string extents_end(PathId path) {
  return extent_key(path, ExtentId{~std::uint64_t{0}}) + '\0';
}

// 0x12, u32 path id -> records.PathRow
inline std::string path_key(PathId path) {
  std::array<std::byte, 5> key{static_cast<std::byte>(Table::kPath)};
  store_be(key, 1, path.value);
  return std::string(as_text(key));
}

// 0x13 -> records.ChunkRangeRow
inline std::string chunk_range_key() {
  return std::string(1, static_cast<char>(Table::kChunkRange));
}

// 0x16, u64 chunk id -> records.DamageRow
inline std::string damage_key(ChunkId chunk) {
  std::string key = chunk_key(chunk);
  key[0] = static_cast<char>(Table::kDamage);
  return key;
}

// 0x17 -> records.ScrubRow
inline std::string scrub_key() { return std::string(1, static_cast<char>(Table::kScrub)); }

// Where the rows of `table` begin, and the first key after all of them.
inline std::string table_begin(Table table) { return std::string(1, static_cast<char>(table)); }
inline std::string table_end(Table table) {
  return std::string(1, static_cast<char>(static_cast<int>(table) + 1));
}

}  // namespace lapis::storage
