#include "azure/ops/blob_headers.h"

#include <string>
#include <string_view>

#include "azure/ops/copy_properties.h"
#include "azure/ops/lease_state.h"
#include "azure/ops/response_headers.h"
#include "azure/request/common_headers.h"
#include "azure/request/conditions_parse.h"
#include "azure/request/http_properties.h"
#include "azure/request/metadata.h"
#include "azure/request/protection.h"
#include "azure/sas_fields.h"
#include "lapis/azure/blob_types.h"
#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kRangesOnHead = 20130815;
constexpr std::uint32_t kTiers = 20170417;
constexpr ServiceVersion kOverridesAreSigned{20130815};

struct Property {
  std::string_view header;
  std::string blob::HttpProperties::* stored;
  SasField override_field;
};
constexpr Property kProperties[] = {
    {"Content-Type", &blob::HttpProperties::content_type, SasField::kContentType},
    {"Content-Encoding", &blob::HttpProperties::content_encoding, SasField::kContentEncoding},
    {"Content-Language", &blob::HttpProperties::content_language, SasField::kContentLanguage},
    {"Content-Disposition", &blob::HttpProperties::content_disposition,
     SasField::kContentDisposition},
    {"Cache-Control", &blob::HttpProperties::cache_control, SasField::kCacheControl},
};

// Only a service SAS signs rsc* parameters, and not before 2013-08-15: anything else could have
// been added by anyone.
bool may_override(const Call& call) {
  const Query& query = call.target.query;
  if (!query.has("sig") || !query.has("sr") || query.has("ss") || query.has("srt")) return false;
  if (call.request.headers.find("Authorization")) return false;
  const auto version = parse_version(query.get("sv"));
  return version && *version >= kOverridesAreSigned;
}

void add_http_properties(http::Headers& headers, const Call& call,
                         const blob::HttpProperties& stored) {
  const bool overrides = may_override(call);
  for (const Property& property : kProperties) {
    const bool is_disposition = property.override_field == SasField::kContentDisposition;
    if (is_disposition && !call.at_least(kDispositions)) continue;
    std::string_view value;
    if (overrides) value = call.target.query.get(parameter_name(property.override_field));
    if (value.empty()) value = stored.*property.stored;
    if (!value.empty()) headers.add(property.header, value);
  }
}

void add_append_headers(http::Headers& headers, const Call& call,
                        const blob::BlobProperties& properties) {
  headers.add("x-ms-blob-committed-block-count", std::to_string(properties.append_blocks));
  if (properties.sealed && call.at_least(kSealedBlobs)) headers.add("x-ms-blob-sealed", "true");
}

// Until it is taken off a policy is shown, over or not.
void add_protection(http::Headers& headers, const Call& call,
                    const blob::BlobProperties& properties) {
  if (!call.at_least(kImmutability)) return;
  if (properties.immutability) add_immutability(headers, *properties.immutability);
  if (properties.legal_hold) headers.add(kLegalHold, "true");
}

}  // namespace

std::string_view type_name(blob::BlobType type) {
  switch (type) {
    case blob::BlobType::kAppend:
      return "AppendBlob";
    case blob::BlobType::kPage:
      return "PageBlob";
    case blob::BlobType::kBlock:
      break;
  }
  return "BlockBlob";
}

void add_blob_headers(http::Headers& headers, const Call& call,
                      const blob::BlobProperties& properties, const blob::LeaseView& lease) {
  add_etag_and_date(headers, properties.etag, properties.last_modified);
  const bool reads = call.request.method == http::Method::kGet;
  if (reads || call.at_least(kRangesOnHead)) headers.add("Accept-Ranges", "bytes");
  add_http_properties(headers, call, properties.http);
  if (call.at_least(kTellsCreationTime)) {
    headers.add("x-ms-creation-time", http_date_text(properties.created));
  }
  add_metadata(headers, properties.metadata);
  headers.add("x-ms-blob-type", type_name(properties.type));
  if (properties.type == blob::BlobType::kPage) {
    headers.add("x-ms-blob-sequence-number", std::to_string(properties.sequence_number));
  }
  if (properties.type == blob::BlobType::kAppend) add_append_headers(headers, call, properties);
  if (properties.copy && call.at_least(kTellsCopies)) add_copy_headers(headers, *properties.copy);
  add_version(headers, call, properties.version);
  if (properties.version && call.at_least(kVersions) && !is_past(properties)) {
    headers.add("x-ms-is-current-version", "true");
  }
  // Of the blob itself: its snapshots and previous versions have none.
  if (!is_past(properties)) add_lease_state(headers, call, lease);
  if (call.at_least(kBlobTags) && !properties.tags.empty()) {
    headers.add("x-ms-tag-count", std::to_string(properties.tags.size()));
  }
  if (call.at_least(kTellsEncryption)) headers.add("x-ms-server-encrypted", "false");
  add_protection(headers, call, properties);
}

void add_last_access(http::Headers& headers, const Call& call,
                     const std::optional<Timestamp>& last_access) {
  if (!last_access || !call.at_least(kTellsLastAccess)) return;
  headers.add("x-ms-last-access-time", http_date_text(*last_access));
}

void add_tier(http::Headers& headers, const Call& call, const blob::BlobProperties& properties) {
  if (!call.at_least(kTiers) || properties.type != blob::BlobType::kBlock) return;
  headers.add("x-ms-access-tier", blob::to_string(properties.tier));
  if (properties.tier_inferred) headers.add("x-ms-access-tier-inferred", "true");
  if (properties.tier_changed) {
    headers.add("x-ms-access-tier-change-time", http_date_text(*properties.tier_changed));
  }
}

}  // namespace lapis::azure
