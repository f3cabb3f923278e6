#include "lapis/azure/cors.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "azure/field_errors.h"

namespace lapis::azure {
namespace {

using blob::CorsRule;

constexpr std::string_view kAny = "*";
// Of every answer; the session adds them.
constexpr std::string_view kAlwaysThere[] = {"Content-Length", "Date", "Server"};

bool takes_any_origin(const CorsRule& rule) { return rule.origins.front() == kAny; }

// Origins are compared as they are written. A request without one is served by rules for any.
bool fits(const CorsRule& rule, std::string_view origin, std::string_view method) {
  if (std::ranges::find(rule.methods, method) == rule.methods.end()) return false;
  if (takes_any_origin(rule)) return true;
  return !origin.empty() && std::ranges::find(rule.origins, origin) != rule.origins.end();
}

const CorsRule* find_rule(std::span<const CorsRule> rules, std::string_view origin,
                          std::string_view method) {
  const auto found =
      std::ranges::find_if(rules, [&](const CorsRule& rule) { return fits(rule, origin, method); });
  return found == rules.end() ? nullptr : &*found;
}

// Whether a list of names and beginnings of names holds `header`.
bool holds(const std::vector<std::string>& list, std::string_view header) {
  return std::ranges::any_of(list, [header](std::string_view entry) {
    if (!entry.ends_with('*')) return http::iequals(entry, header);
    entry.remove_suffix(1);
    return http::iequals(entry, header.substr(0, entry.size()));
  });
}

void add_name(std::string& list, std::string_view name) {
  if (!list.empty()) list.push_back(',');
  list.append(name);
}

// Of the answer's headers those that a page may see.
std::string exposed(const CorsRule& rule, const http::Headers& answer) {
  std::string names;
  for (const http::Header& field : answer.all()) {
    if (holds(rule.exposed_headers, field.name)) add_name(names, field.name);
  }
  for (const std::string_view name : kAlwaysThere) {
    if (holds(rule.exposed_headers, name)) add_name(names, name);
  }
  return names;
}

void add_origin(const CorsRule& rule, std::string_view origin, http::Headers& answer) {
  answer.add("Access-Control-Allow-Origin", takes_any_origin(rule) ? kAny : origin);
  if (!takes_any_origin(rule)) answer.add("Access-Control-Allow-Credentials", "true");
}

Result<void> check_requested_headers(const CorsRule& rule, std::string_view names) {
  while (!names.empty()) {
    const std::string_view taken = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), taken.size() + 1));
    const auto first = taken.find_first_not_of(" \t");
    if (first == taken.npos) continue;
    const auto last = taken.find_last_not_of(" \t");
    if (holds(rule.allowed_headers, taken.substr(first, last - first + 1))) continue;
    return fail(ErrorCode::kCorsPreflightFailure, "a header that the rule does not allow");
  }
  return {};
}

}  // namespace

void add_cors_headers(std::span<const CorsRule> rules, const http::Request& request,
                      http::Headers& answer) {
  if (rules.empty()) return;
  const std::string_view origin = request.headers.get("Origin");
  const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
  if (origin.empty() && !reads) return;
  const CorsRule* rule = find_rule(rules, origin, request.method_text);
  if (reads && (rule == nullptr || !takes_any_origin(*rule))) answer.add("Vary", "Origin");
  if (rule == nullptr) return;
  const std::string names = exposed(*rule, answer);
  add_origin(*rule, origin, answer);
  if (!names.empty()) answer.add("Access-Control-Expose-Headers", names);
}

Result<http::Response> answer_preflight(std::span<const CorsRule> rules,
                                        const http::Request& request) {
  const std::string_view origin = request.headers.get("Origin");
  if (origin.empty()) return fail(missing_header("Origin"));
  const std::string_view method = request.headers.get("Access-Control-Request-Method");
  if (method.empty()) return fail(missing_header("Access-Control-Request-Method"));
  const CorsRule* rule = find_rule(rules, origin, method);
  if (rule == nullptr) return fail(ErrorCode::kCorsPreflightFailure, "no rule fits");
  const std::string_view names = request.headers.get("Access-Control-Request-Headers");
  LAPIS_TRY_VOID(check_requested_headers(*rule, names));
  http::Response response;
  add_origin(*rule, origin, response.headers);
  response.headers.add("Access-Control-Allow-Methods", method);
  if (!names.empty()) response.headers.add("Access-Control-Allow-Headers", names);
  response.headers.add("Access-Control-Max-Age", std::to_string(rule->max_age_seconds));
  return response;
}

}  // namespace lapis::azure
