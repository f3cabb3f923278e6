#include "azure/ops/blob_list_page.h"

#include <algorithm>
#include <utility>

#include "azure/ops/blob_headers.h"
#include "azure/ops/copy_properties.h"
#include "azure/ops/deletion_state.h"
#include "azure/ops/lease_state.h"
#include "azure/ops/response_headers.h"
#include "azure/request/body_hashes.h"
#include "azure/request/common_headers.h"
#include "azure/request/http_properties.h"
#include "azure/request/markers.h"
#include "azure/request/protection.h"
#include "azure/xml/tags_xml.h"
#include "lapis/azure/blob_types.h"
#include "lapis/base/date.h"
#include "lapis/base/url.h"

namespace lapis::azure {
namespace {

constexpr std::uint32_t kServiceEndpoint = 20130815;  // and no Url of each blob
constexpr std::uint32_t kTiers = 20170417;
constexpr std::uint32_t kReplicationMetadata = 20191212;
constexpr std::uint32_t kTagCount = 20191212;

// What one entry takes, roughly; a page is reserved by it.
constexpr std::size_t kEntryBytes = 900;

}  // namespace

const std::string& ListBlobsWriter::Page::DateText::operator()(Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != second_) {
    second_ = second;
    text_ = format_http_date(time);
  }
  return text_;
}

ListBlobsWriter::Page::Page(const Call& call, const ListBlobsQuery& query,
                            const blob::ServiceClock& time)
    : call_(call),
      query_(query),
      time_(time),
      endpoint_(service_endpoint(call.request, call.target)),
      xml_(text_) {
  constexpr std::size_t kReservedEntries = 256;
  text_.reserve(kEntryBytes * std::min(query.request.max_results, kReservedEntries));
  write_head();
}

void ListBlobsWriter::Page::write_head() {
  xml_.raw(kXmlPrologue);
  xml_.raw("<EnumerationResults");
  if (call_.at_least(kServiceEndpoint)) {
    xml_.attribute("ServiceEndpoint", endpoint_);
    xml_.attribute("ContainerName", call_.target.container);
  } else {
    xml_.attribute("ContainerName", endpoint_ + std::string(call_.target.container));
  }
  xml_.raw(">");
  if (query_.prefix) xml_.name_element("Prefix", *query_.prefix);
  if (query_.marker) xml_.name_element("Marker", *query_.marker);
  if (query_.start_from) xml_.name_element("StartFrom", *query_.start_from);
  if (query_.max_results) xml_.element("MaxResults", *query_.max_results);
  if (query_.delimiter) xml_.name_element("Delimiter", *query_.delimiter);
}

void ListBlobsWriter::Page::begin_entry() {
  if (!std::exchange(any_, true)) xml_.open("Blobs");
}

void ListBlobsWriter::Page::write_name(std::string_view name) {
  xml_.name_element("Name", name);
  if (call_.at_least(kServiceEndpoint)) return;
  std::string url = endpoint_;
  url.append(call_.target.container).append("/");
  url.append(percent_encode(name, "/"));
  xml_.element("Url", url);
}

void ListBlobsWriter::Page::blob(std::string_view name, const blob::BlobProperties& properties) {
  if (known_) known_ = check_type_known(call_, properties.type);
  begin_entry();
  xml_.raw("<Blob>");
  write_name(name);
  write_state(properties);
  end_blob(properties);
}

void ListBlobsWriter::Page::versions_only(std::string_view name,
                                          const blob::BlobProperties& properties) {
  begin_entry();
  xml_.raw("<Blob>");
  write_name(name);
  xml_.raw("<HasVersionsOnly>true</HasVersionsOnly>");
  end_blob(properties);
}

// Which of the name's states it is.
void ListBlobsWriter::Page::write_state(const blob::BlobProperties& properties) {
  if (properties.snapshot) {
    xml_.plain_element("Snapshot", format_iso8601(*properties.snapshot));
  } else if (properties.version && call_.at_least(kVersions)) {
    xml_.plain_element("VersionId", format_iso8601(*properties.version));
    if (!is_past(properties)) xml_.raw("<IsCurrentVersion>true</IsCurrentVersion>");
  }
  if (properties.deletion) xml_.raw("<Deleted>true</Deleted>");
}

void ListBlobsWriter::Page::end_blob(const blob::BlobProperties& properties) {
  write_properties(properties);
  if (query_.include_metadata) write_metadata(properties.metadata);
  if (query_.include_tags && !properties.tags.empty()) write_tags(xml_, properties.tags);
  if (call_.at_least(kReplicationMetadata)) xml_.empty("OrMetadata");
  xml_.raw("</Blob>");
}

void ListBlobsWriter::Page::write_properties(const blob::BlobProperties& properties) {
  xml_.raw("<Properties>");
  if (call_.at_least(kTellsCreationTime)) {
    xml_.plain_element("Creation-Time", created_(properties.created));
  }
  xml_.plain_element("Last-Modified", modified_(properties.last_modified));
  xml_.plain_element("Etag", properties.etag.text());
  xml_.element("Content-Length", properties.content_length);
  write_http_properties(properties.http);
  if (properties.type == blob::BlobType::kPage) {
    xml_.element("x-ms-blob-sequence-number", properties.sequence_number);
  }
  if (properties.last_access && call_.at_least(kTellsLastAccess)) {
    xml_.plain_element("LastAccessTime", accessed_(*properties.last_access));
  }
  xml_.plain_element("BlobType", type_name(properties.type));
  write_tier(properties);
  if (!is_past(properties) && !properties.deletion) {
    write_lease_state(xml_, call_, blob::lease_view(properties.lease, time_));
  }
  if (query_.include_copy && properties.copy) write_copy(xml_, *properties.copy);
  write_encryption();
  write_protection(properties);
  if (properties.deletion) write_deletion(xml_, *properties.deletion, time_.now());
  if (call_.at_least(kTagCount) && !properties.tags.empty()) {
    xml_.element("TagCount", properties.tags.size());
  }
  if (properties.sealed && call_.at_least(kSealedBlobs)) xml_.raw("<Sealed>true</Sealed>");
  xml_.raw("</Properties>");
}

void ListBlobsWriter::Page::write_http_properties(const blob::HttpProperties& http) {
  xml_.element("Content-Type", http.content_type);
  xml_.element("Content-Encoding", http.content_encoding);
  xml_.element("Content-Language", http.content_language);
  if (call_.at_least(kTellsCrc64)) xml_.empty("Content-CRC64");
  xml_.element("Content-MD5", http.content_md5 ? md5_text(*http.content_md5) : std::string());
  xml_.element("Cache-Control", http.cache_control);
  if (call_.at_least(kDispositions)) xml_.element("Content-Disposition", http.content_disposition);
}

void ListBlobsWriter::Page::write_tier(const blob::BlobProperties& properties) {
  if (!call_.at_least(kTiers) || properties.type != blob::BlobType::kBlock) return;
  xml_.plain_element("AccessTier", blob::to_string(properties.tier));
  if (properties.tier_inferred) xml_.raw("<AccessTierInferred>true</AccessTierInferred>");
  if (properties.tier_changed) {
    xml_.plain_element("AccessTierChangeTime", format_http_date(*properties.tier_changed));
  }
}

void ListBlobsWriter::Page::write_encryption() {
  if (call_.at_least(kTellsEncryption)) xml_.raw("<ServerEncrypted>false</ServerEncrypted>");
}

void ListBlobsWriter::Page::write_protection(const blob::BlobProperties& properties) {
  if (query_.include_immutability && properties.immutability) {
    const blob::ImmutabilityPolicy& policy = *properties.immutability;
    xml_.plain_element("ImmutabilityPolicyUntilDate", format_http_date(policy.until));
    xml_.plain_element("ImmutabilityPolicyMode", mode_text(policy));
  }
  if (query_.include_legal_hold && properties.legal_hold) {
    xml_.raw("<LegalHold>true</LegalHold>");
  }
}

void ListBlobsWriter::Page::write_metadata(const blob::Metadata& metadata) {
  if (metadata.empty()) return xml_.empty("Metadata");
  xml_.open("Metadata");
  // Names are identifiers, so they can be tags.
  for (const auto& [name, value] : metadata) xml_.element(name, value);
  xml_.close("Metadata");
}

void ListBlobsWriter::Page::uncommitted(std::string_view name) {
  begin_entry();
  xml_.raw("<Blob>");
  write_name(name);
  xml_.raw("<Properties><Content-Length>0</Content-Length><BlobType>BlockBlob</BlobType>");
  if (call_.at_least(kTiers)) {
    xml_.raw("<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>");
  }
  write_lease_state(xml_, call_, {});
  write_encryption();
  xml_.raw("</Properties></Blob>");
}

void ListBlobsWriter::Page::prefix(std::string_view name) {
  begin_entry();
  xml_.raw("<BlobPrefix>");
  xml_.name_element("Name", name);
  xml_.raw("</BlobPrefix>");
}

Result<std::string> ListBlobsWriter::Page::finish(const blob::ListBlobsResult& result) && {
  LAPIS_TRY_VOID(known_);
  if (any_) {
    xml_.close("Blobs");
  } else {
    xml_.empty("Blobs");
  }
  xml_.element("NextMarker", result.next ? encode_blob_marker(*result.next) : std::string());
  xml_.close("EnumerationResults");
  return std::move(text_);
}

}  // namespace lapis::azure
