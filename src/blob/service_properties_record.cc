// The row of an account's service properties.
#include "blob/record_fields.h"

namespace lapis::blob {
namespace {

constexpr std::uint32_t kMostRetentionDays = 365;
// Dates of versions that can be set, as yyyymmdd.
constexpr std::uint32_t kFirstVersion = 20090919;
constexpr std::uint32_t kLastVersion = 99991231;

void put(const AnalyticsProperties& properties, records::Analytics* message) {
  message->set_version(properties.version);
  message->set_retention_days(properties.retention_days.value_or(0));
}

Result<AnalyticsProperties> take(records::Analytics* message) {
  AnalyticsProperties properties;
  properties.version = std::move(*message->mutable_version());
  if (properties.version.empty()) return damaged("service properties");
  const std::uint32_t days = message->retention_days();
  if (days > kMostRetentionDays) return damaged("service properties");
  if (days != 0) properties.retention_days = days;
  return properties;
}

}  // namespace

std::string encode(const ServiceProperties& properties) {
  records::ServiceProperties message;
  put(properties.logging, message.mutable_logging());
  put(properties.hour_metrics, message.mutable_hour_metrics());
  put(properties.minute_metrics, message.mutable_minute_metrics());
  message.set_default_version(properties.default_version.value_or(0));
  return message.SerializeAsString();
}

Result<ServiceProperties> decode_service_properties(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::ServiceProperties>(row, "service properties"));
  ServiceProperties properties;
  LAPIS_TRY(properties.logging, take(message.mutable_logging()));
  LAPIS_TRY(properties.hour_metrics, take(message.mutable_hour_metrics()));
  LAPIS_TRY(properties.minute_metrics, take(message.mutable_minute_metrics()));
  const std::uint32_t version = message.default_version();
  if (version == 0) return properties;
  if (version < kFirstVersion || version > kLastVersion) return damaged("service properties");
  properties.default_version = version;
  return properties;
}

}  // namespace lapis::blob
