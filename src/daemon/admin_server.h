// AdminServer: /metrics, /livez and /readyz, for operators and their tools, on a listener, a shard
// and a thread of its own: what clients do on theirs does not delay it, and it never serves blobs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lapis/base/clock.h"
#include "lapis/base/result.h"
#include "lapis/http/server.h"

namespace lapis::daemon {

// Asked on a thread that may block, one at a time.
struct AdminSources {
  // The page of /metrics; none: 404.
  std::function<std::string()> metrics;
  // Why no requests should be sent here; empty where they should.
  std::function<std::vector<std::string>()> problems;
};

// Used by main's thread only.
class AdminServer {
 public:
  // Answers when it returns. Errors: an address that cannot be bound.
  static Result<std::unique_ptr<AdminServer>> start(const http::ListenAddress& listen,
                                                    AdminSources sources, const Clock& clock);
  virtual ~AdminServer() = default;
  virtual http::ListenAddress address() const = 0;
  // After this the sources are not asked any more. Idempotent; also done by the destructor.
  virtual void stop() = 0;
};

}  // namespace lapis::daemon
