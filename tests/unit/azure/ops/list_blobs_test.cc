#include "lapis/azure/ops/list_blobs.h"

#include <gtest/gtest.h>

#include <functional>

#include "azure/request/markers.h"
#include "lapis/base/date.h"
#include "lapis/base/url.h"
#include "support/azure_call.h"
#include "support/manual_clock.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_call;

const test::ManualClock kClock;
const blob::ServiceClock kTime(kClock, {});

test::OwnedCall list(const std::string& query, const std::string& version = "2021-12-02") {
  return make_call("GET", "/acct/box?restype=container&comp=list" + query, {}, version);
}

TEST(ParseListBlobs, ReadsEverything) {
  const std::string marker = encode_blob_marker({"dir/x", true});
  const auto query = parse_list_blobs(
      list("&prefix=dir%2F&delimiter=%2F&maxresults=7&include=metadata,uncommittedblobs&marker=" +
           percent_encode(marker)));
  ASSERT_TRUE(query) << to_string(query.error());
  EXPECT_EQ(query->request.key.container, "box");
  EXPECT_EQ(query->request.prefix, "dir/");
  EXPECT_EQ(query->request.delimiter, "/");
  EXPECT_EQ(query->request.max_results, 7u);
  EXPECT_EQ(query->request.start->name, "dir/x");
  EXPECT_TRUE(query->request.start->past_prefix);
  EXPECT_TRUE(query->request.include_uncommitted);
  EXPECT_TRUE(query->include_metadata);
}

TEST(ParseListBlobs, DefaultsToAFlatPageOf5000) {
  const auto query = parse_list_blobs(list(""));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->request.max_results, 5000u);
  EXPECT_FALSE(query->request.start);
  EXPECT_FALSE(query->request.include_uncommitted);
  EXPECT_FALSE(query->include_metadata);
  EXPECT_FALSE(query->prefix);
}

TEST(ParseListBlobs, ClampsAndToleratesEmptyValues) {
  EXPECT_EQ(parse_list_blobs(list("&maxresults=5001"))->request.max_results, 5000u);
  EXPECT_EQ(parse_list_blobs(list("&maxresults=4000000000"))->request.max_results, 5000u);
  const auto query = parse_list_blobs(list("&include=&marker=&maxresults=&delimiter=&prefix="));
  ASSERT_TRUE(query);
  EXPECT_FALSE(query->request.start);
  EXPECT_EQ(query->request.delimiter, "");
}

struct Bad {
  const char* name;
  std::string query;
  std::string version;
  ErrorCode code;
};

class RefuseListBlobs : public testing::TestWithParam<Bad> {};

TEST_P(RefuseListBlobs, Fails) {
  const auto query = parse_list_blobs(list(GetParam().query, GetParam().version));
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code, GetParam().code);
}

const auto kBadValue = ErrorCode::kInvalidQueryParameterValue;
const Bad kBad[] = {
    {"Permissions", "&include=permissions", "2021-12-02", kBadValue},
    {"UnknownInclude", "&include=metadata,everything", "2021-12-02", kBadValue},
    {"SpaceInInclude", "&include=metadata, copy", "2021-12-02", kBadValue},
    {"VersionsTooEarly", "&include=versions", "2019-07-07", kBadValue},
    {"TagsTooEarly", "&include=tags", "2019-07-07", kBadValue},
    {"DeletedTooEarly", "&include=deleted", "2017-04-17", kBadValue},
    {"CopyTooEarly", "&include=copy", "2011-08-18", kBadValue},
    {"HoldTooEarly", "&include=legalhold", "2020-04-08", kBadValue},
    {"SnapshotsWithDelimiter", "&include=snapshots&delimiter=%2F", "2021-12-02", kBadValue},
    {"ShowOnly", "&showonly=deleted", "2021-12-02", kBadValue},
    {"ShowOnlyFiles", "&showonly=files", "2020-08-04", kBadValue},
    {"EndBefore", "&endBefore=a", "2026-10-06", ErrorCode::kUnsupportedQueryParameter},
    {"NoResults", "&maxresults=0", "2021-12-02", ErrorCode::kOutOfRangeQueryParameterValue},
    {"NegativeResults", "&maxresults=-1", "2021-12-02", ErrorCode::kOutOfRangeQueryParameterValue},
    {"ResultsNoNumber", "&maxresults=many", "2021-12-02", kBadValue},
    {"MarkerIsAName", "&marker=dir%2Fx", "2021-12-02", ErrorCode::kOutOfRangeInput},
};
INSTANTIATE_TEST_SUITE_P(Queries, RefuseListBlobs, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

// The first version that knows each value, and that the one before it refuses it.
TEST(ParseListBlobs, IncludesByVersion) {
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"copy", "2012-02-12", "2011-08-18"},
      {"deleted", "2017-07-29", "2017-04-17"},
      {"tags", "2019-12-12", "2019-07-07"},
      {"versions", "2019-12-12", "2019-07-07"},
      {"immutabilitypolicy", "2020-06-12", "2020-04-08"},
      {"legalhold", "2020-06-12", "2020-04-08"},
      {"deletedwithversions", "2020-10-02", "2020-08-04"},
  };
  for (const auto& [value, since, before] : cases) {
    EXPECT_TRUE(parse_list_blobs(list("&include=metadata," + value, since))) << value;
    const auto early = parse_list_blobs(list("&include=metadata," + value, before));
    ASSERT_FALSE(early) << value;
    EXPECT_EQ(early.error().code, kBadValue) << value;
    EXPECT_EQ(field_of(early.error(), "QueryParameterName"), "include");
    EXPECT_EQ(field_of(early.error(), "QueryParameterValue"), "metadata," + value);
    EXPECT_EQ(field_of(early.error(), "Reason"), "Invalid query parameter value.");
  }
  for (const std::string value : {"metadata", "snapshots", "uncommittedblobs"}) {
    EXPECT_TRUE(parse_list_blobs(list("&include=" + value, "2009-09-19"))) << value;
  }
}

TEST(ParseListBlobs, StartsFromANameSince20260206) {
  const auto query = parse_list_blobs(list("&startFrom=dir%2Fx&delimiter=%2F", "2026-02-06"));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->request.start_from, "dir/x");
  EXPECT_EQ(query->start_from, "dir/x");
  const auto older = parse_list_blobs(list("&startFrom=dir%2Fx", "2025-11-05"));
  ASSERT_TRUE(older);
  EXPECT_EQ(older->request.start_from, "");
  EXPECT_FALSE(older->start_from);
}

TEST(ParseListBlobs, PassesOverParametersThatTheVersionDoesNotKnow) {
  EXPECT_TRUE(parse_list_blobs(list("&showonly=deleted", "2020-06-12")));
  EXPECT_TRUE(parse_list_blobs(list("&endBefore=a", "2026-06-06")));
}

TEST(ParseListBlobs, SaysWhatIsWrong) {
  const auto include = parse_list_blobs(list("&include=permissions"));
  EXPECT_EQ(field_of(include.error(), "QueryParameterName"), "include");
  EXPECT_EQ(field_of(include.error(), "QueryParameterValue"), "permissions");
  EXPECT_EQ(field_of(include.error(), "Reason"), "Invalid query parameter value.");
  const auto results = parse_list_blobs(list("&maxresults=0"));
  EXPECT_EQ(field_of(results.error(), "MinimumAllowed"), "1");
  EXPECT_EQ(field_of(results.error(), "MaximumAllowed"), "5000");
}

TEST(ParseListBlobs, SaysWhatIsIncluded) {
  const auto all =
      parse_list_blobs(list("&include=snapshots,copy,deleted,tags,versions,"
                            "deletedwithversions,immutabilitypolicy,legalhold"));
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->include_immutability && all->include_legal_hold);
  const auto one = parse_list_blobs(list("&include=legalhold"));
  EXPECT_TRUE(one->include_legal_hold);
  EXPECT_FALSE(one->include_immutability);
}

blob::BlobProperties sample() {
  blob::BlobProperties properties;
  properties.etag = {0x8D0000000000001};
  properties.created = *parse_iso8601("2020-01-02T03:04:05Z");
  properties.last_modified = *parse_iso8601("2021-01-02T03:04:05Z");
  properties.content_length = 100;
  properties.http.content_type = "text/plain";
  properties.http.content_md5 = Md5Digest{};
  properties.metadata = {{"Key", "a&b"}};
  return properties;
}

std::string page(const Call& call, const std::function<void(ListBlobsWriter&)>& write,
                 const blob::ListBlobsResult& result = {}) {
  const auto query = parse_list_blobs(call);
  EXPECT_TRUE(query);
  ListBlobsWriter writer(call, *query, kTime);
  write(writer);
  const auto response = std::move(writer).finish(result).value();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/xml");
  return std::get<std::string>(response.body);
}

const std::string kProlog = "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>";
const std::string kRoot =
    "<EnumerationResults ServiceEndpoint=\"http://127.0.0.1:10000/acct/\" ContainerName=\"box\">";

TEST(ListBlobsWriter, WritesAnEmptyPage) {
  EXPECT_EQ(page(list(""), [](ListBlobsWriter&) {}),
            kProlog + kRoot + "<Blobs /><NextMarker /></EnumerationResults>");
}

TEST(ListBlobsWriter, EchoesWhatWasAskedInAzuresOrder) {
  const std::string marker = encode_blob_marker({"p/x", false});
  const std::string query = "&delimiter=%2F&maxresults=3&startFrom=p%26&prefix=p&marker=";
  EXPECT_EQ(page(list(query + percent_encode(marker), "2026-02-06"), [](ListBlobsWriter&) {}),
            kProlog + kRoot + "<Prefix>p</Prefix><Marker>" + marker +
                "</Marker><StartFrom>p&amp;</StartFrom><MaxResults>3</MaxResults>"
                "<Delimiter>/</Delimiter><Blobs /><NextMarker /></EnumerationResults>");
}

TEST(ListBlobsWriter, WritesABlobInAzuresOrder) {
  EXPECT_EQ(page(list("&include=metadata"),
                 [](ListBlobsWriter& writer) { writer.blob("a/b.txt", sample()); }),
            kProlog + kRoot +
                "<Blobs><Blob><Name>a/b.txt</Name><Properties>"
                "<Creation-Time>Thu, 02 Jan 2020 03:04:05 GMT</Creation-Time>"
                "<Last-Modified>Sat, 02 Jan 2021 03:04:05 GMT</Last-Modified>"
                "<Etag>0x8D0000000000001</Etag><Content-Length>100</Content-Length>"
                "<Content-Type>text/plain</Content-Type><Content-Encoding /><Content-Language />"
                "<Content-CRC64 /><Content-MD5>AAAAAAAAAAAAAAAAAAAAAA==</Content-MD5>"
                "<Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType>"
                "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>"
                "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
                "<ServerEncrypted>false</ServerEncrypted></Properties>"
                "<Metadata><Key>a&amp;b</Key></Metadata><OrMetadata /></Blob></Blobs>"
                "<NextMarker /></EnumerationResults>");
}

TEST(ListBlobsWriter, TellsPastStatesApart) {
  const Timestamp time = *parse_iso8601("2021-01-03T00:00:00.0000001Z");
  const blob::Deletion deletion{*parse_iso8601("2021-01-04T00:00:00Z"),
                                kTime.now() + std::chrono::hours(24 * 6 - 1)};
  blob::BlobProperties current = sample();
  current.version = current.last_past = time;
  blob::BlobProperties previous = sample();
  previous.version = time;
  blob::BlobProperties deleted_version = previous;
  deleted_version.deletion = deletion;
  blob::BlobProperties deleted_snapshot = sample();
  deleted_snapshot.snapshot = time;
  deleted_snapshot.deletion = deletion;
  blob::BlobProperties deleted = sample();
  deleted.deletion = deletion;
  const std::string id = "<VersionId>2021-01-03T00:00:00.0000001Z</VersionId>";
  const std::string lease = "<LeaseStatus>";
  const std::string kept =
      "<DeletedTime>Mon, 04 Jan 2021 00:00:00 GMT</DeletedTime>"
      "<RemainingRetentionDays>6</RemainingRetentionDays>";
  struct Case {
    const blob::BlobProperties& properties;
    std::string after_name;
    bool has_lease;
  };
  const Case cases[] = {
      {current, id + "<IsCurrentVersion>true</IsCurrentVersion><Properties>", true},
      {previous, id + "<Properties>", false},
      {deleted_version, id + "<Deleted>true</Deleted><Properties>", false},
      {deleted_snapshot,
       "<Snapshot>2021-01-03T00:00:00.0000001Z</Snapshot><Deleted>true</Deleted><Properties>",
       false},
      {deleted, "<Deleted>true</Deleted><Properties>", false},
  };
  for (const Case& c : cases) {
    const std::string text =
        page(list(""), [&](ListBlobsWriter& writer) { writer.blob("b", c.properties); });
    EXPECT_NE(text.find("<Blob><Name>b</Name>" + c.after_name), std::string::npos) << text;
    EXPECT_EQ(text.find(lease) != std::string::npos, c.has_lease) << text;
    EXPECT_EQ(text.find(kept) != std::string::npos, c.properties.deletion.has_value()) << text;
    const std::string old = page(list("", "2019-07-07"),
                                 [&](ListBlobsWriter& writer) { writer.blob("b", c.properties); });
    EXPECT_EQ(old.find("VersionId"), std::string::npos);
  }
  const std::string text =
      page(list(""), [&](ListBlobsWriter& writer) { writer.versions_only("b", sample()); });
  EXPECT_NE(text.find("<Name>b</Name><HasVersionsOnly>true</HasVersionsOnly><Properties>"),
            std::string::npos)
      << text;
}

TEST(ListBlobsWriter, TimeOfLastAccessIsToldSince20200210) {
  blob::BlobProperties accessed = sample();
  accessed.last_access = *parse_iso8601("2022-01-02T03:04:05.6Z");
  const std::string element =
      "<Content-Disposition /><LastAccessTime>Sun, 02 Jan 2022 03:04:05 GMT</LastAccessTime>"
      "<BlobType>";
  for (const auto& [version, knows] : {std::pair{"2019-12-12", false}, {"2020-02-10", true}}) {
    const std::string text = page(list("", version), [&](ListBlobsWriter& writer) {
      writer.blob("a", accessed);
      writer.blob("b", sample());
    });
    const auto at = text.find(element);
    EXPECT_EQ(at != std::string::npos, knows) << text;
    EXPECT_EQ(text.find("LastAccessTime", at + element.size()), std::string::npos) << text;
  }
}

TEST(ListBlobsWriter, WritesOldVersionsAsTheyWere) {
  EXPECT_EQ(
      page(list("", "2009-09-19"), [](ListBlobsWriter& writer) { writer.blob("a b", sample()); }),
      kProlog +
          "<EnumerationResults ContainerName=\"http://127.0.0.1:10000/acct/box\"><Blobs><Blob>"
          "<Name>a b</Name><Url>http://127.0.0.1:10000/acct/box/a%20b</Url><Properties>"
          "<Last-Modified>Sat, 02 Jan 2021 03:04:05 GMT</Last-Modified>"
          "<Etag>0x8D0000000000001</Etag><Content-Length>100</Content-Length>"
          "<Content-Type>text/plain</Content-Type><Content-Encoding /><Content-Language />"
          "<Content-MD5>AAAAAAAAAAAAAAAAAAAAAA==</Content-MD5><Cache-Control />"
          "<BlobType>BlockBlob</BlobType><LeaseStatus>unlocked</LeaseStatus></Properties>"
          "</Blob></Blobs><NextMarker /></EnumerationResults>");
}

TEST(ListBlobsWriter, WritesPrefixesAndUncommittedBlobs) {
  const std::string text = page(list("&include=uncommittedblobs"), [](ListBlobsWriter& writer) {
    writer.prefix("dir\xEF\xBF\xBF/");
    writer.uncommitted("new");
  });
  EXPECT_NE(text.find("<Blobs><BlobPrefix><Name Encoded=\"true\">dir%EF%BF%BF%2F</Name>"
                      "</BlobPrefix><Blob><Name>new</Name><Properties>"
                      "<Content-Length>0</Content-Length><BlobType>BlockBlob</BlobType>"
                      "<AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>"
                      "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
                      "<ServerEncrypted>false</ServerEncrypted></Properties></Blob></Blobs>"),
            std::string::npos)
      << text;
}

TEST(ListBlobsWriter, EchoesWhatWasGivenInOrder) {
  const std::string marker = encode_blob_marker({"a", false});
  const std::string text =
      page(list("&delimiter=%2F&maxresults=9999&marker=" + percent_encode(marker) + "&prefix=%01"),
           [](ListBlobsWriter&) {});
  EXPECT_EQ(text, kProlog + kRoot + "<Prefix Encoded=\"true\">%01</Prefix><Marker>" + marker +
                      "</Marker><MaxResults>5000</MaxResults><Delimiter>/</Delimiter><Blobs />"
                      "<NextMarker /></EnumerationResults>");
}

TEST(ListBlobsWriter, NextMarkerLeadsOn) {
  const std::string text = page(list(""), [](ListBlobsWriter&) {}, {blob::ListPosition{"q", true}});
  const auto start = text.find("<NextMarker>") + 12;
  const auto position = decode_blob_marker(text.substr(start, text.find("</NextMarker>") - start));
  ASSERT_TRUE(position);
  EXPECT_EQ(position->name, "q");
  EXPECT_TRUE(position->past_prefix);
}

TEST(ListBlobsWriter, MetadataIsWrittenOnlyWhereAskedFor) {
  const auto write = [](ListBlobsWriter& writer) {
    blob::BlobProperties properties = sample();
    writer.blob("a", properties);
    properties.metadata.clear();
    writer.blob("b", properties);
  };
  EXPECT_EQ(page(list(""), write).find("Metadata>"), std::string::npos);
  EXPECT_NE(page(list("&include=metadata"), write).find("<Metadata /><OrMetadata />"),
            std::string::npos);
}

TEST(ListBlobsWriter, TellsOfLeases) {
  blob::BlobProperties leased = sample();
  leased.lease = blob::Lease{blob::LeaseId::make(), std::chrono::seconds(15),
                             kTime.now() + std::chrono::seconds(1), std::nullopt};
  const auto write = [&](ListBlobsWriter& writer) { writer.blob("b", leased); };
  const std::string status = "<LeaseStatus>locked</LeaseStatus>";
  EXPECT_NE(page(list(""), write)
                .find(status + "<LeaseState>leased</LeaseState>"
                               "<LeaseDuration>fixed</LeaseDuration>"),
            std::string::npos);
  const std::string old = page(list("", "2009-09-19"), write);
  EXPECT_NE(old.find(status), std::string::npos);
  EXPECT_EQ(old.find("LeaseState"), std::string::npos);
}

// Directly after ServerEncrypted, as Azure writes them.
TEST(ListBlobsWriter, TellsWhatProtectsABlobWhereAsked) {
  const std::string policy =
      "<ImmutabilityPolicyUntilDate>Sun, 03 Jan 2021 00:00:00 GMT</ImmutabilityPolicyUntilDate>"
      "<ImmutabilityPolicyMode>locked</ImmutabilityPolicyMode>";
  const std::string hold = "<LegalHold>true</LegalHold>";
  blob::BlobProperties both = sample();
  both.immutability = blob::ImmutabilityPolicy{*parse_iso8601("2021-01-03T00:00:00Z"), true};
  both.legal_hold = true;
  both.tags = {{"k", "v"}};
  struct Case {
    std::string query;
    const blob::BlobProperties& properties;
    std::string shown;
  };
  blob::BlobProperties neither = sample();
  neither.tags = both.tags;
  for (const Case& c : {Case{"", both, ""},
                        {"&include=immutabilitypolicy", both, policy},
                        {"&include=legalhold", both, hold},
                        {"&include=legalhold,immutabilitypolicy", both, policy + hold},
                        {"&include=legalhold,immutabilitypolicy", neither, ""}}) {
    const std::string text =
        page(list(c.query), [&](ListBlobsWriter& writer) { writer.blob("b", c.properties); });
    EXPECT_NE(text.find("<ServerEncrypted>false</ServerEncrypted>" + c.shown + "<TagCount>"),
              std::string::npos)
        << text;
  }
}

TEST(ListBlobsWriter, DatesFollowTheirBlobs) {
  const std::string text = page(list(""), [](ListBlobsWriter& writer) {
    blob::BlobProperties properties = sample();
    for (int i = 0; i < 3; ++i) {
      properties.last_modified += std::chrono::milliseconds(500);
      writer.blob("a", properties);
    }
  });
  EXPECT_NE(text.find("03:04:05 GMT</Last-Modified>"), std::string::npos);
  EXPECT_NE(text.find("03:04:06 GMT</Last-Modified>"), std::string::npos);
}

}  // namespace
}  // namespace lapis::azure
