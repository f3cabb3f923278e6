// List Containers. https://learn.microsoft.com/rest/api/storageservices/list-containers2
#pragma once

#include "lapis/blob/lease_view.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct ListContainers {
  std::string account;
  std::string prefix;
  std::string start_after_marker;  // the name to start at, from a decoded marker; empty: the start
  std::size_t max_results = Limits::kMaxListResults;
};

struct ListContainersResult {
  struct Item {
    std::string name;
    ContainerProperties properties;
    LeaseView lease = {};
  };
  std::vector<Item> items;
  std::string next_name;  // where the next page starts; empty at the end
};

io::Task<Result<ListContainersResult>> list_containers(Service& service, ListContainers request);

}  // namespace lapis::blob
