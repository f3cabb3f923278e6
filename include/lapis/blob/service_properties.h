// What the owner of an account sets for its Blob service as a whole, as far as it can be in force
// here: a type holds only what Lapis does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lapis/blob/cors_rule.h"

namespace lapis::blob {

// What is kept of the logging or metrics of Storage Analytics, none of which is gathered.
struct AnalyticsProperties {
  std::string version = "1.0";
  std::optional<std::uint32_t> retention_days;  // 1 to 365; nothing: no retention policy
  friend bool operator==(const AnalyticsProperties&, const AnalyticsProperties&) = default;
};

// Soft delete of blobs: what it keeps, and for how long.
struct DeleteRetention {
  std::optional<std::uint32_t> days;  // 1 to 365; nothing: nothing is kept
  bool allow_permanent = false;       // what is kept may be deleted for good before
  friend bool operator==(const DeleteRetention&, const DeleteRetention&) = default;
};

// Where a website's pages are.
inline constexpr std::string_view kWebContainer = "$web";

// The account's website: the blobs of kWebContainer, served to anybody at an endpoint of its own.
struct StaticWebsite {
  std::string index_document;      // the page of each directory; empty: none
  std::string default_index_path;  // one page for all directories instead; empty: none
  std::string error_document;      // the page for what is not there; empty: none
  friend bool operator==(const StaticWebsite&, const StaticWebsite&) = default;
};

struct ServiceProperties {
  AnalyticsProperties logging;
  AnalyticsProperties hour_metrics;
  AnalyticsProperties minute_metrics;
  // The version of requests that name none, as yyyymmdd; nothing: the service's own rule.
  std::optional<std::uint32_t> default_version;
  std::vector<CorsRule> cors;  // the first that fits a request decides
  DeleteRetention delete_retention = {};
  std::optional<StaticWebsite> website;
  friend bool operator==(const ServiceProperties&, const ServiceProperties&) = default;
};

// What a request sets; what it leaves out stays as it is.
struct ServicePropertiesChange {
  std::optional<AnalyticsProperties> logging = {};
  std::optional<AnalyticsProperties> hour_metrics = {};
  std::optional<AnalyticsProperties> minute_metrics = {};
  std::optional<std::optional<std::uint32_t>> default_version = {};
  std::optional<std::vector<CorsRule>> cors = {};
  std::optional<DeleteRetention> delete_retention = {};
  std::optional<std::optional<StaticWebsite>> website = {};
};

}  // namespace lapis::blob
