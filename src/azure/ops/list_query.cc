#include "azure/ops/list_query.h"

#include <algorithm>

#include "azure/field_errors.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

// The next value of an `include`, which is taken off.
std::string_view take_value(std::string_view& include) {
  const auto comma = include.find(',');
  const std::string_view value = include.substr(0, comma);
  include = comma == include.npos ? std::string_view() : include.substr(comma + 1);
  return value;
}

}  // namespace

Result<std::vector<std::string_view>> parse_include(const Call& call,
                                                    std::span<const IncludeValue> known) {
  std::vector<std::string_view> values;
  std::string_view text = call.target.query.get("include");
  const std::string_view whole = text;
  while (!text.empty()) {
    const std::string_view value = take_value(text);
    const auto row = std::ranges::find_if(
        known, [value](const IncludeValue& k) { return http::iequals(k.name, value); });
    if (row == known.end() || !call.at_least(row->since)) {
      return fail(invalid_parameter("include", whole, "Invalid query parameter value."));
    }
    if (!includes(values, row->name)) values.push_back(row->name);
  }
  return values;
}

bool asks_to_include(const Query& query, std::string_view name) {
  std::string_view text = query.get("include");
  while (!text.empty()) {
    if (http::iequals(take_value(text), name)) return true;
  }
  return false;
}

bool includes(const std::vector<std::string_view>& values, std::string_view name) {
  return std::ranges::find(values, name) != values.end();
}

Result<std::optional<std::size_t>> parse_max_results(const Query& query, std::size_t most) {
  const std::string_view text = query.get("maxresults");
  if (text.empty()) return std::nullopt;
  const bool negative = text.starts_with('-');
  const auto number = parse_u64(text.substr(negative ? 1 : 0));
  if (!number) {
    return fail(invalid_parameter("maxresults", text, "Invalid query parameter value."));
  }
  if (negative || *number == 0) {
    return fail(Error{ErrorCode::kOutOfRangeQueryParameterValue}
                    .with("QueryParameterName", "maxresults")
                    .with("QueryParameterValue", std::string(text))
                    .with("MinimumAllowed", "1")
                    .with("MaximumAllowed", std::to_string(most)));
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(*number, most));
}

std::optional<std::string> given(const Query& query, std::string_view name) {
  const std::string_view* value = query.find(name);
  if (value == nullptr) return std::nullopt;
  return std::string(*value);
}

}  // namespace lapis::azure
