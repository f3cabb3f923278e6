#include <optional>

#include "gateway/route.h"

namespace lapis::gateway {
namespace {

// How many required headers a row names, if the request has them all.
std::optional<int> headers_fit(const Route& route, const http::Request& request) {
  int named = 0;
  for (const RequiredHeader& required : route.headers) {
    if (required.name.empty()) continue;
    const std::string_view* value = request.headers.find(required.name);
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

// Why no row fits.
std::unexpected<Error> no_route(const azure::Call& call, std::string_view restype,
                                std::string_view comp) {
  bool comp_known = false;
  bool restype_known = restype.empty();
  for (const Route& route : routes()) {
    if (route.resource != call.target.resource || !http::iequals(route.restype, restype)) continue;
    restype_known = true;
    comp_known |= http::iequals(route.comp, comp);
  }
  if (comp_known) return fail(ErrorCode::kUnsupportedHttpVerb, call.request.method_text);
  if (restype_known) return fail(unknown_parameter("comp", comp));
  return fail(unknown_parameter("restype", restype));
}

}  // namespace

Result<const Route*> find_route(const azure::Call& call) {
  const azure::Query& query = call.target.query;
  const std::string_view restype = query.get("restype");
  const std::string_view comp = query.get("comp");
  const Route* best = nullptr;
  int best_fit = -1;
  for (const Route& route : routes()) {
    if (route.method != call.request.method || route.resource != call.target.resource) continue;
    if (!http::iequals(route.restype, restype) || !http::iequals(route.comp, comp)) continue;
    const std::optional<int> fit = headers_fit(route, call.request);
    if (!fit || *fit <= best_fit) continue;
    best = &route;
    best_fit = *fit;
  }
  if (best == nullptr) return no_route(call, restype, comp);
  return best;
}

}  // namespace lapis::gateway
