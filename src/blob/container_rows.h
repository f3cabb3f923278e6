// The row of a container's name as a transaction sees it, and the checks before it is changed.
// Plain functions, as in blob_rows.h.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "blob/lease.h"
#include "blob/property_row.h"
#include "blob/records.h"
#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// What a request means to do to a container, and under which conditions. Refers to the request.
struct ContainerChange {
  LeaseUse use;
  const std::optional<LeaseId>& lease;
  const Conditions& conditions;
};

// The container that a request means to change. Checks come in the protocol's order. Errors:
// kContainerNotFound, lease, kConditionNotMet.
Result<ContainerRecord> read_container_to_change(storage::MetaView& view, const std::string& key,
                                                 const ContainerChange& change,
                                                 const ServiceClock& time);

// Writes a container that is not there yet, with ids and an ETag of its own, into `record` too.
void put_new_container(storage::MetaView& view, const std::string& key, ContainerRecord& record);

// A change that clients see by a new ETag. `edit` may run again: assigns only. Completion means
// durable, and Last-Modified never goes back. Errors: as above.
io::Task<Result<Changed>> change_container(Service& service, const ContainerKey& key,
                                           ContainerChange change,
                                           std::function<void(ContainerProperties&)> edit);

}  // namespace lapis::blob
