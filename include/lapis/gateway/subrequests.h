// Subrequests: what the handler of a batch asks of its gateway: to serve the requests inside it as
// the gateway serves any other, each through the gate, counted and logged by itself.
#pragma once

#include "lapis/azure/call.h"
#include "lapis/base/error.h"
#include "lapis/http/message.h"
#include "lapis/io/task.h"

namespace lapis::gateway {

class Subrequests {
 public:
  virtual ~Subrequests() = default;
  // `call` and its request outlive the task, as does the trace the request may carry.
  virtual io::Task<http::Response> serve(const azure::Call& call) = 0;
  // The answer to a request that is refused with `error` before it could be served.
  virtual http::Response refuse(const http::Request& request, const azure::Call& batch,
                                const Guid& request_id, const Error& error) = 0;
};

}  // namespace lapis::gateway
