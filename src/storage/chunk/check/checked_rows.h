// CheckedRows: the rows of paths, extents and chunks held against each other.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "lapis/storage/chunk_check.h"
#include "lapis/storage/key_batch.h"
#include "storage/chunk/check/named_place.h"

namespace lapis::storage {

class CheckedRows {
 public:
  // Reads the rows of paths and extents, and finds the paths' directories. What is wrong with paths
  // is told to `found`.
  static Result<CheckedRows> load(const ChunkCheck& check, const FindingSink& found);

  const std::vector<CheckedPath>& paths() const { return paths_; }
  const std::vector<CheckedExtent>& extents() const { return extents_; }

  // One pass over the chunk rows: counts them and tells what is wrong with them by themselves.
  Result<void> check_chunk_rows(const ChunkCheck& check, const FindingSink& found,
                                ChunkCheckStats& stats) const;
  // One pass that collects the places in the extents that the batch wants.
  Result<void> collect(const ChunkCheck& check, KeyBatch<NamedPlace>& batch) const;

 private:
  template <class Visit>
  Result<void> scan(const ChunkCheck& check, Visit&& visit) const;
  // What speaks against the place before any file is looked at; nothing: `extent` is where it is.
  struct Located {
    std::string_view wrong;
    std::uint32_t extent = 0;
  };
  Located locate(const Place& place, const ChunkRow& row) const;

  std::vector<CheckedPath> paths_;      // in order
  std::vector<CheckedExtent> extents_;  // in order
};

// Fields that findings about chunks and extents have.
std::vector<FindingField> fields_of(const Place& place);
Error cancelled();

}  // namespace lapis::storage
