// Set Blob Legal Hold: PUT /CONTAINER/BLOB?comp=legalhold -> 200
#pragma once

#include "lapis/azure/call.h"
#include "lapis/blob/ops/set_blob_legal_hold.h"

namespace lapis::azure {

Result<blob::SetBlobLegalHold> parse_set_blob_legal_hold(const Call& call);
http::Response render_set_blob_legal_hold(const Call& call, bool hold);

}  // namespace lapis::azure
