// Where handlers of copies read from.
#pragma once

#include "gateway/route.h"
#include "lapis/blob/copy_source.h"

namespace lapis::gateway {

// Errors: kCannotVerifyCopySource where this gateway reads no sources.
inline Result<blob::CopySources*> sources_of(const Exchange& exchange) {
  if (exchange.sources != nullptr) return exchange.sources;
  return fail(ErrorCode::kCannotVerifyCopySource, "this gateway reads no sources");
}

}  // namespace lapis::gateway
