// Whether a container may be deleted for all that it holds. Where its account has version-level
// immutability, or it ever held a policy or a hold, it has to be empty. A transaction scans
// nothing, so that it is so is seen outside, and held against the container's state inside.
#pragma once

#include <string>

#include "blob/records.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// A container that was seen empty, when its state had this number.
struct SeenEmpty {
  ContainerId container;
  std::uint64_t protections = 0;
  friend bool operator==(const SeenEmpty&, const SeenEmpty&) = default;
};

// Blobs, what is kept of them and uncommitted blocks all count: the first row tells. Errors:
// kContainerImmutableStorageWithVersioningEnabled where there is one; kContainerNotFound.
io::Task<Result<SeenEmpty>> see_empty(Service& service, std::string name_key);

// Inside the transaction that deletes: whether `seen` is what has to be known. No number but that
// one: since then nothing in it was protected.
bool may_be_deleted(AccountFeatures features, ContainerId container, const ContainerState& state,
                    const std::optional<SeenEmpty>& seen);

}  // namespace lapis::blob
