#include "lapis/azure/header_rules.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

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
                    "x-ms-immutability-policy-other", "x-ms-blob-public-access",
                    "x-ms-source-range", "x-ms-source-if-match", "x-ms-copy-source-authorization",
                    "x-ms-rename-source", "x-ms-properties", "x-ms-umask",
                    "x-ms-rehydrate-priority", "x-ms-access-tier-if-modified-since"));

// What tells the operations that copy apart; an upload of its own bytes is none of them.
enum Operation : std::size_t {
  kCopyBlob,
  kCopyFromUrl,
  kPutFromUrl,
  kBlockFromUrl,
  kPageFromUrl,
  kAppendFromUrl,
  kUpload,
  kCount
};
struct Request {
  const char* target;
  std::vector<test::Field> headers;
};
const test::Field kSource{"x-ms-copy-source", "http://x/y"};
const test::Field kTyped{"x-ms-blob-type", "BlockBlob"};
const Request kRequests[kCount] = {
    {"/acct/box/b", {kSource}},
    {"/acct/box/b", {kSource, {"x-ms-requires-sync", "True"}}},
    {"/acct/box/b", {kSource, kTyped}},
    {"/acct/box/b?comp=block", {kSource}},
    {"/acct/box/b?comp=page", {kSource}},
    {"/acct/box/b?comp=appendblock", {kSource}},
    {"/acct/box/b", {kTyped}},
};

bool passes(const Request& request, const std::string& name, const std::string& value,
            Error* error = nullptr) {
  http::Request sent = test::make_request("PUT", request.target);
  for (const test::Field& field : request.headers) sent.headers.add(field.name, field.value);
  sent.headers.add(name, value);
  sent.headers.add("x-ms-version", "2021-12-02");
  auto result = refuse_unsupported(make_call(std::move(sent)));
  if (!result && error != nullptr) *error = std::move(result).error();
  return result.has_value();
}

struct OfCopy {
  std::string name, value;
  std::set<Operation> takers;
};

TEST(RefuseUnsupported, LetsHeadersOfCopiesPassToWhatTakesThem) {
  const std::set<Operation> parts{kBlockFromUrl, kPageFromUrl, kAppendFromUrl};
  std::set<Operation> fetches{kCopyFromUrl, kPutFromUrl};
  fetches.insert(parts.begin(), parts.end());
  std::set<Operation> all{kCopyBlob};
  all.insert(fetches.begin(), fetches.end());
  const std::set<Operation> whole{kCopyBlob, kCopyFromUrl, kPutFromUrl};
  const OfCopy cases[] = {
      {"x-ms-copy-source-authorization", "Bearer x", all},
      {"x-ms-copy-source-blob-properties", "true", {kPutFromUrl}},
      {"x-ms-source-content-md5", "x", fetches},
      {"X-Ms-Source-Content-Crc64", "x", fetches},
      {"x-ms-source-if-match", "x", all},
      {"x-ms-source-if-none-match", "x", all},
      {"x-ms-source-if-modified-since", "x", all},
      {"x-ms-source-if-unmodified-since", "x", all},
      {"x-ms-source-range", "bytes=0-1", parts},
      {"x-ms-rehydrate-priority", "High", whole},
      {"x-ms-seal-blob", "true", {kCopyBlob}},
      {"x-ms-copy-source-tag-option", "REPLACE", all},
      {"x-ms-copy-source-tag-option", "COPY", {kCopyFromUrl, kPutFromUrl}},
      {"x-ms-source-if-tags", "x", {kCopyBlob, kPutFromUrl}},
      {"x-ms-source-encryption-key", "x", {}},
  };
  for (const OfCopy& c : cases) {
    for (std::size_t i = 0; i < kCount; ++i) {
      Error error{ErrorCode::kInternalError};
      const bool taken = c.takers.contains(static_cast<Operation>(i));
      ASSERT_EQ(passes(kRequests[i], c.name, c.value, &error), taken) << c.name << " by " << i;
      if (!taken) EXPECT_EQ(field_of(error, "HeaderName"), c.name);
      EXPECT_TRUE(passes(kRequests[i], c.name, "")) << "an empty " << c.name << " by " << i;
    }
    EXPECT_FALSE(passes({"/acct/box/b?comp=blocklist", {kSource}}, c.name, c.value)) << c.name;
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

// Whatever they promise is done or refused.
TEST(RefuseUnsupported, LetsProtectionPassToWhatTakesIt) {
  struct Case {
    const char* method;
    const char* target;
    bool policy, hold;
  };
  for (const Case& c : {
           Case{"PUT", "/acct/box/b", true, true},
           Case{"PUT", "/acct/box/b?comp=blocklist", true, true},
           Case{"PUT", "/acct/box/b?comp=immutabilityPolicies", true, false},
           Case{"PUT", "/acct/box/b?comp=legalhold", false, true},
           Case{"DELETE", "/acct/box/b?comp=immutabilityPolicies", false, false},
           Case{"PUT", "/acct/box/b?comp=block", false, false},
           Case{"PUT", "/acct/box/b?comp=appendblock", false, false},
           Case{"PUT", "/acct/box/b?comp=metadata", false, false},
           Case{"PUT", "/acct/box/b?comp=snapshot", false, false},
           Case{"PUT", "/acct/box/b?comp=incrementalcopy", false, false},
           Case{"GET", "/acct/box/b", false, false},
           Case{"DELETE", "/acct/box/b", false, false},
           Case{"PUT", "/acct/box?restype=container", false, false},
       }) {
    const auto passes = [&](const char* header, const char* version) {
      return refuse_unsupported(make_call(c.method, c.target, {{header, "x"}}, version))
          .has_value();
    };
    for (const char* header :
         {"x-ms-immutability-policy-until-date", "X-Ms-Immutability-Policy-Mode"}) {
      EXPECT_EQ(passes(header, "2020-06-12"), c.policy) << c.method << c.target;
    }
    EXPECT_EQ(passes("x-ms-legal-hold", "2020-06-12"), c.hold) << c.method << c.target;
  }
  const auto early = [](const char* header) {
    return refuse_unsupported(make_call("PUT", "/acct/box/b", {{header, "x"}}, "2020-04-08"));
  };
  EXPECT_EQ(field_of(early("x-ms-legal-hold").error(), "HeaderName"), "x-ms-legal-hold");
  EXPECT_FALSE(early("x-ms-immutability-policy-mode"));
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
TEST(RefuseUnsupported, LetsStatesBeNamedWhereTheyHaveWhatIsSet) {
  for (const char* comp : {"tier", "immutabilityPolicies", "legalhold"}) {
    for (const char* state : {"snapshot=x", "versionid=x"}) {
      const std::string target = std::string("/acct/box/b?comp=") + comp + "&" + state;
      EXPECT_TRUE(refuse_unsupported(make_call("PUT", target))) << target;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Queries, RefusedParameter, testing::ValuesIn(kParameters),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::azure
