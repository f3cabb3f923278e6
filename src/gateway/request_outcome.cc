// How an answer counts: by whom it was asked for, and what it came to.
#include "gateway/route.h"
#include "lapis/gateway/request_metrics.h"

namespace lapis::gateway {
namespace {

bool offers_signature(const http::Request& request) {
  const auto mark = request.target.find('?');
  return mark != request.target.npos && request.target.find("sig", mark) != request.target.npos;
}

}  // namespace

std::string_view to_string(Authentication kind) {
  switch (kind) {
    case Authentication::kAnonymous:
      return "Anonymous";
    case Authentication::kAccountKey:
      return "AccountKey";
    case Authentication::kSas:
      return "SAS";
    case Authentication::kOAuth:
      return "OAuth";
  }
  return "";
}

std::string_view to_string(ResponseType type) {
  switch (type) {
    case ResponseType::kSuccess:
      return "Success";
    case ResponseType::kClientOtherError:
      return "ClientOtherError";
    case ResponseType::kClientTimeoutError:
      return "ClientTimeoutError";
    case ResponseType::kAuthorizationError:
      return "AuthorizationError";
    case ResponseType::kNetworkError:
      return "NetworkError";
    case ResponseType::kServerBusyError:
      return "ServerBusyError";
    case ResponseType::kServerTimeoutError:
      return "ServerTimeoutError";
    case ResponseType::kServerOtherError:
      return "ServerOtherError";
  }
  return "";
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::kAuthorize:
      return "authorize";
    case Phase::kReceive:
      return "receive";
    case Phase::kMetadata:
      return "metadata";
    case Phase::kData:
      return "data";
    case Phase::kSend:
      return "send";
  }
  return "";
}

Authentication authentication_of(const http::RequestFacts& facts) {
  if (facts.trace.credential != 0) {
    return static_cast<Authentication>(facts.trace.credential - 1);
  }
  if (!facts.is_request) return Authentication::kAnonymous;
  if (const std::string_view* header = facts.request.headers.find("Authorization")) {
    const bool is_token = header->size() > 7 && http::iequals(header->substr(0, 7), "Bearer ");
    return is_token ? Authentication::kOAuth : Authentication::kAccountKey;
  }
  return offers_signature(facts.request) ? Authentication::kSas : Authentication::kAnonymous;
}

ResponseType response_type_of(const http::RequestFacts& facts) {
  if (!facts.is_complete) return ResponseType::kNetworkError;
  const int status = facts.response.status;
  if (status < 300) return ResponseType::kSuccess;
  const bool shut = facts.trace.error == ErrorCode::kPublicAccessNotPermitted;  // 409
  if (status == 401 || status == 403 || shut) return ResponseType::kAuthorizationError;
  if (status == 408) return ResponseType::kClientTimeoutError;
  if (status == 503) return ResponseType::kServerBusyError;
  if (facts.trace.error == ErrorCode::kOperationTimedOut) return ResponseType::kServerTimeoutError;
  return status < 500 ? ResponseType::kClientOtherError : ResponseType::kServerOtherError;
}

std::string_view operation_name(std::optional<std::uint16_t> route) {
  return route ? routes()[*route].name : "Unknown";
}

}  // namespace lapis::gateway
