// Lease Container. https://learn.microsoft.com/rest/api/storageservices/lease-container
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/lease_action.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct LeaseContainer {
  ContainerKey key;
  LeaseAction action;
  Conditions conditions;      // If-Modified-Since and If-Unmodified-Since only
  bool changes_etag = false;  // and Last-Modified (before 2013-08-15)
};

// ETag and Last-Modified stay, unless it is said otherwise. Completion means durable. Errors:
// kContainerNotFound, those of actions on a lease (409), kConditionNotMet.
io::Task<Result<LeaseActionResult>> lease_container(Service& service, LeaseContainer request);

}  // namespace lapis::blob
