// Gateway: the request pipeline. One a shard; called by the HTTP session for each request, it
// locates, versions, routes, authorises and dispatches it, and renders every failure as Azure does.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "lapis/azure/accounts.h"
#include "lapis/azure/authorization.h"
#include "lapis/base/clock.h"
#include "lapis/blob/service.h"
#include "lapis/http/server.h"

namespace lapis::gateway {

struct GatewayOptions {
  bool strict_versions = false;  // refuse an x-ms-version newer than any known
};

// What the gateways of all shards share.
struct GatewayShared {
  std::atomic<std::uint32_t> newest_version_logged{0};
};

class Gateway final : public http::Handler {
 public:
  // All references outlive the gateway.
  Gateway(blob::Service& service, const std::vector<azure::Account>& accounts, const Clock& clock,
          GatewayOptions options, GatewayShared& shared);

  io::Task<http::Response> handle(const http::Request& request, io::ByteSource& body) override;
  http::Response reject(const Error& error) override;

 private:
  io::Task<Result<http::Response>> dispatch(const azure::Call& call, io::ByteSource& body,
                                            bool& authorized);
  void note_version(const azure::Call& call);

  blob::Service& service_;
  const Clock& clock_;
  const GatewayOptions options_;
  GatewayShared& shared_;
  azure::Gate gate_;
};

}  // namespace lapis::gateway
