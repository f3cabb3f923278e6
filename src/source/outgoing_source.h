// A source somewhere else: one request over a connection of its own.
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "lapis/base/metrics.h"
#include "lapis/blob/copy_source.h"
#include "lapis/http/client.h"
#include "lapis/http/url.h"
#include "lapis/io/shard.h"
#include "lapis/source/policy.h"
#include "lapis/source/source_reader.h"

namespace lapis::source {

// The connections that are open or being made, so that they can be broken off. Lives on one shard.
using OpenClients = std::set<http::Client*>;

// What a connection is made with; all of it outlives what is opened.
struct Outgoing {
  io::Shard& shard;
  const Policy& policy;
  const ReaderOptions& options;
  std::shared_ptr<http::TlsContext> tls;
  OpenClients& open;
  Counter& bytes;  // that came
};

// Errors: see blob::CopySources.
io::Task<Result<std::unique_ptr<blob::CopySource>>> open_outgoing_source(
    Outgoing outgoing, const http::Url& url, const blob::SourceRequest& request);

}  // namespace lapis::source
