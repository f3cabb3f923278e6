// List Containers. https://learn.microsoft.com/rest/api/storageservices/list-containers2
#pragma once

#include "lapis/blob/lease_view.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// Where a page starts: at all of a name, or at some of its entries.
struct ContainerPosition {
  static constexpr Timestamp kLive = Timestamp::max();
  std::string name;        // empty: at the start, or at the end
  Timestamp deleted = {};  // its deletions from this one on, and the live one; kLive: only that
};

struct ListContainers {
  std::string account;
  std::string prefix;
  ContainerPosition start = {};  // from a decoded marker
  std::size_t max_results = Limits::kMaxListResults;
  bool include_deleted = false;  // those too that are kept after their deletion
};

// By name; of one name its deletions, the oldest first, and then the live one.
struct ListContainersResult {
  struct Item {
    std::string name;
    ContainerProperties properties;
    LeaseView lease = {};
  };
  std::vector<Item> items;
  ContainerPosition next = {};     // where the next page starts
  ServiceTime now = {};            // what is left of a retention counts from here
  bool immutable_storage = false;  // version-level immutability, of the account
};

io::Task<Result<ListContainersResult>> list_containers(Service& service, ListContainers request);

}  // namespace lapis::blob
