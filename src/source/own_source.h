// A source in this store: read as any client would read it, through the same gate and the same
// operation, without a socket between. For the gate it comes from whoever asked for the copy.
#pragma once

#include <memory>

#include "lapis/blob/copy_source.h"
#include "lapis/http/server.h"
#include "lapis/http/url.h"

namespace lapis::source {

// Asks `server`, which outlives what is opened. Errors: see blob::CopySources.
io::Task<Result<std::unique_ptr<blob::CopySource>>> open_own_source(
    http::Handler& server, const http::Url& url, const blob::SourceRequest& request);

}  // namespace lapis::source
