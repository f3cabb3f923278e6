// Headers that several operations take.
#pragma once

#include <optional>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// x-ms-lease-id, empty like absent. Errors: kInvalidHeaderValue where it is no GUID.
Result<std::optional<blob::LeaseId>> parse_lease(const http::Headers& headers);

// x-ms-access-tier, empty like absent. Errors: kInvalidHeaderValue for an unknown tier, and for one
// that came after the request's version.
Result<std::optional<blob::AccessTier>> parse_tier(const Call& call);

// Of an operation that makes a blob. The header is passed over before the first version in which
// they take it. Errors: the same.
inline constexpr std::uint32_t kTiersOfNewBlobs = 20181109;
Result<std::optional<blob::AccessTier>> parse_new_tier(const Call& call);

// The first version that knows x-ms-rehydrate-priority: older ones pass over it.
inline constexpr std::uint32_t kRehydratePriority = 20190202;

blob::ContainerKey container_key(const Call& call);
blob::BlobKey blob_key(const Call& call);
// The first version that knows versions of blobs. To pass over `versionid` in older ones, as is
// done with most that they do not know, could delete a blob instead of a version of it.
inline constexpr std::uint32_t kVersions = 20191212;
// The first that knows `deletetype`.
inline constexpr std::uint32_t kPermanentDelete = 20200210;
// What a request names or asks for, by its own version.
bool names_blob_version(const Call& call);
bool asks_permanently(const Call& call);
// The blob, or its snapshot or version where the query names one. Errors:
// kInvalidQueryParameterValue.
Result<blob::BlobKey> state_key(const Call& call);

}  // namespace lapis::azure
