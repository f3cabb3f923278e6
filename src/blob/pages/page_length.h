// The length of a page blob, and the pages behind its end: nobody sees them, whatever rows say.
// They are cleared before a blob grows over them, and given back by the reclaimer after it shrank.
#pragma once

#include <string>

#include "blob/records.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// A length that the blob had, and still has where it was not changed since.
struct KnownLength {
  std::uint64_t length = 0;
  PageMapId map;
  std::uint64_t changes = 0;
  friend bool operator==(const KnownLength&, const KnownLength&) = default;
};
KnownLength length_of(const BlobRecord& blob);

// Clears the pages behind the end of a blob of a known length, up to `end`. False where it has
// another meanwhile. Errors: kContainerNotFound, kBlobNotFound, kInvalidBlobType, kServerBusy.
io::Task<Result<bool>> clear_behind(Service& service, ContainerId container,
                                    const std::string& name, KnownLength known, std::uint64_t end);

// What a blob that shrank left behind its end, for the reclaimer. Nothing is done where the blob is
// gone, or has grown over it. Errors: kServerBusy; what cannot be read.
io::Task<Result<void>> give_back(Service& service, ContainerId container, PageMapId map,
                                 const PagesBehind& pages);

}  // namespace lapis::blob
