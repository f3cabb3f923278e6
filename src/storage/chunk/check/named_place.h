// NamedPlace: a place that a chunk row names, in the order of the extents.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "lapis/storage/findings.h"
#include "storage/chunk/rows.h"

namespace lapis::storage {

struct NamedPlace {
  std::uint32_t extent = 0;  // index among the checked extents
  std::uint32_t length = 0;  // of the payload
  std::uint64_t offset = 0;
  ChunkId chunk;
  std::uint32_t unit_bytes = 0;

  std::uint32_t key() const { return extent; }
  std::uint64_t end() const { return offset + frame_bytes(length, unit_bytes); }
  friend std::strong_ordering operator<=>(const NamedPlace& a, const NamedPlace& b) {
    if (const auto order = a.extent <=> b.extent; order != 0) return order;
    if (const auto order = a.offset <=> b.offset; order != 0) return order;
    return a.chunk <=> b.chunk;
  }
  friend bool operator==(const NamedPlace& a, const NamedPlace& b) { return (a <=> b) == 0; }
};

// A path and its directory, which is empty where it is not there.
struct CheckedPath {
  PathId id;
  PathRow row;
  std::filesystem::path directory;
};

// An extent by its row.
struct CheckedExtent {
  PathId path;
  ExtentId id;
  ExtentRow row;
  std::uint32_t path_index = 0;
};

}  // namespace lapis::storage
