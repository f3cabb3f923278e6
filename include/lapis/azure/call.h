// A request that has been located and versioned: what parsers and renderers work on.
#pragma once

#include "lapis/azure/target.h"
#include "lapis/azure/version.h"
#include "lapis/base/random.h"
#include "lapis/http/message.h"

namespace lapis::azure {

struct Call {
  const http::Request& request;
  Target target;
  NegotiatedVersion version;
  Guid request_id;
  bool at_least(std::uint32_t yyyymmdd) const { return version.effective.date >= yyyymmdd; }
};

}  // namespace lapis::azure
