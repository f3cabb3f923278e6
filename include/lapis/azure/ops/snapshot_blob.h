// Snapshot Blob: PUT /CONTAINER/BLOB?comp=snapshot -> 201
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/snapshot_blob.h"

namespace lapis::azure {

Result<blob::SnapshotBlob> parse_snapshot_blob(const Call& call);
http::Response render_snapshot_blob(const Call& call, const blob::SnapshotBlobResult& result);

}  // namespace lapis::azure
