#include "azure/request/metadata.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace lapis::azure {
namespace {

constexpr std::string_view kPrefix = "x-ms-meta-";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_identifier(std::string_view name) {
  return is_letter(name[0]) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool is_ascii(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool has(const blob::Metadata& metadata, std::string_view name) {
  return std::ranges::any_of(metadata,
                             [name](const auto& pair) { return http::iequals(pair.first, name); });
}

}  // namespace

Result<blob::Metadata> parse_metadata(const http::Headers& headers) {
  blob::Metadata metadata;
  std::size_t bytes = 0;
  for (const http::Header& header : headers.all()) {
    std::string_view name = header.name;
    if (name.size() < kPrefix.size() || !http::iequals(name.substr(0, kPrefix.size()), kPrefix)) {
      continue;
    }
    name.remove_prefix(kPrefix.size());
    if (name.empty()) return fail(ErrorCode::kEmptyMetadataKey);
    if (!is_identifier(name) || !is_ascii(header.value)) return fail(ErrorCode::kInvalidMetadata);
    bytes += name.size() + header.value.size();
    if (bytes > kMaxMetadataBytes) return fail(ErrorCode::kMetadataTooLarge);
    if (has(metadata, name)) return fail(ErrorCode::kInvalidMetadata, "a name given twice");
    metadata.emplace_back(name, header.value);
  }
  return metadata;
}

void add_metadata(http::Headers& headers, const blob::Metadata& metadata) {
  for (const auto& [name, value] : metadata) headers.add(std::string(kPrefix) + name, value);
}

}  // namespace lapis::azure
