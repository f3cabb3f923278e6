// The row of a container's name as a transaction sees it, and the checks before it is changed.
// Plain functions, as in blob_rows.h.
#pragma once

#include <optional>
#include <string>

#include "blob/records.h"
#include "lapis/blob/conditions.h"
#include "lapis/storage/meta_store.h"

namespace lapis::blob {

// The container that a request means to change. Checks come in the protocol's order. Errors:
// kContainerNotFound, kLeaseNotPresentWithContainerOperation, kConditionNotMet.
Result<ContainerRecord> read_container_to_change(storage::MetaView& view, const std::string& key,
                                                 const std::optional<LeaseId>& lease,
                                                 const Conditions& conditions);

}  // namespace lapis::blob
