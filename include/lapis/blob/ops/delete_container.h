// Delete Container. https://learn.microsoft.com/rest/api/storageservices/delete-container
// One write whatever it holds; its name is free at once. Its rows are reclaimed later, or, where
// the account keeps deleted containers, once it was kept as long as it had to
// (restore_container.h).
#pragma once

#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct DeleteContainer {
  ContainerKey key;
  Conditions conditions;  // If-Modified-Since and If-Unmodified-Since only
  std::optional<LeaseId> lease;
};

struct DeleteContainerResult {};

// Errors: kContainerNotFound, kConditionNotMet, kLeaseNotPresentWithContainerOperation,
// kContainerImmutableStorageWithVersioningEnabled (one that is not empty, where the account has
// version-level immutability or something in it was ever protected).
io::Task<Result<DeleteContainerResult>> delete_container(Service& service, DeleteContainer request);

}  // namespace lapis::blob
