#include "azure/xml/service_properties_xml.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "azure/field_errors.h"
#include "azure/names.h"
#include "azure/xml/cors_xml.h"
#include "azure/xml/xml_document.h"
#include "azure/xml/xml_writer.h"
#include "lapis/base/number.h"

namespace lapis::azure {
namespace {

constexpr ServiceVersion kDefaultVersion{20110818};
constexpr ServiceVersion kPartial{
    20130815};  // Hour- and MinuteMetrics, Cors; parts may be left out
constexpr ServiceVersion kSoftDelete{20170729};
constexpr ServiceVersion kStaticWebsite{20180328};
constexpr std::uint64_t kMostRetentionDays = 365;
constexpr std::size_t kLongestPage = 255;  // bytes, of a website's pages

struct RootElement {
  std::string_view name;
  ServiceVersion since;
  ServiceVersion until = {99991231};  // not from this version on
};
constexpr RootElement kRootElements[] = {
    {"Logging", kOldestVersion},
    {"Metrics", kOldestVersion, kPartial},
    {"HourMetrics", kPartial},
    {"MinuteMetrics", kPartial},
    {"Cors", kPartial},
    {"DefaultServiceVersion", kDefaultVersion},
    {"DeleteRetentionPolicy", kSoftDelete},
    {"StaticWebsite", kStaticWebsite},
};

// Reads a document. The first element that is valid and asks for what is not built is kept: the
// document is refused for it, but only where nothing else is wrong with it.
class Reader {
 public:
  Reader(const XmlDocument& document, ServiceVersion version)
      : document_(document), root_(document.root()), version_(version) {}

  Result<blob::ServicePropertiesChange> read() {
    LAPIS_TRY_VOID(check_root());
    blob::ServicePropertiesChange change;
    LAPIS_TRY(change.logging, read_logging());
    const char* hours = version_ < kPartial ? "Metrics" : "HourMetrics";
    LAPIS_TRY(change.hour_metrics, read_metrics(hours));
    LAPIS_TRY(change.minute_metrics, read_metrics("MinuteMetrics"));
    LAPIS_TRY(change.cors, read_cors());
    LAPIS_TRY(change.default_version, read_default_version());
    LAPIS_TRY(change.delete_retention, read_soft_delete());
    LAPIS_TRY(change.website, read_website());
    if (!not_built_.empty()) return fail(xml_node_not_implemented(not_built_));
    return change;
  }

 private:
  Result<void> check_root() {
    LAPIS_TRY_VOID(document_.check_children(
        root_, {"Logging", "Metrics", "HourMetrics", "MinuteMetrics", "Cors",
                "DefaultServiceVersion", "DeleteRetentionPolicy", "StaticWebsite"}));
    for (const RootElement& element : kRootElements) {
      const bool known = element.since <= version_ && version_ < element.until;
      if (!known && root_.child(element.name.data())) {
        return fail(unsupported_xml_node(element.name));
      }
    }
    if (version_ >= kPartial) return {};
    LAPIS_TRY_VOID(required_child(root_, "Logging"));
    LAPIS_TRY_VOID(required_child(root_, "Metrics"));
    return {};
  }

  void refuse(bool asked, std::string_view element) {
    if (asked && not_built_.empty()) not_built_ = element;
  }

  // RetentionPolicy, or DeleteRetentionPolicy: for how many days, where it is enabled.
  Result<std::optional<std::uint32_t>> read_retention(pugi::xml_node policy) {
    LAPIS_TRY(const bool enabled, required_bool(policy, "Enabled"));
    if (!enabled) return std::nullopt;
    const pugi::xml_node node = policy.child("Days");
    if (!node) return document_.malformed(policy, "Days is missing.");
    LAPIS_TRY(const std::string text, required_text(policy, "Days"));
    const bool negative = text.starts_with('-');
    const auto days = parse_u64(std::string_view(text).substr(negative ? 1 : 0));
    if (!days) return fail(invalid_xml_node("Days", text, "It is no number."));
    if (negative || *days == 0 || *days > kMostRetentionDays) {
      return document_.malformed(node, "Days is not between 1 and 365.");
    }
    return static_cast<std::uint32_t>(*days);
  }

  Result<blob::AnalyticsProperties> read_analytics(
      pugi::xml_node node, std::initializer_list<std::string_view> versions) {
    blob::AnalyticsProperties analytics;
    LAPIS_TRY(analytics.version, required_text(node, "Version"));
    if (std::ranges::find(versions, analytics.version) == versions.end()) {
      return fail(invalid_xml_node("Version", analytics.version, "There is no such version."));
    }
    LAPIS_TRY(const pugi::xml_node policy, required_child(node, "RetentionPolicy"));
    LAPIS_TRY_VOID(document_.check_children(policy, {"Enabled", "Days"}));
    LAPIS_TRY(analytics.retention_days, read_retention(policy));
    return analytics;
  }

  Result<std::optional<blob::AnalyticsProperties>> read_logging() {
    const pugi::xml_node node = root_.child("Logging");
    if (!node) return std::nullopt;
    LAPIS_TRY_VOID(
        document_.check_children(node, {"Version", "Delete", "Read", "Write", "RetentionPolicy"}));
    LAPIS_TRY(auto analytics, read_analytics(node, {"1.0", "2.0"}));
    for (const char* operations : {"Delete", "Read", "Write"}) {
      LAPIS_TRY(const bool logged, required_bool(node, operations));
      refuse(logged, "Logging");
    }
    return analytics;
  }

  Result<std::optional<blob::AnalyticsProperties>> read_metrics(const char* name) {
    const pugi::xml_node node = root_.child(name);
    if (!node) return std::nullopt;
    LAPIS_TRY_VOID(
        document_.check_children(node, {"Version", "Enabled", "IncludeAPIs", "RetentionPolicy"}));
    LAPIS_TRY(auto analytics, read_analytics(node, {"1.0"}));
    LAPIS_TRY(const bool enabled, required_bool(node, "Enabled"));
    if (enabled || node.child("IncludeAPIs")) {
      LAPIS_TRY_VOID(required_bool(node, "IncludeAPIs"));
    }
    refuse(enabled, name);
    return analytics;
  }

  Result<std::optional<std::vector<blob::CorsRule>>> read_cors() {
    const pugi::xml_node node = root_.child("Cors");
    if (!node) return std::nullopt;
    return parse_cors_rules(document_, node);
  }

  // Empty: none from now on.
  Result<std::optional<std::optional<std::uint32_t>>> read_default_version() {
    using Change = std::optional<std::optional<std::uint32_t>>;
    if (!root_.child("DefaultServiceVersion")) return Change();
    LAPIS_TRY(const std::string text, required_text(root_, "DefaultServiceVersion"));
    if (text.empty()) return Change(std::in_place, std::nullopt);
    const auto version = parse_version(text);
    if (!version || *version < kOldestVersion || *version > kNewestVersion) {
      return fail(invalid_xml_node("DefaultServiceVersion", text, "There is no such version."));
    }
    return Change(std::in_place, version->date);
  }

  Result<std::optional<blob::DeleteRetention>> read_soft_delete() {
    const pugi::xml_node node = root_.child("DeleteRetentionPolicy");
    if (!node) return std::nullopt;
    LAPIS_TRY_VOID(document_.check_children(node, {"Enabled", "Days", "AllowPermanentDelete"}));
    blob::DeleteRetention retention;
    LAPIS_TRY(retention.days, read_retention(node));
    if (node.child("AllowPermanentDelete")) {
      LAPIS_TRY(retention.allow_permanent, required_bool(node, "AllowPermanentDelete"));
    }
    return retention;
  }

  // A page's name, or its path, which may begin with a slash; empty where it is left out.
  Result<std::string> read_page(pugi::xml_node website, const char* name, bool is_path) {
    if (!website.child(name)) return std::string();
    LAPIS_TRY(std::string text, required_text(website, name));
    if (text.size() > kLongestPage) return fail(invalid_xml_node(name, text, "It is too long."));
    if (text.empty()) return text;
    const std::string_view page = std::string_view(text).substr(is_path && text[0] == '/' ? 1 : 0);
    const bool is_name = !page.empty() && check_blob_name(page) && !page.ends_with('/');
    if (!is_name || (!is_path && page.find('/') != page.npos)) {
      return fail(invalid_xml_node(name, text, "It is no page."));
    }
    return text;
  }

  Result<std::optional<std::optional<blob::StaticWebsite>>> read_website() {
    using Change = std::optional<std::optional<blob::StaticWebsite>>;
    const pugi::xml_node node = root_.child("StaticWebsite");
    if (!node) return Change();
    LAPIS_TRY_VOID(document_.check_children(
        node, {"Enabled", "IndexDocument", "DefaultIndexDocumentPath", "ErrorDocument404Path"}));
    LAPIS_TRY(const bool enabled, required_bool(node, "Enabled"));
    blob::StaticWebsite website;
    LAPIS_TRY(website.index_document, read_page(node, "IndexDocument", false));
    LAPIS_TRY(website.default_index_path, read_page(node, "DefaultIndexDocumentPath", true));
    LAPIS_TRY(website.error_document, read_page(node, "ErrorDocument404Path", true));
    if (!website.index_document.empty() && !website.default_index_path.empty()) {
      return document_.malformed(node,
                                 "IndexDocument and DefaultIndexDocumentPath exclude another.");
    }
    if (!enabled) return Change(std::in_place, std::nullopt);
    return Change(std::in_place, std::move(website));
  }

  const XmlDocument& document_;
  const pugi::xml_node root_;
  const ServiceVersion version_;
  std::string_view not_built_;
};

void write_retention(XmlWriter& xml, const std::optional<std::uint32_t>& days) {
  xml.open("RetentionPolicy");
  xml.plain_element("Enabled", days ? "true" : "false");
  if (days) xml.element("Days", *days);
  xml.close("RetentionPolicy");
}

void write_soft_delete(XmlWriter& xml, const blob::DeleteRetention& retention) {
  xml.open("DeleteRetentionPolicy");
  xml.plain_element("Enabled", retention.days ? "true" : "false");
  if (retention.days) xml.element("Days", *retention.days);
  if (retention.allow_permanent) xml.plain_element("AllowPermanentDelete", "true");
  xml.close("DeleteRetentionPolicy");
}

void write_metrics(XmlWriter& xml, std::string_view name,
                   const blob::AnalyticsProperties& metrics) {
  xml.open(name);
  xml.element("Version", metrics.version);
  xml.plain_element("Enabled", "false");
  write_retention(xml, metrics.retention_days);
  xml.close(name);
}

void write_page(XmlWriter& xml, std::string_view name, const std::string& page) {
  if (!page.empty()) xml.element(name, page);
}

void write_website(XmlWriter& xml, const std::optional<blob::StaticWebsite>& website) {
  xml.open("StaticWebsite");
  xml.plain_element("Enabled", website ? "true" : "false");
  if (website) {
    write_page(xml, "IndexDocument", website->index_document);
    write_page(xml, "DefaultIndexDocumentPath", website->default_index_path);
    write_page(xml, "ErrorDocument404Path", website->error_document);
  }
  xml.close("StaticWebsite");
}

}  // namespace

Result<blob::ServicePropertiesChange> parse_service_properties(std::string_view xml,
                                                               ServiceVersion version) {
  LAPIS_TRY(const XmlDocument document, XmlDocument::parse(xml, "StorageServiceProperties"));
  return Reader(document, version).read();
}

std::string service_properties_xml(const blob::ServiceProperties& properties,
                                   ServiceVersion version) {
  std::string text;
  XmlWriter xml(text);
  xml.raw(kXmlPrologue);
  xml.open("StorageServiceProperties");
  xml.open("Logging");
  xml.element("Version", properties.logging.version);
  xml.raw("<Read>false</Read><Write>false</Write><Delete>false</Delete>");
  write_retention(xml, properties.logging.retention_days);
  xml.close("Logging");
  if (version < kPartial) {
    write_metrics(xml, "Metrics", properties.hour_metrics);
  } else {
    write_metrics(xml, "HourMetrics", properties.hour_metrics);
    write_metrics(xml, "MinuteMetrics", properties.minute_metrics);
    write_cors_rules(xml, properties.cors);
  }
  if (properties.default_version && version >= kDefaultVersion) {
    xml.plain_element("DefaultServiceVersion", ServiceVersion{*properties.default_version}.text());
  }
  if (version >= kSoftDelete) {
    write_soft_delete(xml, properties.delete_retention);
  }
  if (version >= kStaticWebsite) write_website(xml, properties.website);
  xml.close("StorageServiceProperties");
  return text;
}

}  // namespace lapis::azure
