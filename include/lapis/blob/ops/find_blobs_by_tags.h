// Find Blobs by Tags, of an account or of one container.
// https://learn.microsoft.com/rest/api/storageservices/find-blobs-by-tags
// Reads the index only where it matches, and the rows of the blobs that are found.
#pragma once

#include "lapis/blob/service.h"
#include "lapis/blob/tag_expression.h"

namespace lapis::blob {

// Where a page starts.
struct FindPosition {
  std::string container;
  std::string value;  // of the key whose range is gone through
  std::string name;
};

struct FindBlobsByTags {
  std::string account;
  TagQuery query;
  bool container_must_exist = false;  // the query's: the request's path names it
  std::optional<FindPosition> start;
  std::size_t max_results = Limits::kMaxListResults;
};

struct FindBlobsByTagsResult {
  struct Item {
    std::string container;
    std::string name;
    Tags tags;  // those that the query is about, in its order
  };
  std::vector<Item> items;
  std::optional<FindPosition> next;  // nothing at the end
};

// By container; in one by name where the query has a '=', else by value and name. Sees every change
// that was acknowledged before. Errors: kContainerNotFound.
io::Task<Result<FindBlobsByTagsResult>> find_blobs_by_tags(Service& service,
                                                           FindBlobsByTags request);

}  // namespace lapis::blob
