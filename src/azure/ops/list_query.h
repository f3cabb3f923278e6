// The parameters of the two listings.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/azure/call.h"
#include "lapis/base/result.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// A value of `include`: from which version on, and whether it is served.
struct IncludeValue {
  std::string_view name;
  std::uint32_t since;
};

// The values of `include`, each one of `known`. Errors: kInvalidQueryParameterValue for others and
// for ones that came after the request's version.
Result<std::vector<std::string_view>> parse_include(const Call& call,
                                                    std::span<const IncludeValue> known);

// Whether `include` holds a value, whatever else it holds: for who has to know before it is parsed.
bool asks_to_include(const Query& query, std::string_view name);

bool includes(const std::vector<std::string_view>& values, std::string_view name);

// `maxresults`, clamped to the `most` that a page can hold; nothing where absent. Errors:
// kInvalidQueryParameterValue (no number), kOutOfRangeQueryParameterValue (0).
Result<std::optional<std::size_t>> parse_max_results(
    const Query& query, std::size_t most = blob::Limits::kMaxListResults);

// A parameter as given; nothing where absent.
std::optional<std::string> given(const Query& query, std::string_view name);

}  // namespace lapis::azure
