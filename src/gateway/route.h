// The one route table. Dispatch, authorisation, the text of a 501 and docs/api.md read the same
// row.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "lapis/azure/authorization.h"
#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/copy_source.h"
#include "lapis/blob/service.h"
#include "lapis/gateway/subrequests.h"
#include "lapis/http/message.h"
#include "lapis/io/streams.h"
#include "lapis/io/task.h"

namespace lapis::gateway {

// What a handler works on. All of it outlives the handler's task.
struct Exchange {
  const azure::Call& call;
  blob::Service& service;
  io::ByteSource& body;
  Subrequests& subrequests;
  blob::CopySources* sources;  // null: none
};

// Parses, calls the operation, renders. Callable only with what the gate made.
using HandlerFunction = io::Task<Result<http::Response>> (*)(Exchange exchange,
                                                             azure::Authorized authorized);

struct RequiredHeader {
  std::string_view name;   // empty: none
  std::string_view value;  // empty: any
};

struct Route {
  std::string_view name;  // the operation, as Azure's metrics name it
  http::Method method;
  azure::Resource resource;
  std::string_view restype;  // of the query; empty: none
  std::string_view comp;     // of the query; empty: none
  // Headers that must be there too: what tells operations with the same URL apart.
  std::array<RequiredHeader, 2> headers;
  azure::Needs needs;
  HandlerFunction handler;  // null: not built, answered with 501
};

std::span<const Route> routes();

// The most specific row that fits. Errors: kInvalidQueryParameterValue for a `comp` or `restype`
// the resource does not know, kUnsupportedHttpVerb.
Result<const Route*> find_route(const azure::Call& call);

}  // namespace lapis::gateway
