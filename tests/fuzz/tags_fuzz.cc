// Both languages of tags, and tags in headers and documents: nothing may crash, and what is read
// can be used and is within the limits.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "azure/tags/tag_languages.h"
#include "azure/tags/tag_pairs.h"

namespace lapis::azure {
namespace {

void check_tags(const Result<blob::Tags>& tags) {
  if (!tags) return;
  if (tags->size() > 10) std::abort();
  for (const auto& [key, value] : *tags) {
    if (key.empty() || key.size() > 128 || value.size() > 256) std::abort();
  }
}

void run(std::string_view text) {
  static const blob::Tags kTags = {{"a", "1"}, {"b", ""}};
  if (const auto condition = parse_tag_condition(text)) blob::holds(*condition, kTags);
  for (const bool names_container : {false, true}) {
    const auto query = parse_tag_query(text, names_container);
    if (!query) continue;
    if (query->ranges.empty() || query->ranges.size() > blob::TagQuery::kMaxKeys) std::abort();
    if (names_container && query->container) std::abort();
  }
  http::Headers headers;
  headers.add("x-ms-tags", text);
  check_tags(parse_tags_header(headers));
  check_tags(parse_tags_document(text));
}

}  // namespace
}  // namespace lapis::azure

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lapis::azure::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
