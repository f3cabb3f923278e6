// Which account, container and blob a request means. Host style (ACCOUNT.blob.any.domain,
// ACCOUNT-secondary.blob.…) and path style (/ACCOUNT/CONTAINER/BLOB) on one port.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lapis/azure/query.h"
#include "lapis/base/result.h"
#include "lapis/http/message.h"

namespace lapis::azure {

enum class Resource : std::uint8_t { kService, kContainer, kBlob };

// Views of the request, and of memory of its own for what had to be decoded; moving it keeps them.
struct Target {
  Resource resource = Resource::kService;
  bool secondary = false;
  bool path_style = false;
  bool data_lake = false;      // ACCOUNT.dfs.any.domain
  bool website = false;        // ACCOUNT.z1.web.any.domain: `blob` is the path of a page
  std::string_view account;    // without "-secondary"
  std::string_view container;  // decoded and valid, or empty
  std::string_view blob;       // decoded and valid, or empty
  std::string_view raw_path;   // as on the request line, still encoded, without the query
  Query query;
  std::unique_ptr<char[]> decoded;
};

// Host style where the Host's first label is followed by ".blob." (or is "ACCOUNT.blob"), likewise
// with "dfs" and "z1.web" (a page of $web); else path style. One segment is a blob of $root where
// no parameter says that it is a container (`restype`). Names are checked: kInvalidResourceName,
// kOutOfRangeInput (length), kInvalidUri (NUL, not UTF-8, malformed escapes, more than 254
// segments). "%2F" in a blob's name equals "/"; dot segments are names like any other and are not
// resolved. `request` outlives the target.
Result<Target> parse_target(const http::Request& request);

// "http://127.0.0.1:10000/devstoreaccount1/": what listings call the service endpoint.
std::string service_endpoint(const http::Request& request, const Target& target);

}  // namespace lapis::azure
