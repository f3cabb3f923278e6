// What the sessions of a shard share.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "http/link.h"
#include "http/response_head.h"
#include "lapis/http/server.h"

namespace lapis::http {

// Belongs to one shard; only the counts are read elsewhere.
struct SessionHome {
  SessionHome(const ServerOptions& options_in, Handler& handler_in)
      : options(options_in), handler(handler_in), scratch(64 * 1024) {}

  const ServerOptions& options;
  Handler& handler;
  CoarseTime time;
  CommonFields common;
  bool draining = false;           // the server stops: no connection outlives its request
  std::vector<std::byte> scratch;  // where bytes are read to that nobody wants; never looked at
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> served{0};  // of the requests: those that have ended
};

}  // namespace lapis::http
