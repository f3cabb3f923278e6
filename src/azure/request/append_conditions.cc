#include "azure/request/append_conditions.h"

#include <limits>

#include "azure/field_errors.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

Result<std::optional<std::uint64_t>> parse_length(const http::Headers& headers,
                                                  std::string_view name) {
  const std::string_view text = headers.get(name);
  if (text.empty()) return std::nullopt;
  const auto length = parse_u64(text);
  if (!length || *length > std::numeric_limits<std::int64_t>::max()) {
    return fail(invalid_header(name, text));
  }
  return length;
}

}  // namespace

Result<std::optional<std::uint64_t>> parse_append_position(const http::Headers& headers) {
  return parse_length(headers, "x-ms-blob-condition-appendpos");
}

Result<std::optional<std::uint64_t>> parse_max_size(const http::Headers& headers) {
  return parse_length(headers, "x-ms-blob-condition-maxsize");
}

}  // namespace lapis::azure
