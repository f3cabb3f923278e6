#include "azure/request/http_properties.h"

#include <string>
#include <string_view>

#include "azure/request/body_hashes.h"

namespace lapis::azure {
namespace {

struct Source {
  std::string blob::HttpProperties::* member;
  std::string_view header;
  std::string_view standard;  // empty: there is none
  std::string_view stored;    // of an answer
};

constexpr Source kSources[] = {
    {&blob::HttpProperties::content_type, "x-ms-blob-content-type", "Content-Type", "Content-Type"},
    {&blob::HttpProperties::content_encoding, "x-ms-blob-content-encoding", "Content-Encoding",
     "Content-Encoding"},
    {&blob::HttpProperties::content_language, "x-ms-blob-content-language", "Content-Language",
     "Content-Language"},
    {&blob::HttpProperties::content_disposition, "x-ms-blob-content-disposition", "",
     "Content-Disposition"},
    {&blob::HttpProperties::cache_control, "x-ms-blob-cache-control", "Cache-Control",
     "Cache-Control"},
};

blob::HttpProperties read(const Call& call, bool standard_too) {
  const http::Headers& headers = call.request.headers;
  blob::HttpProperties properties;
  for (const Source& source : kSources) {
    const bool is_disposition = source.member == &blob::HttpProperties::content_disposition;
    if (is_disposition && !call.at_least(kDispositions)) continue;
    std::string_view value = headers.get(source.header);
    if (value.empty() && standard_too && !source.standard.empty()) {
      value = headers.get(source.standard);
    }
    properties.*source.member = value;
  }
  return properties;
}

void default_type(blob::HttpProperties& properties) {
  if (properties.content_type.empty()) properties.content_type = kDefaultContentType;
}

}  // namespace

blob::HttpProperties put_blob_properties(const Call& call) {
  blob::HttpProperties properties = read(call, true);
  default_type(properties);
  return properties;
}

blob::HttpProperties stored_properties(const http::Headers& answer) {
  blob::HttpProperties properties;
  for (const Source& source : kSources) properties.*source.member = answer.get(source.stored);
  default_type(properties);
  return properties;
}

Result<blob::HttpProperties> put_block_list_properties(const Call& call) {
  LAPIS_TRY(blob::HttpProperties properties, set_blob_http_properties(call));
  default_type(properties);
  return properties;
}

Result<blob::HttpProperties> set_blob_http_properties(const Call& call) {
  blob::HttpProperties properties = read(call, false);
  LAPIS_TRY(properties.content_md5, parse_md5(call.request.headers, "x-ms-blob-content-md5"));
  return properties;
}

}  // namespace lapis::azure
