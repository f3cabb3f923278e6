#include "azure/request/ranges.h"

#include "azure/field_errors.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kOpenRanges = 20110818;
constexpr std::uint32_t kRangeCrc64 = 20190202;
constexpr std::string_view kUnit = "bytes=";

constexpr std::string_view kMd5Switch = "x-ms-range-get-content-md5";
constexpr std::string_view kCrc64Switch = "x-ms-range-get-content-crc64";

// Empty counts as absent, as everywhere.
Result<bool> parse_switch(const http::Headers& headers, std::string_view name) {
  const std::string_view value = headers.get(name);
  if (http::iequals(value, "true")) return true;
  if (value.empty() || http::iequals(value, "false")) return false;
  return fail(invalid_header(name, value));
}

}  // namespace

std::optional<blob::RequestedRange> parse_byte_range(std::string_view text) {
  if (!http::iequals(text.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto first = parse_u64(text.substr(0, dash));
  if (!first) return std::nullopt;
  const std::string_view end = text.substr(dash + 1);
  if (end.empty()) return blob::RequestedRange{*first, std::nullopt};
  const auto last = parse_u64(end);
  if (!last || *last < *first) return std::nullopt;
  return blob::RequestedRange{*first, *last};
}

std::optional<blob::RequestedRange> parse_range(const Call& call) {
  const http::Headers& headers = call.request.headers;
  const std::string_view* header = headers.find("x-ms-range");
  if (!header || header->empty()) header = headers.find("Range");
  if (!header) return std::nullopt;
  const auto range = parse_byte_range(*header);
  if (range && !range->last && !call.at_least(kOpenRanges)) return std::nullopt;
  return range;
}

Result<std::optional<blob::RangeHash>> parse_range_hash(
    const Call& call, const std::optional<blob::RequestedRange>& range) {
  const http::Headers& headers = call.request.headers;
  LAPIS_TRY(const bool md5, parse_switch(headers, kMd5Switch));
  bool crc64 = false;
  if (call.at_least(kRangeCrc64)) {
    LAPIS_TRY(crc64, parse_switch(headers, kCrc64Switch));
  }
  if (!md5 && !crc64) return std::nullopt;
  const bool too_long =
      range && range->last && *range->last - range->first >= blob::kMaxHashedRange;
  if (!range || too_long || (md5 && crc64)) {
    return fail(invalid_header(crc64 ? kCrc64Switch : kMd5Switch, "true"));
  }
  return crc64 ? blob::RangeHash::kCrc64 : blob::RangeHash::kMd5;
}

}  // namespace lapis::azure
