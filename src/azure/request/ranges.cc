#include "azure/request/ranges.h"

#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kOpenRanges = 20110818;
constexpr std::string_view kUnit = "bytes=";

}  // namespace

std::optional<blob::RequestedRange> parse_range(const Call& call) {
  const http::Headers& headers = call.request.headers;
  const std::string* header = headers.find("x-ms-range");
  if (!header || header->empty()) header = headers.find("Range");
  if (!header || header->size() < kUnit.size()) return std::nullopt;
  std::string_view text = *header;
  if (!http::iequals(text.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto first = parse_u64(text.substr(0, dash));
  if (!first) return std::nullopt;
  const std::string_view end = text.substr(dash + 1);
  if (end.empty()) {
    if (!call.at_least(kOpenRanges)) return std::nullopt;
    return blob::RequestedRange{*first, std::nullopt};
  }
  const auto last = parse_u64(end);
  if (!last || *last < *first) return std::nullopt;
  return blob::RequestedRange{*first, *last};
}

}  // namespace lapis::azure
