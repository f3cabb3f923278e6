// Gateway: the request pipeline. One a shard; called by the HTTP session for each request, it
// locates, versions, routes, authorises and dispatches it, and renders every failure as Azure does.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lapis/azure/accounts.h"
#include "lapis/azure/authorization.h"
#include "lapis/base/clock.h"
#include "lapis/blob/copy_source.h"
#include "lapis/blob/service.h"
#include "lapis/blob/service_properties_watch.h"
#include "lapis/gateway/subrequests.h"
#include "lapis/http/server.h"

namespace lapis::gateway {

struct GatewayOptions {
  bool strict_versions = false;  // refuse an x-ms-version newer than any known
  // What copies read from, on the gateway's shard; outlives it. Null: nothing can be copied from a
  // URL.
  blob::CopySources* sources = nullptr;
};

// What the gateways of all shards share.
struct GatewayShared {
  std::atomic<std::uint32_t> newest_version_logged{0};
};

class RequestObserver;

class Gateway final : public http::Handler, private Subrequests {
 public:
  // All references outlive the gateway, as does the observer (null: nobody observes).
  Gateway(blob::Service& service, const std::vector<azure::Account>& accounts, const Clock& clock,
          GatewayOptions options, GatewayShared& shared, RequestObserver* observer = nullptr);

  io::Task<http::Response> handle(const http::Request& request, io::ByteSource& body) override;
  http::Response reject(const Error& error) override;
  void finished(const http::RequestFacts& facts) override;

 private:
  // Whom and what the request means, in which version of the protocol.
  Result<azure::Call> locate(
      const http::Request& request, const Guid& request_id, Result<azure::Target> target,
      const Result<std::optional<azure::ServiceVersion>>& default_version) const;
  // The service properties of an account, as they are; null where there is no such account.
  using Watch = blob::ServicePropertiesWatch;
  Watch* find_watch(const Result<azure::Target>& target);
  // What the account's owner has set for requests that name no version.
  io::Task<Result<std::optional<azure::ServiceVersion>>> find_default_version(Watch& watch);
  io::Task<Result<http::Response>> dispatch(const azure::Call& call, io::ByteSource& body,
                                            bool& authorized);
  // A page of the account's website.
  io::Task<http::Response> serve_page(const http::Request& request, const Guid& request_id,
                                      azure::Target target, Watch* watch);
  io::Task<Result<http::Response>> find_page(const http::Request& request, const Guid& request_id,
                                             const azure::Target& target, Watch* watch);
  io::Task<Result<http::Response>> read_page(http::Request request, const Guid& request_id,
                                             const azure::Target& site, std::string_view page);
  io::Task<Result<http::Response>> answer_preflight(const http::Request& request,
                                                    std::string_view account, Watch* watch);
  io::Task<void> add_cors_headers(const http::Request& request, const Guid& request_id,
                                  Watch& watch, http::Response& response);
  // What became of a request, as an answer.
  http::Response settle(Result<http::Response> outcome, const http::Request& request,
                        const Guid& request_id, const azure::Call* shown);
  io::Task<http::Response> serve(const azure::Call& call) override;
  http::Response refuse(const http::Request& request, const azure::Call& batch,
                        const Guid& request_id, const Error& error) override;
  // The gate decides; what a claim has to know of its container is looked up in between.
  using ContainerGrants = std::shared_ptr<const blob::ContainerProperties>;
  io::Task<Result<ContainerGrants>> find_grants(const azure::Call& call);
  Result<azure::Authorized> decide(Result<azure::Claim> claim, const azure::Call& call,
                                   const azure::Needs& needs,
                                   const blob::ContainerProperties* container) const;
  void note_version(const azure::Call& call);

  blob::Service& service_;
  const Clock& clock_;
  const GatewayOptions options_;
  GatewayShared& shared_;
  RequestObserver* const observer_;
  azure::Gate gate_;
  std::map<std::string, Watch, std::less<>> watches_;  // of each account
};

}  // namespace lapis::gateway
