// The row of an account's service properties.
#include <iterator>

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

template <class Texts>
void put_texts(const std::vector<std::string>& texts, Texts* out) {
  for (const std::string& text : texts) out->Add(std::string(text));
}

template <class Texts>
std::vector<std::string> take_texts(Texts* texts) {
  return {std::make_move_iterator(texts->begin()), std::make_move_iterator(texts->end())};
}

void put(const CorsRule& rule, records::CorsRule* message) {
  put_texts(rule.origins, message->mutable_origins());
  put_texts(rule.methods, message->mutable_methods());
  put_texts(rule.allowed_headers, message->mutable_allowed_headers());
  put_texts(rule.exposed_headers, message->mutable_exposed_headers());
  message->set_max_age_seconds(rule.max_age_seconds);
}

Result<CorsRule> take(records::CorsRule& message) {
  CorsRule rule;
  rule.origins = take_texts(message.mutable_origins());
  rule.methods = take_texts(message.mutable_methods());
  if (rule.origins.empty() || rule.methods.empty()) return damaged("service properties");
  rule.allowed_headers = take_texts(message.mutable_allowed_headers());
  rule.exposed_headers = take_texts(message.mutable_exposed_headers());
  rule.max_age_seconds = message.max_age_seconds();
  return rule;
}

void put(const StaticWebsite& website, records::StaticWebsite* message) {
  message->set_index_document(website.index_document);
  message->set_default_index_path(website.default_index_path);
  message->set_error_document(website.error_document);
}

StaticWebsite take(records::StaticWebsite* message) {
  return {std::move(*message->mutable_index_document()),
          std::move(*message->mutable_default_index_path()),
          std::move(*message->mutable_error_document())};
}

}  // namespace

std::string encode(const ServiceProperties& properties) {
  records::ServiceProperties message;
  put(properties.logging, message.mutable_logging());
  put(properties.hour_metrics, message.mutable_hour_metrics());
  put(properties.minute_metrics, message.mutable_minute_metrics());
  message.set_default_version(properties.default_version.value_or(0));
  for (const CorsRule& rule : properties.cors) put(rule, message.add_cors());
  message.set_delete_retention_days(properties.delete_retention.days.value_or(0));
  message.set_permanent_delete(properties.delete_retention.allow_permanent);
  if (properties.website) put(*properties.website, message.mutable_website());
  return message.SerializeAsString();
}

Result<ServiceProperties> decode_service_properties(std::string_view row) {
  LAPIS_TRY(auto message, parse_message<records::ServiceProperties>(row, "service properties"));
  ServiceProperties properties;
  LAPIS_TRY(properties.logging, take(message.mutable_logging()));
  LAPIS_TRY(properties.hour_metrics, take(message.mutable_hour_metrics()));
  LAPIS_TRY(properties.minute_metrics, take(message.mutable_minute_metrics()));
  for (records::CorsRule& rule : *message.mutable_cors()) {
    LAPIS_TRY(CorsRule taken, take(rule));
    properties.cors.push_back(std::move(taken));
  }
  DeleteRetention& retention = properties.delete_retention;
  if (message.delete_retention_days() > kMostRetentionDays) return damaged("service properties");
  if (message.delete_retention_days() != 0) retention.days = message.delete_retention_days();
  retention.allow_permanent = message.permanent_delete();
  if (message.has_website()) properties.website = take(message.mutable_website());
  const std::uint32_t version = message.default_version();
  if (version == 0) return properties;
  if (version < kFirstVersion || version > kLastVersion) return damaged("service properties");
  properties.default_version = version;
  return properties;
}

}  // namespace lapis::blob
