#include "azure/xml/service_properties_xml.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;

constexpr ServiceVersion kNow{20211202};

std::string document(const std::string& content) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><StorageServiceProperties>" + content +
         "</StorageServiceProperties>";
}

std::string retention(const std::string& days = {}) {
  return "<RetentionPolicy><Enabled>" + std::string(days.empty() ? "false" : "true") +
         "</Enabled>" + (days.empty() ? "" : "<Days>" + days + "</Days>") + "</RetentionPolicy>";
}

std::string logging(const std::string& version = "1.0", const std::string& days = {}) {
  return "<Logging><Version>" + version +
         "</Version><Delete>false</Delete><Read>false</Read><Write>false</Write>" +
         retention(days) + "</Logging>";
}

std::string metrics(const std::string& name, const std::string& days = {}) {
  return "<" + name + "><Version>1.0</Version><Enabled>false</Enabled>" + retention(days) + "</" +
         name + ">";
}

std::string rule(const std::string& origins = "http://a", const std::string& methods = "GET,PUT",
                 const std::string& allowed = "x-ms-meta-*,x-a", const std::string& exposed = "",
                 const std::string& age = "200") {
  return "<CorsRule><AllowedOrigins>" + origins + "</AllowedOrigins><AllowedMethods>" + methods +
         "</AllowedMethods><AllowedHeaders>" + allowed + "</AllowedHeaders><ExposedHeaders>" +
         exposed + "</ExposedHeaders><MaxAgeInSeconds>" + age + "</MaxAgeInSeconds></CorsRule>";
}

std::string cors(const std::string& rules) { return "<Cors>" + rules + "</Cors>"; }

TEST(ParseServiceProperties, ReadsWhatIsGiven) {
  const auto change = parse_service_properties(
      document(logging("2.0", "365") + metrics("HourMetrics", "1") + metrics("MinuteMetrics") +
               "<Cors /><DefaultServiceVersion>2015-04-05</DefaultServiceVersion>"
               "<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>"
               "<StaticWebsite><Enabled>FALSE</Enabled></StaticWebsite>"),
      kNow);
  ASSERT_TRUE(change) << to_string(change.error());
  EXPECT_EQ(change->logging, (blob::AnalyticsProperties{"2.0", 365}));
  EXPECT_EQ(change->hour_metrics, (blob::AnalyticsProperties{"1.0", 1}));
  EXPECT_EQ(change->minute_metrics, (blob::AnalyticsProperties{"1.0", {}}));
  ASSERT_TRUE(change->default_version);
  EXPECT_EQ(*change->default_version, 20150405u);
}

TEST(ParseServiceProperties, SoftDeleteGoesBothWays) {
  struct Case {
    const char* xml;
    blob::DeleteRetention retention;
  };
  const Case cases[] = {
      {"<Enabled>true</Enabled><Days>7</Days>", {7, false}},
      {"<Enabled>true</Enabled><Days>365</Days><AllowPermanentDelete>true</AllowPermanentDelete>",
       {365, true}},
      {"<Enabled>false</Enabled>", {}},
      {"<Enabled>false</Enabled><AllowPermanentDelete>true</AllowPermanentDelete>", {{}, true}},
  };
  for (const Case& c : cases) {
    const std::string policy =
        "<DeleteRetentionPolicy>" + std::string(c.xml) + "</DeleteRetentionPolicy>";
    const auto change = parse_service_properties(document(policy), kNow);
    ASSERT_TRUE(change) << c.xml;
    ASSERT_TRUE(change->delete_retention);
    EXPECT_EQ(*change->delete_retention, c.retention);
    blob::ServiceProperties properties;
    properties.delete_retention = c.retention;
    EXPECT_NE(service_properties_xml(properties, kNow).find(policy), std::string::npos) << c.xml;
  }
}

TEST(ParseServiceProperties, LeavesOutWhatIsLeftOut) {
  const auto change = parse_service_properties(document(""), kNow);
  ASSERT_TRUE(change);
  EXPECT_FALSE(change->logging || change->hour_metrics || change->minute_metrics ||
               change->default_version);
}

TEST(ParseServiceProperties, EmptyDefaultVersionMeansNone) {
  const auto change = parse_service_properties(document("<DefaultServiceVersion />"), kNow);
  ASSERT_TRUE(change && change->default_version);
  EXPECT_FALSE(*change->default_version);
}

TEST(ParseServiceProperties, MetricsAreOneBefore20130815) {
  const ServiceVersion old{20120212};
  const auto change = parse_service_properties(document(logging() + metrics("Metrics", "7")), old);
  ASSERT_TRUE(change) << to_string(change.error());
  EXPECT_EQ(change->hour_metrics->retention_days, 7u);
  EXPECT_FALSE(change->minute_metrics);
}

struct Bad {
  const char* name;
  std::string content;
  ErrorCode code;
  std::string node;  // XmlNodeName, where the code has one
  ServiceVersion version = kNow;
};

class RefuseServiceProperties : public testing::TestWithParam<Bad> {};

TEST_P(RefuseServiceProperties, NamesTheElement) {
  const auto change = parse_service_properties(document(GetParam().content), GetParam().version);
  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().code, GetParam().code) << to_string(change.error());
  EXPECT_EQ(field_of(change.error(), "XmlNodeName"), GetParam().node);
  if (GetParam().code == ErrorCode::kInvalidXmlDocument) {
    EXPECT_NE(field_of(change.error(), "Reason"), "");
    EXPECT_EQ(field_of(change.error(), "LineNumber"), "1");
  }
}

std::string repeated(int count, const std::string& text, const std::string& separator = ",") {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i == 0 ? "" : separator) + text + std::to_string(i);
  return all;
}

const auto kDocument = ErrorCode::kInvalidXmlDocument;
const auto kValue = ErrorCode::kInvalidXmlNodeValue;
const auto kMissing = ErrorCode::kMissingRequiredXmlNode;
const auto kUnsupported = ErrorCode::kUnsupportedXmlNode;
const auto kNotBuilt = ErrorCode::kNotImplemented;

const Bad kBad[] = {
    {"UnknownRoot", "<Other />", kUnsupported, "Other"},
    {"TextInRoot", "text", kDocument, ""},
    {"NotClosed", "<Logging>", kDocument, ""},
    {"GivenTwice", "<DefaultServiceVersion /><DefaultServiceVersion />", kDocument, ""},
    {"EmptyLogging", "<Logging />", kMissing, "Version"},
    {"LoggingVersion", logging("3.0"), kValue, "Version"},
    {"NoDelete",
     "<Logging><Version>1.0</Version><Read>false</Read><Write>false</Write>" + retention() +
         "</Logging>",
     kMissing, "Delete"},
    {"NoRetention", "<Logging><Version>1.0</Version></Logging>", kMissing, "RetentionPolicy"},
    {"UnknownInLogging", "<Logging><Version>1.0</Version><Level /></Logging>", kUnsupported,
     "Level"},
    {"NoBoolean",
     "<HourMetrics><Version>1.0</Version><Enabled>maybe</Enabled>" + retention() + "</HourMetrics>",
     kValue, "Enabled"},
    {"MetricsWithoutApis",
     "<HourMetrics><Version>1.0</Version><Enabled>true</Enabled>" + retention() + "</HourMetrics>",
     kMissing, "IncludeAPIs"},
    {"NestedBoolean", "<StaticWebsite><Enabled><b>true</b></Enabled></StaticWebsite>", kValue,
     "Enabled"},
    {"NoDays", logging("1.0", "0"), kDocument, ""},
    {"NegativeDays", logging("1.0", "-1"), kDocument, ""},
    {"TooManyDays", metrics("MinuteMetrics", "366"), kDocument, ""},
    {"DaysNoNumber", metrics("MinuteMetrics", "x"), kValue, "Days"},
    {"DaysMissing", "<DeleteRetentionPolicy><Enabled>true</Enabled></DeleteRetentionPolicy>",
     kDocument, ""},
    {"DefaultVersionNoDate", "<DefaultServiceVersion>latest</DefaultServiceVersion>", kValue,
     "DefaultServiceVersion"},
    {"DefaultVersionTooOld", "<DefaultServiceVersion>2008-10-27</DefaultServiceVersion>", kValue,
     "DefaultServiceVersion"},
    {"DefaultVersionTooNew", "<DefaultServiceVersion>2031-01-01</DefaultServiceVersion>", kValue,
     "DefaultServiceVersion"},
    {"TwoIndexDocuments",
     "<StaticWebsite><Enabled>true</Enabled><IndexDocument>a</IndexDocument>"
     "<DefaultIndexDocumentPath>b</DefaultIndexDocumentPath></StaticWebsite>",
     kDocument, ""},

    {"HourMetricsTooEarly",
     logging() + metrics("Metrics") + metrics("HourMetrics"),
     kUnsupported,
     "HourMetrics",
     {20120212}},
    {"CorsTooEarly", logging() + metrics("Metrics") + "<Cors />", kUnsupported, "Cors", {20120212}},
    {"LoggingMissingBefore2013", metrics("Metrics"), kMissing, "Logging", {20120212}},
    {"MetricsMissingBefore2013", logging(), kMissing, "Metrics", {20120212}},
    {"MetricsTooLate", metrics("Metrics"), kUnsupported, "Metrics"},
    {"DefaultVersionTooEarly",
     logging() + metrics("Metrics") + "<DefaultServiceVersion>2011-08-18</DefaultServiceVersion>",
     kUnsupported,
     "DefaultServiceVersion",
     {20090919}},
    {"SoftDeleteTooEarly",
     "<DeleteRetentionPolicy />",
     kUnsupported,
     "DeleteRetentionPolicy",
     {20170417}},
    {"WebsiteTooEarly", "<StaticWebsite />", kUnsupported, "StaticWebsite", {20171109}},

    {"NoCorsRule", cors("<Rule />"), kUnsupported, "Rule"},
    {"SixRules", cors(rule() + rule() + rule() + rule() + rule() + rule()), kDocument, ""},
    {"RuleWithoutAge",
     cors("<CorsRule><AllowedOrigins>*</AllowedOrigins><AllowedMethods>GET</AllowedMethods>"
          "<AllowedHeaders /><ExposedHeaders /></CorsRule>"),
     kMissing, "MaxAgeInSeconds"},
    {"EmptyRule", cors("<CorsRule />"), kMissing, "AllowedOrigins"},
    {"NoOrigin", cors(rule("")), kValue, "AllowedOrigins"},
    {"AnyBesideOthers", cors(rule("http://a,*")), kValue, "AllowedOrigins"},
    {"EmptyOrigin", cors(rule("http://a,,http://b")), kValue, "AllowedOrigins"},
    {"SixtyFiveOrigins", cors(rule(repeated(65, "http://a"))), kValue, "AllowedOrigins"},
    {"LongOrigin", cors(rule(std::string(257, 'a'))), kValue, "AllowedOrigins"},
    {"NoMethod", cors(rule("*", "")), kValue, "AllowedMethods"},
    {"UnknownMethod", cors(rule("*", "GET,FETCH")), kValue, "AllowedMethods"},
    {"SixtyFiveHeaders", cors(rule("*", "GET", repeated(65, "x-"))), kValue, "AllowedHeaders"},
    {"ThreePrefixes", cors(rule("*", "GET", "", "a*,b*,c*")), kValue, "ExposedHeaders"},
    {"LongHeader", cors(rule("*", "GET", "", std::string(257, 'a'))), kValue, "ExposedHeaders"},
    {"NegativeAge", cors(rule("*", "GET", "", "", "-1")), kValue, "MaxAgeInSeconds"},
    {"HugeAge", cors(rule("*", "GET", "", "", "2147483648")), kValue, "MaxAgeInSeconds"},
    {"OverTwoKibibytes", cors(rule(repeated(9, std::string(250, 'a')))), kDocument, ""},

    {"ReadsLogged",
     "<Logging><Version>1.0</Version><Delete>false</Delete><Read>true</Read>"
     "<Write>false</Write>" +
         retention() + "</Logging>",
     kNotBuilt, "Logging"},
    {"MetricsEnabled",
     "<HourMetrics><Version>1.0</Version><Enabled>true</Enabled><IncludeAPIs>false</IncludeAPIs>" +
         retention() + "</HourMetrics>",
     kNotBuilt, "HourMetrics"},
    {"InvalidBeatsNotBuilt",
     "<HourMetrics><Version>1.0</Version><Enabled>true</Enabled><IncludeAPIs>false</IncludeAPIs>" +
         retention() + "</HourMetrics><StaticWebsite />",
     kMissing, "Enabled"},
};
INSTANTIATE_TEST_SUITE_P(Documents, RefuseServiceProperties, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ParseServiceProperties, CorsRulesGoBothWays) {
  const auto read = [](const std::string& inside) {
    return parse_service_properties(
        "<StorageServiceProperties>" + inside + "</StorageServiceProperties>", {20211202});
  };
  const auto rules = read(cors(
      rule("http://a, http://b", "DELETE,GET,HEAD,MERGE,POST,OPTIONS,PUT,PATCH", "*", "x-a*,ETag") +
      rule()));
  ASSERT_TRUE(rules) << to_string(rules.error());
  ASSERT_TRUE(rules->cors);
  ASSERT_EQ(rules->cors->size(), 2u);
  const blob::CorsRule& first = rules->cors->front();
  EXPECT_EQ(first.origins, (std::vector<std::string>{"http://a", "http://b"}));
  EXPECT_EQ(first.methods.size(), 8u);
  EXPECT_EQ(first.allowed_headers, std::vector<std::string>{"*"});
  EXPECT_EQ(first.exposed_headers, (std::vector<std::string>{"x-a*", "ETag"}));
  blob::ServiceProperties properties;
  properties.cors = *rules->cors;
  const auto again = parse_service_properties(service_properties_xml(properties, {20211202}),
                                              ServiceVersion{20211202});
  ASSERT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(again->cors, rules->cors);
  EXPECT_TRUE(read(
      cors(rule(repeated(64, "a"), "GET", repeated(64, "x-") + ",a*,b*", repeated(64, "x-")))));
  EXPECT_EQ(read("<Cors />")->cors, std::vector<blob::CorsRule>());
  EXPECT_EQ(read("")->cors, std::nullopt);
}

TEST(ParseServiceProperties, WebsitesGoBothWays) {
  const blob::StaticWebsite websites[] = {{},
                                          {"index.html", "", "/errors/404.html"},
                                          {"", "app/start.html", "404.html"},
                                          {"i", "", ""}};
  for (const blob::StaticWebsite& website : websites) {
    blob::ServiceProperties properties;
    properties.website = website;
    const std::string xml = service_properties_xml(properties, {20211202});
    const auto change = parse_service_properties(xml, ServiceVersion{20211202});
    ASSERT_TRUE(change) << to_string(change.error());
    ASSERT_TRUE(change->website);
    EXPECT_EQ(*change->website, website);
  }
  const auto off = parse_service_properties(
      "<StorageServiceProperties><StaticWebsite><Enabled>false</Enabled>"
      "<IndexDocument>i</IndexDocument></StaticWebsite></StorageServiceProperties>",
      kNow);
  ASSERT_TRUE(off) << to_string(off.error());
  ASSERT_TRUE(off->website);
  EXPECT_EQ(*off->website, std::nullopt);
}

TEST(ParseServiceProperties, RootHasItsName) {
  for (const std::string xml : {"", "<Other />", "<!DOCTYPE a><StorageServiceProperties />"}) {
    EXPECT_EQ(parse_service_properties(xml, kNow).error().code, kDocument) << xml;
  }
}

const std::string kProlog = "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>";
const std::string kOff = "<RetentionPolicy><Enabled>false</Enabled></RetentionPolicy>";

TEST(ServicePropertiesXml, ShowsWhatTheVersionKnows) {
  blob::ServiceProperties properties;
  properties.logging = {"2.0", 5};
  properties.hour_metrics.retention_days = 7;
  properties.default_version = 20150405;
  const std::string logged =
      "<Logging><Version>2.0</Version><Read>false</Read><Write>false</Write>"
      "<Delete>false</Delete><RetentionPolicy><Enabled>true</Enabled><Days>5</Days>"
      "</RetentionPolicy></Logging>";
  const std::string hours =
      "<Version>1.0</Version><Enabled>false</Enabled><RetentionPolicy><Enabled>true</Enabled>"
      "<Days>7</Days></RetentionPolicy>";
  const std::string three = logged + "<HourMetrics>" + hours +
                            "</HourMetrics><MinuteMetrics><Version>1.0</Version>"
                            "<Enabled>false</Enabled>" +
                            kOff + "</MinuteMetrics><Cors />";
  const std::string version = "<DefaultServiceVersion>2015-04-05</DefaultServiceVersion>";
  const std::string soft =
      "<DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>";
  const std::string web = "<StaticWebsite><Enabled>false</Enabled></StaticWebsite>";
  const std::pair<std::uint32_t, std::string> cases[] = {
      {20090919, logged + "<Metrics>" + hours + "</Metrics>"},
      {20110818, logged + "<Metrics>" + hours + "</Metrics>" + version},
      {20130815, three + version},
      {20170729, three + version + soft},
      {20180328, three + version + soft + web},
      {20261006, three + version + soft + web},
  };
  for (const auto& [date, content] : cases) {
    EXPECT_EQ(service_properties_xml(properties, {date}),
              kProlog + "<StorageServiceProperties>" + content + "</StorageServiceProperties>")
        << date;
  }
}

// Clients read, change one thing and send all of it back.
TEST(ServicePropertiesXml, CanBeSentBack) {
  blob::ServiceProperties properties;
  properties.logging = {"1.0", 5};
  properties.minute_metrics.retention_days = 365;
  for (const std::uint32_t date : {20110818u, 20130815u, 20170729u, 20211202u}) {
    const auto change =
        parse_service_properties(service_properties_xml(properties, {date}), {date});
    ASSERT_TRUE(change) << date << " " << to_string(change.error());
    EXPECT_EQ(change->logging, properties.logging) << date;
    EXPECT_EQ(change->hour_metrics, properties.hour_metrics) << date;
  }
}

}  // namespace
}  // namespace lapis::azure
