#include "lapis/gateway/gateway.h"

#include <algorithm>
#include <span>

#include "gateway/handlers.h"
#include "gateway/website.h"
#include "lapis/azure/cors.h"
#include "lapis/azure/error_response.h"
#include "lapis/azure/header_rules.h"
#include "lapis/base/log.h"
#include "lapis/blob/ops/get_container_acl.h"
#include "lapis/gateway/request_observer.h"
#include "lapis/io/pulled_bytes.h"

namespace lapis::gateway {
namespace {

constexpr std::string_view kLogComponent = "gateway";
constexpr std::size_t kMaxClientRequestId = 1024;
constexpr std::uint32_t kEchoesRequestIds = 20190202;
// Whose headers a page comes with.
constexpr azure::ServiceVersion kVersionOfPages{20180328};

// Azure echoes up to 1,024 visible ASCII characters and drops anything else.
bool is_echoable(std::string_view id) {
  if (id.empty() || id.size() > kMaxClientRequestId) return false;
  return std::ranges::all_of(id, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Answers before authorisation come without x-ms-version, as Azure's front end gives them.
void add_common_headers(const http::Request& request, const Guid& request_id,
                        const azure::Call* authorized_call, http::Response& response) {
  response.headers.add("x-ms-request-id", request_id.text());
  if (authorized_call != nullptr) {
    response.headers.add("x-ms-version", authorized_call->version.requested.text());
  }
  const bool echoes = authorized_call == nullptr || authorized_call->at_least(kEchoesRequestIds);
  if (const std::string_view* id = request.headers.find("x-ms-client-request-id");
      echoes && id != nullptr && is_echoable(*id)) {
    response.headers.add("x-ms-client-request-id", *id);
  }
}

// How Hadoop and Arrow ask whether the account is flat, at either endpoint. Any valid credential
// may ask, whether or not there is such a container or blob.
bool is_hierarchy_probe(const azure::Query& query) {
  return http::iequals(query.get("action"), "getAccessControl");
}

bool is_missing(ErrorCode code) {
  return code == ErrorCode::kBlobNotFound || code == ErrorCode::kContainerNotFound;
}

bool only_reads(http::Method method) {
  return method == http::Method::kGet || method == http::Method::kHead;
}

// Clients of the Data Lake endpoint are told so, instead of having their query half understood.
bool is_data_lake(const azure::Target& target) {
  const azure::Query& query = target.query;
  return target.data_lake || query.has("action") || query.has("resource") ||
         query.has("position") || query.has("recursive");
}

Error not_implemented(std::string_view operation) {
  Error error{ErrorCode::kNotImplemented, std::string(operation) + " is not built"};
  return std::move(error).with("OperationName", std::string(operation));
}

void log_failure(const Error& error, const http::Request& request, const Guid& request_id) {
  const bool sent_on = error.sent_status != 0;  // what another server said
  const int status = error.status();
  const bool ours = !sent_on && (status == 500 || status == 507);
  const LogLevel level = ours ? LogLevel::kError : LogLevel::kDebug;
  if (!log_enabled(level)) return;
  const std::string path = request.target.substr(0, request.target.find('?'));
  log(level, kLogComponent, "request failed",
      {{"request_id", request_id.to_string()},
       {"method", request.method_text},
       {"path", path},
       {"error", to_string(error)}});
}

Authentication authentication_of(const azure::Authorized& permit) {
  switch (permit.kind()) {
    case azure::CredentialKind::kSharedKey:
      return Authentication::kAccountKey;
    case azure::CredentialKind::kAnonymous:
      return Authentication::kAnonymous;
    case azure::CredentialKind::kAccountSas:
    case azure::CredentialKind::kServiceSas:
      break;
  }
  return Authentication::kSas;
}

void note_routing(RequestTrace* trace, const Route* route,
                  const Result<azure::Authorized>& permit) {
  if (trace == nullptr) return;
  trace->add(Phase::kAuthorize, cycles_between(trace->began, cycles_now()));
  if (route != nullptr) trace->route = static_cast<std::uint16_t>(route - routes().data());
  if (permit) trace->credential = static_cast<std::uint8_t>(authentication_of(*permit)) + 1;
}

}  // namespace

Gateway::Gateway(blob::Service& service, const std::vector<azure::Account>& accounts,
                 const Clock& clock, GatewayOptions options, GatewayShared& shared,
                 RequestObserver* observer)
    : service_(service),
      clock_(clock),
      options_(options),
      shared_(shared),
      observer_(observer),
      gate_(accounts, clock) {
  for (const azure::Account& account : accounts) {
    watches_.try_emplace(account.name, service, account.name);
  }
}

io::Task<http::Response> Gateway::handle(const http::Request& request, io::ByteSource& body) {
  const Guid request_id = Guid::make();
  bool authorized = false;
  auto target = azure::parse_target(request);
  Watch* const watch = find_watch(target);
  if (request.method == http::Method::kOptions && target) {
    auto preflight = co_await answer_preflight(request, target->account, watch);
    co_return settle(std::move(preflight), request, request_id, nullptr);
  }
  if (target && target->website) {
    co_return co_await serve_page(request, request_id, *std::move(target), watch);
  }
  Result<std::optional<azure::ServiceVersion>> default_version;
  if (watch != nullptr && !azure::names_version(request, *target)) {
    default_version = co_await find_default_version(*watch);
  }
  const Result<azure::Call> call = locate(request, request_id, std::move(target), default_version);
  Result<http::Response> outcome = fail(ErrorCode::kInternalError);
  if (call) {
    outcome = co_await dispatch(*call, body, authorized);
  } else {
    outcome = fail(call.error());
  }
  http::Response response =
      settle(std::move(outcome), request, request_id, authorized ? &*call : nullptr);
  if (watch != nullptr) {
    if (const blob::ServiceProperties* properties = watch->current()) {
      azure::add_cors_headers(properties->cors, request, response.headers);
    } else {
      co_await add_cors_headers(request, request_id, *watch, response);
    }
  }
  co_return response;
}

io::Task<http::Response> Gateway::serve_page(const http::Request& request, const Guid& request_id,
                                             azure::Target target, Watch* watch) {
  auto outcome = co_await find_page(request, request_id, target, watch);
  if (!outcome && is_missing(outcome.error().code)) {
    outcome = no_page(request_id, clock_.now(), request.method == http::Method::kGet);
  }
  http::Response response = settle(std::move(outcome), request, request_id, nullptr);
  if (response.status == 404 && request.trace != nullptr) {  // whatever page came with it
    request.trace->error = ErrorCode::kBlobNotFound;
  }
  if (watch != nullptr) co_await add_cors_headers(request, request_id, *watch, response);
  co_return response;
}

// The page, or the error page in its place. Errors: those of reading; kBlobNotFound where there is
// neither, or no website.
io::Task<Result<http::Response>> Gateway::find_page(const http::Request& request,
                                                    const Guid& request_id,
                                                    const azure::Target& target, Watch* watch) {
  LAPIS_CO_TRY_VOID(gate_.check_peer(target.account, request.peer_address));
  if (!only_reads(request.method)) {
    co_return fail(ErrorCode::kUnsupportedHttpVerb, "a website is only read");
  }
  if (watch == nullptr) co_return fail(ErrorCode::kBlobNotFound, "there is no such account");
  LAPIS_CO_TRY(const auto* properties, co_await watch->get());
  if (!properties->website) co_return fail(ErrorCode::kBlobNotFound, "the account has no website");
  const blob::StaticWebsite website = *properties->website;
  const std::string page = page_of(website, target.blob);
  auto found = co_await read_page(page_request(request, true), request_id, target, page);
  if (found || !is_missing(found.error().code)) co_return found;
  const std::string_view error_page = error_page_of(website);
  auto shown = co_await read_page(page_request(request, false), request_id, target, error_page);
  if (!shown) co_return found;
  shown->status = 404;
  co_return shown;
}

io::Task<Result<http::Response>> Gateway::read_page(http::Request request, const Guid& request_id,
                                                    const azure::Target& site,
                                                    std::string_view page) {
  azure::Target target;
  target.resource = azure::Resource::kBlob;
  target.website = true;
  target.secondary = site.secondary;
  target.account = site.account;
  target.container = site.container;
  target.blob = page;
  const azure::NegotiatedVersion version{kVersionOfPages, kVersionOfPages};
  const azure::Call call{request, std::move(target), version, request_id};
  const auto route = find_route(call);
  const auto permit = gate_.admit_visitor(call);
  note_routing(request.trace, route ? *route : nullptr, permit);
  if (!permit) co_return fail(permit.error());
  if (!route) co_return fail(route.error());
  if (page.empty()) co_return fail(ErrorCode::kBlobNotFound, "a directory without an index");
  io::PulledBytes none;
  const Exchange exchange{call, service_, none, *this, nullptr};
  co_return co_await (*route)->handler(exchange, *permit);
}

Gateway::Watch* Gateway::find_watch(const Result<azure::Target>& target) {
  if (!target) return nullptr;
  const auto found = watches_.find(target->account);
  return found == watches_.end() ? nullptr : &found->second;
}

// Asked without any credential, for any path. Of an account that is not there no more is told than
// of one without rules.
io::Task<Result<http::Response>> Gateway::answer_preflight(const http::Request& request,
                                                           std::string_view account, Watch* watch) {
  LAPIS_CO_TRY_VOID(gate_.check_peer(account, request.peer_address));
  std::span<const blob::CorsRule> rules;
  if (watch != nullptr) {
    LAPIS_CO_TRY(const auto* properties, co_await watch->get());
    rules = properties->cors;
  }
  co_return azure::answer_preflight(rules, request);
}

// An answer stands whatever becomes of its headers: without them a browser does not show it.
io::Task<void> Gateway::add_cors_headers(const http::Request& request, const Guid& request_id,
                                         Watch& watch, http::Response& response) {
  const auto properties = co_await watch.get();
  if (!properties) co_return log_failure(properties.error(), request, request_id);
  azure::add_cors_headers((*properties)->cors, request, response.headers);
}

http::Response Gateway::settle(Result<http::Response> outcome, const http::Request& request,
                               const Guid& request_id, const azure::Call* shown) {
  if (!outcome) {
    if (request.trace != nullptr) request.trace->error = outcome.error().code;
    log_failure(outcome.error(), request, request_id);
    const bool with_body = request.method != http::Method::kHead;
    outcome = azure::render_error(outcome.error(), request_id, clock_.now(), with_body);
  }
  add_common_headers(request, request_id, shown, *outcome);
  return std::move(*outcome);
}

// A part has come with its batch, so it counts as a request, and its bytes as the batch's.
io::Task<http::Response> Gateway::serve(const azure::Call& call) {
  io::PulledBytes none;
  bool authorized = false;
  Result<http::Response> outcome = co_await dispatch(call, none, authorized);
  http::Response response = settle(std::move(outcome), call.request, call.request_id, &call);
  if (RequestTrace* trace = call.request.trace; trace != nullptr) {
    trace->ended = trace->answered = cycles_now();
    trace->served = cycles_between(trace->began, trace->answered);
    finished({.request = call.request, .response = response, .trace = *trace});
  }
  co_return response;
}

http::Response Gateway::refuse(const http::Request& request, const azure::Call& batch,
                               const Guid& request_id, const Error& error) {
  return settle(fail(error), request, request_id, &batch);
}

Result<azure::Call> Gateway::locate(
    const http::Request& request, const Guid& request_id, Result<azure::Target> target,
    const Result<std::optional<azure::ServiceVersion>>& default_version) const {
  if (!target) return fail(std::move(target).error());
  if (!default_version) return fail(default_version.error());
  LAPIS_TRY(const auto version,
            azure::negotiate_version(request, *target, options_.strict_versions, *default_version));
  return azure::Call{request, *std::move(target), version, request_id};
}

// Few requests come here: all but the anonymous ones have to name their version otherwise.
io::Task<Result<std::optional<azure::ServiceVersion>>> Gateway::find_default_version(Watch& watch) {
  LAPIS_CO_TRY(const auto* properties, co_await watch.get());
  if (!properties->default_version) co_return std::nullopt;
  co_return azure::ServiceVersion{*properties->default_version};
}

io::Task<Result<http::Response>> Gateway::dispatch(const azure::Call& call, io::ByteSource& body,
                                                   bool& authorized) {
  const auto route = find_route(call);
  const bool probe = is_hierarchy_probe(call.target.query);
  const azure::Needs needs = route && !probe ? (*route)->needs : azure::Needs{};
  Result<azure::Claim> claim = gate_.examine(call, needs);
  ContainerGrants container;
  if (claim && claim->asks_container()) {  // most do not, and await nothing
    auto found = co_await find_grants(call);
    if (found) {
      container = *std::move(found);
    } else {
      claim = fail(std::move(found).error());
    }
  }
  auto permit = decide(std::move(claim), call, needs, container.get());
  note_routing(call.request.trace, route ? *route : nullptr, permit);
  if (!permit) {
    if (route && (*route)->handler == blob_batch && azure::is_out_of_time(permit.error())) {
      co_return fail_batch(call, *this, permit.error());
    }
    co_return fail(std::move(permit).error());
  }
  authorized = true;
  note_version(call);
  if (probe) {
    co_return fail(ErrorCode::kHierarchicalNamespaceNotEnabled, "a probe of a flat account");
  }
  if (is_data_lake(call.target)) co_return fail(not_implemented("DataLakeStorage"));
  if (!route) co_return fail(route.error());
  if (call.target.secondary && !only_reads(call.request.method)) {
    co_return fail(ErrorCode::kInsufficientAccountPermissions, "a write at the secondary");
  }
  if ((*route)->handler == nullptr) co_return fail(not_implemented((*route)->name));
  LAPIS_CO_TRY_VOID(azure::refuse_unsupported(call));
  const Exchange exchange{call, service_, body, *this, options_.sources};
  co_return co_await (*route)->handler(exchange, *permit);
}

// Null where there is no such container.
io::Task<Result<Gateway::ContainerGrants>> Gateway::find_grants(const azure::Call& call) {
  blob::GetContainerAcl request;
  request.key = {std::string(call.target.account), std::string(call.target.container)};
  auto container = co_await blob::get_container_acl(service_, std::move(request));
  if (!container && container.error().code == ErrorCode::kContainerNotFound) co_return nullptr;
  co_return container;
}

Result<azure::Authorized> Gateway::decide(Result<azure::Claim> claim, const azure::Call& call,
                                          const azure::Needs& needs,
                                          const blob::ContainerProperties* container) const {
  if (!claim) return fail(std::move(claim).error());
  return gate_.decide(*claim, call, needs, container == nullptr ? nullptr : &container->access);
}

// A version newer than any known is served as the newest one; that is said once, not every time.
void Gateway::note_version(const azure::Call& call) {
  if (!call.version.unknown_newer) return;
  const std::uint32_t date = call.version.requested.date;
  std::uint32_t logged = shared_.newest_version_logged.load(std::memory_order_relaxed);
  while (date > logged) {
    if (!shared_.newest_version_logged.compare_exchange_weak(logged, date)) continue;
    log_warn(
        kLogComponent, "a client asks for a newer x-ms-version than is known",
        {{"requested", call.version.requested.text()}, {"served", call.version.effective.text()}});
    return;
  }
}

http::Response Gateway::reject(const Error& error) {
  const Guid request_id = Guid::make();
  auto response = azure::render_error(error, request_id, clock_.now(), true);
  response.headers.add("x-ms-request-id", request_id.text());
  return response;
}

void Gateway::finished(const http::RequestFacts& facts) {
  if (observer_ != nullptr) observer_->finished(facts);
}

}  // namespace lapis::gateway
