// Cross-Origin Resource Sharing: what an account's rules add to answers, and the answer to a
// browser that asks beforehand. Pure.
// Source: REST "CORS support for the Azure Storage services", "Preflight Blob Request".
#pragma once

#include <span>

#include "lapis/base/result.h"
#include "lapis/blob/cors_rule.h"
#include "lapis/http/message.h"

namespace lapis::azure {

// Adds what the first rule that fits the request's origin and method grants. Where there are rules,
// answers to GET and HEAD tell caches that they differ by origin (Vary), unless a rule for any
// origin fits, which counts for requests without one too.
void add_cors_headers(std::span<const blob::CorsRule> rules, const http::Request& request,
                      http::Headers& answer);

// The answer to OPTIONS. Errors: kMissingRequiredHeader, kCorsPreflightFailure where no rule fits
// or the one that does not allow a header.
Result<http::Response> answer_preflight(std::span<const blob::CorsRule> rules,
                                        const http::Request& request);

}  // namespace lapis::azure
