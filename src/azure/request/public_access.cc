#include "azure/request/public_access.h"

#include "azure/field_errors.h"

namespace lapis::azure {
namespace {

constexpr std::string_view kName = "x-ms-blob-public-access";

}  // namespace

Result<blob::PublicAccess> parse_public_access(const http::Headers& headers) {
  const std::string_view text = headers.get(kName);
  if (text.empty()) return blob::PublicAccess::kNone;
  for (const auto level : {blob::PublicAccess::kBlob, blob::PublicAccess::kContainer}) {
    if (http::iequals(text, public_access_text(level))) return level;
  }
  return fail(invalid_header(kName, text));
}

std::string_view public_access_text(blob::PublicAccess level) {
  switch (level) {
    case blob::PublicAccess::kBlob:
      return "blob";
    case blob::PublicAccess::kContainer:
      return "container";
    case blob::PublicAccess::kNone:
      break;
  }
  return "";
}

void add_public_access(http::Headers& headers, blob::PublicAccess level) {
  if (level != blob::PublicAccess::kNone) headers.add(kName, public_access_text(level));
}

}  // namespace lapis::azure
