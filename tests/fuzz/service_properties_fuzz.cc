// The body of Set Blob Service Properties: nothing may crash, and what is accepted is within the
// limits and can be shown and sent again.
#include <cstdint>
#include <cstdlib>

#include "azure/xml/service_properties_xml.h"

namespace lapis::azure {
namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_part(const std::optional<blob::AnalyticsProperties>& part) {
  if (!part) return;
  check(part->version == "1.0" || part->version == "2.0");
  check(!part->retention_days || (*part->retention_days >= 1 && *part->retention_days <= 365));
}

void run(std::string_view xml, ServiceVersion version) {
  const auto change = parse_service_properties(xml, version);
  if (!change) return;
  check_part(change->logging);
  check_part(change->hour_metrics);
  check_part(change->minute_metrics);
  blob::ServiceProperties shown;
  if (change->logging) shown.logging = *change->logging;
  if (change->default_version) shown.default_version = *change->default_version;
  const auto again = parse_service_properties(service_properties_xml(shown, version), version);
  check(again && again->logging == shown.logging);
}

}  // namespace
}  // namespace lapis::azure

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  for (const std::uint32_t date : {20090919u, 20120212u, 20130815u, 20211202u}) {
    lapis::azure::run(xml, {date});
  }
  return 0;
}
