// Searching the index of tags, in a snapshot: for the blocking pool.
//
// Where values are asked for by '=', their rows stand in the order of the blobs' names, and the
// lists of several are passed through together: each is only ever sought for the next name that
// another has. Where a range stands beside them and has few rows, just these are looked at, in the
// same order. Without such a value the rows of one key's range are gone through. What is found so
// is held against all of the query by the blob's own tags.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/blob/tag_expression.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// Where to go on: at this blob's name, and, in a range, at this value of its key.
struct TagPosition {
  std::string value;
  std::string name;
};

struct TagSearch {
  storage::MetaSnapshot& snapshot;
  ContainerId container;
  const TagQuery& query;
  std::optional<TagPosition> start;
  std::size_t visits;  // rows that may be looked at, of the index and of blobs
};

struct TagSearched {
  std::optional<TagPosition> next;  // where `found` ended it, or too many rows were looked at
  std::size_t visited = 0;          // more than `visits` where these are too few for one blob
};

// A blob that was found, with all its tags. False: no more, this one included.
using TagFound = std::function<bool(std::string_view name, const BlobProperties& properties)>;

// At least one blob's worth is looked at.
Result<TagSearched> search_tags(const TagSearch& search, const TagFound& found);

}  // namespace lapis::blob
