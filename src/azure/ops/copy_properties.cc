#include "azure/ops/copy_properties.h"

#include <string>

#include "lapis/base/date.h"

namespace lapis::azure {
namespace {

std::string progress(const blob::CopyProperties& copy) {
  return std::to_string(copy.copied) + "/" + std::to_string(copy.total);
}

}  // namespace

void add_copy_headers(http::Headers& headers, const blob::CopyProperties& copy) {
  headers.add("x-ms-copy-id", copy.id.text());
  headers.add("x-ms-copy-source", copy.source);
  headers.add("x-ms-copy-status", blob::to_string(copy.status));
  headers.add("x-ms-copy-progress", progress(copy));
  if (copy.completed) {
    headers.add("x-ms-copy-completion-time", http_date_text(*copy.completed));
  }
  if (!copy.description.empty()) {
    headers.add("x-ms-copy-status-description", copy.description);
  }
  if (copy.incremental) {
    headers.add("x-ms-incremental-copy", "true");
    headers.add("x-ms-copy-destination-snapshot", format_iso8601(copy.incremental->snapshot));
  }
}

void write_copy(XmlWriter& xml, const blob::CopyProperties& copy) {
  xml.plain_element("CopyId", copy.id.text());
  xml.element("CopySource", copy.source);
  xml.plain_element("CopyStatus", blob::to_string(copy.status));
  xml.plain_element("CopyProgress", progress(copy));
  if (copy.completed) {
    xml.plain_element("CopyCompletionTime", http_date_text(*copy.completed));
  }
  if (!copy.description.empty()) xml.element("CopyStatusDescription", copy.description);
  if (copy.incremental) {
    xml.plain_element("IncrementalCopy", "true");
    xml.plain_element("CopyDestinationSnapshot", format_iso8601(copy.incremental->snapshot));
  }
}

}  // namespace lapis::azure
