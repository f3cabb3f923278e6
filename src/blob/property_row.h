// Writes that change a blob's properties and leave its content: metadata, properties, tier. The
// body is carried over as it is encoded, so nothing that it names is read, copied or released, and
// the transaction is short whatever the blob's size. Uncommitted blocks of the name are left alone.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "blob/keys.h"
#include "lapis/blob/conditions.h"
#include "lapis/blob/service.h"

namespace lapis::blob {

struct PropertyRow {
  std::string key;
  BlobProperties properties;
  std::string row;  // as read: where the body is taken from
};

// Inside a transaction: of the committed blob or its snapshot, in a live container. Errors:
// kContainerNotFound, kBlobNotFound.
Result<PropertyRow> read_property_row(storage::MetaView& view, ContainerId container,
                                      const BlobKey& key);
Result<void> write_property_row(storage::MetaView& view, const PropertyRow& changed);

// A change that clients see by a new ETag. Refers to the request it is made from.
struct PropertyChange {
  const BlobKey& key;
  const std::optional<LeaseId>& lease;
  const Conditions& conditions;
  std::function<void(BlobProperties&)> edit;  // may run again: assigns only
};

struct Changed {
  Etag etag;
  Timestamp last_modified;                            // never goes back, whatever the clock does
  std::optional<std::uint64_t> sequence_number = {};  // of a page blob
};

// Completion means durable. Checks come in the protocol's order. Errors: kContainerNotFound,
// kBlobNotFound, kBlobArchived, lease, conditions.
io::Task<Result<Changed>> change_properties(Service& service, PropertyChange change);

}  // namespace lapis::blob
