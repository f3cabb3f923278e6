// Headers and parameters that would change what is stored, or who may read it, and are not built:
// refused, never ignored.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/result.h"

namespace lapis::azure {

// Run before any operation is parsed. Errors: kUnsupportedHeader / kUnsupportedQueryParameter /
// kInvalidHeaderValue naming the header (HeaderName) or parameter: x-ms-structured-* where
// a body cannot be structured, x-ms-encryption-key*, x-ms-encryption-scope,
// x-ms-default-encryption-scope, x-ms-deny-encryption-scope-override, x-ms-immutability-policy-*,
// x-ms-legal-hold, x-ms-tags, x-ms-if-tags, x-ms-blob-public-access, x-ms-source-*,
// x-ms-rehydrate-priority on writes, …
Result<void> refuse_unsupported(const Call& call);

}  // namespace lapis::azure
