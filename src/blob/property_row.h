// Writes that change a blob's properties and leave its content: metadata, properties, tier. The
// body is carried over as it is encoded, so nothing that it names is read, copied or released, and
// the transaction is short whatever the blob's size. Uncommitted blocks of the name are left alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "blob/state_row.h"
#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

// Inside a transaction: of the committed blob, its snapshot or version, in a live container.
// Errors: kContainerNotFound, kBlobNotFound.
Result<StateRow> read_property_row(storage::MetaView& view, ContainerId container,
                                   const BlobKey& key);
Result<void> write_property_row(storage::MetaView& view, const StateRow& changed);

// A change that clients see by a new ETag. Refers to the request it is made from.
struct PropertyChange {
  const BlobKey& key;
  const std::optional<LeaseId>& lease;
  const Conditions& conditions;
  std::function<void(BlobProperties&)> edit;  // may run again: assigns only
  bool makes_version = false;                 // where the account keeps versions
};

struct Changed {
  Etag etag;
  Timestamp last_modified;                            // never goes back, whatever the clock does
  std::optional<std::uint64_t> sequence_number = {};  // of a page blob
  std::optional<Timestamp> version = {};
};

// Completion means durable. Checks come in the protocol's order. Errors: kContainerNotFound,
// kBlobNotFound, kBlobArchived, immutability, lease, conditions.
io::Task<Result<Changed>> change_properties(Service& service, PropertyChange change);

}  // namespace lapis::blob
