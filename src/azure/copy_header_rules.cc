#include "azure/copy_header_rules.h"

#include <algorithm>
#include <string_view>

namespace lapis::azure {
namespace {

constexpr unsigned bit(Copying operation) { return static_cast<unsigned>(operation); }

constexpr unsigned kWhole =
    bit(Copying::kBlob) | bit(Copying::kBlobFromUrl) | bit(Copying::kPutFromUrl);
constexpr unsigned kParts =
    bit(Copying::kBlockFromUrl) | bit(Copying::kPageFromUrl) | bit(Copying::kAppendFromUrl);
constexpr unsigned kAll = kWhole | kParts;
constexpr unsigned kFetches = bit(Copying::kBlobFromUrl) | bit(Copying::kPutFromUrl) | kParts;

struct Taken {
  std::string_view name;
  unsigned by;
  std::string_view value = {};  // the only one that is; empty: any
};

constexpr Taken kTaken[] = {
    {"x-ms-copy-source", kAll | bit(Copying::kIncremental)},
    {"x-ms-copy-source-authorization", kAll},
    {"x-ms-copy-source-blob-properties", bit(Copying::kPutFromUrl)},
    {"x-ms-copy-source-tag-option", bit(Copying::kBlobFromUrl) | bit(Copying::kPutFromUrl)},
    {"x-ms-copy-source-tag-option", kAll, "REPLACE"},  // as without it
    {"x-ms-source-content-md5", kFetches},
    {"x-ms-source-content-crc64", kFetches},
    {"x-ms-source-if-match", kAll},
    {"x-ms-source-if-none-match", kAll},
    {"x-ms-source-if-modified-since", kAll},
    {"x-ms-source-if-unmodified-since", kAll},
    {"x-ms-source-if-tags", bit(Copying::kBlob) | bit(Copying::kPutFromUrl)},
    {"x-ms-source-range", kParts},
    {"x-ms-seal-blob", bit(Copying::kBlob)},
    {"x-ms-rehydrate-priority", kWhole},  // checked by Copy Blob; the others pass over it
};

}  // namespace

Copying copying(const Call& call) {
  const http::Headers& headers = call.request.headers;
  if (call.request.method != http::Method::kPut || call.target.resource != Resource::kBlob ||
      headers.get("x-ms-copy-source").empty()) {
    return Copying::kNone;
  }
  const std::string_view comp = call.target.query.get("comp");
  if (http::iequals(comp, "block")) return Copying::kBlockFromUrl;
  if (http::iequals(comp, "page")) return Copying::kPageFromUrl;
  if (http::iequals(comp, "appendblock")) return Copying::kAppendFromUrl;
  if (http::iequals(comp, "incrementalcopy")) return Copying::kIncremental;
  if (!comp.empty()) return Copying::kNone;
  if (http::iequals(headers.get("x-ms-requires-sync"), "true")) return Copying::kBlobFromUrl;
  return headers.find("x-ms-blob-type") == nullptr ? Copying::kBlob : Copying::kPutFromUrl;
}

bool takes_of_copies(Copying operation, const http::Header& header) {
  if (operation == Copying::kNone) return false;
  return std::ranges::any_of(kTaken, [operation, &header](const Taken& taken) {
    return (taken.by & bit(operation)) != 0 && http::iequals(taken.name, header.name) &&
           (taken.value.empty() || taken.value == header.value);
  });
}

}  // namespace lapis::azure
