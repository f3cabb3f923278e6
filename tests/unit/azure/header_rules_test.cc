#include "lapis/azure/header_rules.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_call;

class RefusedHeader : public testing::TestWithParam<std::string> {};

TEST_P(RefusedHeader, IsNamed) {
  const auto result = refuse_unsupported(make_call("PUT", "/acct/box/b", {{GetParam(), "true"}}));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupportedHeader);
  EXPECT_EQ(field_of(result.error(), "HeaderName"), GetParam());
}

TEST_P(RefusedHeader, IsUnsetWhereEmpty) {
  EXPECT_TRUE(refuse_unsupported(make_call("PUT", "/acct/box/b", {{GetParam(), ""}})));
}

INSTANTIATE_TEST_SUITE_P(
    Names, RefusedHeader,
    testing::Values("x-ms-encryption-key", "x-ms-encryption-key-sha256",
                    "x-ms-encryption-algorithm", "X-Ms-Encryption-Scope",
                    "x-ms-default-encryption-scope", "x-ms-deny-encryption-scope-override",
                    "x-ms-immutability-policy-until-date", "x-ms-immutability-policy-mode",
                    "x-ms-legal-hold", "x-ms-blob-public-access", "x-ms-source-range",
                    "x-ms-source-if-match", "x-ms-copy-source-authorization", "x-ms-rename-source",
                    "x-ms-properties", "x-ms-umask", "x-ms-rehydrate-priority",
                    "x-ms-access-tier-if-modified-since"));

struct OfCopy {
  std::string name, value;
  bool whole, part;  // of what becomes a blob, of what becomes a block
};

TEST(RefuseUnsupported, LetsHeadersOfCopiesPassWhereOneIsMade) {
  const OfCopy cases[] = {
      {"x-ms-copy-source-authorization", "Bearer x", true, true},
      {"x-ms-copy-source-blob-properties", "true", true, true},
      {"x-ms-source-content-md5", "x", true, true},
      {"x-ms-source-content-crc64", "x", true, true},
      {"x-ms-source-if-match", "x", true, true},
      {"x-ms-source-if-none-match", "x", true, true},
      {"x-ms-source-if-modified-since", "x", true, true},
      {"x-ms-source-if-unmodified-since", "x", true, true},
      {"x-ms-source-range", "bytes=0-1", false, true},
      {"x-ms-copy-source-tag-option", "REPLACE", true, true},
      {"x-ms-copy-source-tag-option", "COPY", false, false},
      {"x-ms-source-if-tags", "x", false, false},
      {"x-ms-source-encryption-key", "x", false, false},
  };
  for (const OfCopy& c : cases) {
    const test::Field source{"x-ms-copy-source", "http://x/y"};
    const test::Field header{c.name, c.value};
    const auto passes = [&](const std::string& target, bool copies) {
      const auto call =
          copies ? make_call("PUT", target, {source, header}) : make_call("PUT", target, {header});
      return refuse_unsupported(call).has_value();
    };
    EXPECT_EQ(passes("/acct/box/b", true), c.whole) << c.name << c.value;
    EXPECT_EQ(passes("/acct/box/b?comp=block", true), c.part) << c.name << c.value;
    EXPECT_FALSE(passes("/acct/box/b", false)) << c.name;
    EXPECT_FALSE(passes("/acct/box/b?comp=blocklist", true)) << c.name;
  }
}

TEST(RefuseUnsupported, LetsHeadersOfAppendBlobsPassToWhatTakesThem) {
  struct Case {
    const char* comp;
    bool position, max_size, structured, seal;
  };
  for (const Case& c : {
           Case{"appendblock", true, true, true, false},
           Case{"seal", true, false, false, false},
           Case{"block", false, false, true, false},
           Case{"blocklist", false, false, false, false},
           Case{"", false, false, true, false},
       }) {
    const auto passes = [&](const char* header) {
      const std::string target = "/acct/box/b?comp=" + std::string(c.comp);
      return refuse_unsupported(make_call("PUT", target, {{header, "1"}})).has_value();
    };
    EXPECT_EQ(passes("x-ms-blob-condition-appendpos"), c.position) << c.comp;
    EXPECT_EQ(passes("x-ms-blob-condition-maxsize"), c.max_size) << c.comp;
    EXPECT_EQ(passes("x-ms-structured-body"), c.structured) << c.comp;
    EXPECT_EQ(passes("x-ms-seal-blob"), c.seal) << c.comp;
  }
}

// Of the copies it is Copy Blob's alone.
TEST(RefuseUnsupported, LetsASealPassWhereAnAppendBlobIsCopied) {
  const auto passes = [](const char* target, const test::Field& more) {
    return refuse_unsupported(
               make_call("PUT", target,
                         {{"x-ms-copy-source", "http://x/y"}, {"x-ms-seal-blob", "true"}, more}))
        .has_value();
  };
  const test::Field nothing{"x-ms-date", "d"};
  EXPECT_TRUE(passes("/acct/box/b", nothing));
  EXPECT_FALSE(passes("/acct/box/b", {"x-ms-requires-sync", "true"}));
  EXPECT_FALSE(passes("/acct/box/b", {"x-ms-blob-type", "BlockBlob"}));
  EXPECT_FALSE(passes("/acct/box/b?comp=block", nothing));
  EXPECT_FALSE(passes("/acct/box/b?comp=appendblock", nothing));
}

TEST(RefuseUnsupported, LetsTagsPassToWhatTakesThem) {
  struct Case {
    const char* method;
    const char* target;
    bool tags, condition;
  };
  for (const Case& c : {
           Case{"PUT", "/acct/box/b", true, true},
           Case{"PUT", "/acct/box/b?comp=blocklist", true, true},
           Case{"GET", "/acct/box/b", false, true},
           Case{"PUT", "/acct/box/b?comp=metadata", false, true},
           Case{"PUT", "/acct/box/b?comp=tags", false, true},
           Case{"PUT", "/acct/box/b?comp=lease", false, true},
           Case{"PUT", "/acct/box/b?comp=block", false, false},
           Case{"PUT", "/acct/box?restype=container", false, false},
           Case{"GET", "/acct/?comp=list", false, false},
       }) {
    const auto passes = [&](const char* header, const std::string& version) {
      return refuse_unsupported(make_call(c.method, c.target, {{header, "a=b"}}, version))
          .has_value();
    };
    EXPECT_EQ(passes("x-ms-tags", "2021-12-02"), c.tags) << c.method << c.target;
    EXPECT_EQ(passes("x-ms-if-tags", "2021-12-02"), c.condition) << c.method << c.target;
    EXPECT_FALSE(passes("x-ms-tags", "2019-07-07")) << c.target;
    EXPECT_FALSE(passes("x-ms-if-tags", "2019-07-07")) << c.target;
  }
}

TEST(RefuseUnsupported, LetsOrdinaryHeadersPass) {
  EXPECT_TRUE(refuse_unsupported(make_call("PUT", "/acct/box/b?timeout=31536001",
                                           {{"x-ms-client-request-id", "a"},
                                            {"x-ms-date", "d"},
                                            {"x-ms-blob-type", "BlockBlob"},
                                            {"x-ms-meta-tags", "a"},
                                            {"x-ms-lease-id", "a"},
                                            {"commandname", "x"},
                                            {"x-ms-command-name", "x"},
                                            {"x-ms-range-get-content-md5", "true"},
                                            {"x-ms-blob-cache-control", ""}})));
}

TEST(RefuseUnsupported, LetsAHeaderPassToItsOneOperation) {
  struct Case {
    std::string header, comp;
  };
  const Case cases[] = {{"x-ms-rehydrate-priority", "tier"},
                        {"x-ms-blob-content-length", "properties"},
                        {"x-ms-blob-sequence-number", "Properties"}};
  for (const Case& c : cases) {
    EXPECT_TRUE(
        refuse_unsupported(make_call("PUT", "/acct/box/b?comp=" + c.comp, {{c.header, "1"}})));
    EXPECT_FALSE(
        refuse_unsupported(make_call("PUT", "/acct/box/b?comp=metadata", {{c.header, "1"}})));
  }
}

TEST(RefuseUnsupported, LetsPageBlobsHaveALengthAndANumber) {
  for (const std::string name : {"x-ms-blob-content-length", "x-ms-blob-sequence-number"}) {
    const auto passes = [&](const std::string& type) {
      return refuse_unsupported(
                 make_call("PUT", "/acct/box/b", {{"x-ms-blob-type", type}, {name, "512"}}))
          .has_value();
    };
    EXPECT_TRUE(passes("PageBlob")) << name;
    EXPECT_FALSE(passes("BlockBlob")) << name;
  }
  const auto on = [](const std::string& query) {
    return refuse_unsupported(
               make_call("PUT", "/acct/box/b?" + query, {{"x-ms-if-sequence-number-le", "1"}}))
        .has_value();
  };
  EXPECT_TRUE(on("comp=page"));
  EXPECT_FALSE(on("comp=block"));
}

TEST(RefuseUnsupported, APartIsNotTakenForTheWhole) {
  const auto call = [](const char* method) {
    return make_call(method, "/acct/box/b", {{"Content-Range", "bytes 5-9/10"}});
  };
  const auto result = refuse_unsupported(call("PUT"));
  ASSERT_FALSE(result);
  EXPECT_EQ(field_of(result.error(), "HeaderName"), "Content-Range");
  EXPECT_TRUE(refuse_unsupported(call("GET")));
}

struct Parameter {
  const char* name;
  std::string method, query;
  ErrorCode code;
};

class RefusedParameter : public testing::TestWithParam<Parameter> {};

TEST_P(RefusedParameter, Fails) {
  const auto result =
      refuse_unsupported(make_call(GetParam().method, "/acct/box/b?" + GetParam().query));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, GetParam().code);
  EXPECT_FALSE(field_of(result.error(), "QueryParameterName").empty());
}

const Parameter kParameters[] = {
    {"SnapshotOnWrite", "PUT", "snapshot=x", ErrorCode::kInvalidQueryParameterValue},
    {"VersionOnWrite", "PUT", "versionid=x", ErrorCode::kInvalidQueryParameterValue},
    {"VersionOnMetadata", "PUT", "comp=metadata&versionid=x",
     ErrorCode::kInvalidQueryParameterValue},
    {"SnapshotOnTags", "PUT", "comp=tags&snapshot=x", ErrorCode::kInvalidQueryParameterValue},
};
INSTANTIATE_TEST_SUITE_P(Queries, RefusedParameter, testing::ValuesIn(kParameters),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::azure
