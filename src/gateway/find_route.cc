#include <optional>

#include "gateway/route.h"

namespace lapis::gateway {
namespace {

// How many required headers a row names, if the request has them all.
std::optional<int> headers_fit(const Route& route, const http::Request& request) {
  int named = 0;
  for (const RequiredHeader& required : route.headers) {
    if (required.name.empty()) continue;
    const std::string* value = request.headers.find(required.name);
    if (value == nullptr) return std::nullopt;
    if (!required.value.empty() && !http::iequals(*value, required.value)) return std::nullopt;
    ++named;
  }
  return named;
}

Error unknown_parameter(std::string_view name, std::string_view value) {
  return Error{ErrorCode::kInvalidQueryParameterValue, "no operation has this parameter value"}
      .with("QueryParameterName", std::string(name))
      .with("QueryParameterValue", std::string(value));
}

}  // namespace

Result<const Route*> find_route(const azure::Call& call) {
  const azure::Query& query = call.target.query;
  const std::string_view restype = query.get("restype");
  const std::string_view comp = query.get("comp");
  const Route* best = nullptr;
  int best_fit = -1;
  bool comp_known = false;
  bool resource_known = false;
  for (const Route& route : routes()) {
    if (route.resource != call.target.resource) continue;
    if (!http::iequals(route.restype, restype)) continue;
    resource_known = true;
    if (!http::iequals(route.comp, comp)) continue;
    comp_known = true;
    if (route.method != call.request.method) continue;
    const std::optional<int> fit = headers_fit(route, call.request);
    if (!fit || *fit <= best_fit) continue;
    best = &route;
    best_fit = *fit;
  }
  if (best != nullptr) return best;
  if (comp_known) return fail(ErrorCode::kUnsupportedHttpVerb, call.request.method_text);
  if (resource_known || restype.empty()) return fail(unknown_parameter("comp", comp));
  return fail(unknown_parameter("restype", restype));
}

}  // namespace lapis::gateway
