#include "azure/signing/shared_key_string.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;
using test::make_request;

std::string full(const Call& call, SigningVariant variant = {}) {
  return shared_key_string(call, SharedKeyScheme::kFull, variant);
}

// The worked example of "Authorize with Shared Key".
TEST(SharedKeyString, MatchesTheDocumentedExample) {
  const auto call = make_call(
      make_request("GET", "/mycontainer?restype=container&comp=metadata&timeout=20",
                   {{"x-ms-version", "2015-02-21"}, {"x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"}},
                   "myaccount.blob.core.windows.net"));
  EXPECT_EQ(full(call),
            "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n"
            "x-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\nrestype:container\n"
            "timeout:20");
}

// The worked example of SharedKeyLite on the same page.
TEST(SharedKeyString, MatchesTheDocumentedLiteExample) {
  const auto call = make_call(make_request("PUT", "/mycontainer/hello.txt",
                                           {{"x-ms-version", "2009-09-19"},
                                            {"x-ms-date", "Sun, 20 Sep 2009 20:36:40 GMT"},
                                            {"x-ms-meta-m1", "v1"},
                                            {"x-ms-meta-m2", "v2"},
                                            {"Content-Type", "text/plain; charset=UTF-8"}},
                                           "testaccount1.blob.core.windows.net"));
  EXPECT_EQ(shared_key_string(call, SharedKeyScheme::kLite, {}),
            "PUT\n\ntext/plain; charset=UTF-8\n\nx-ms-date:Sun, 20 Sep 2009 20:36:40 GMT\n"
            "x-ms-meta-m1:v1\nx-ms-meta-m2:v2\nx-ms-version:2009-09-19\n"
            "/testaccount1/mycontainer/hello.txt");
}

TEST(SharedKeyString, LiteSignsCompOnly) {
  const auto call = make_call("PUT", "/acct/box/b?comp=block&blockid=AA%3D%3D");
  EXPECT_TRUE(shared_key_string(call, SharedKeyScheme::kLite, {})
                  .ends_with("\n/acct/acct/box/b?comp=block"));
}

TEST(SharedKeyString, HasEveryStandardHeaderInItsLine) {
  const auto call = make_call("PUT", "/acct/box/b",
                              {{"Content-Encoding", "enc"},
                               {"Content-Language", "lang"},
                               {"Content-Length", "7"},
                               {"Content-MD5", "md5"},
                               {"Content-Type", "type"},
                               {"Date", "date"},
                               {"If-Modified-Since", "ims"},
                               {"If-Match", "im"},
                               {"If-None-Match", "inm"},
                               {"If-Unmodified-Since", "ius"},
                               {"Range", "range"}});
  EXPECT_EQ(full(call),
            "PUT\nenc\nlang\n7\nmd5\ntype\ndate\nims\nim\ninm\nius\nrange\n"
            "x-ms-version:2021-12-02\n/acct/acct/box/b");
}

TEST(SharedKeyString, LanguageFirstVariantSwapsTwoLines) {
  const auto call =
      make_call("PUT", "/acct/box/b", {{"Content-Encoding", "enc"}, {"Content-Language", "lang"}});
  EXPECT_TRUE(full(call, {.language_first = true}).starts_with("PUT\nlang\nenc\n"));
}

TEST(SharedKeyString, DateLineIsEmptyBesideMsDate) {
  const auto call = make_call("GET", "/acct/box/b", {{"Date", "one"}, {"x-ms-date", "two"}});
  EXPECT_EQ(full(call),
            "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:two\nx-ms-version:2021-12-02\n/acct/acct/box/b");
}

TEST(SharedKeyString, ZeroLengthIsEmptySince20150221) {
  const auto at = [](const std::string& version) {
    return full(make_call("PUT", "/acct/box/b", {{"Content-Length", "0"}}, version));
  };
  EXPECT_TRUE(at("2015-02-21").starts_with("PUT\n\n\n\n\n"));
  EXPECT_TRUE(at("2014-02-14").starts_with("PUT\n\n\n0\n\n"));
}

TEST(SharedKeyString, EmptyServiceHeadersAreSignedSince20160531) {
  const auto at = [](const std::string& version) {
    return full(make_call("PUT", "/acct/box/b", {{"x-ms-blob-cache-control", ""}}, version));
  };
  EXPECT_NE(at("2016-05-31").find("\nx-ms-blob-cache-control:\n"), std::string::npos);
  EXPECT_EQ(at("2015-12-11").find("cache-control"), std::string::npos);
}

TEST(SharedKeyString, SortsServiceHeadersAsAzureOrByBytes) {
  const auto call = make_call(
      "GET", "/acct/box",
      {{"X-MS-Meta-a1", "1"}, {"x-ms-meta-ab", "2"}, {"x-ms-meta-a_b", "3"}, {"x-ms-date", "d"}});
  EXPECT_NE(full(call).find("\nx-ms-date:d\nx-ms-meta-a_b:3\nx-ms-meta-a1:1\nx-ms-meta-ab:2\n"),
            std::string::npos);
  EXPECT_NE(full(call, {.byte_order = true})
                .find("\nx-ms-date:d\nx-ms-meta-a1:1\nx-ms-meta-a_b:3\nx-ms-meta-ab:2\n"),
            std::string::npos);
}

TEST(SharedKeyString, PathIsSignedAsSent) {
  const auto call = make_call("GET", "/acct/box/a%2fb%20%C3%BC");
  EXPECT_TRUE(full(call).ends_with("\n/acct/acct/box/a%2fb%20%C3%BC"));
}

TEST(SharedKeyString, PathStyleDoublesTheAccountAndKeepsTheSlash) {
  EXPECT_TRUE(full(make_call("GET", "/acct")).ends_with("\n/acct/acct"));
  EXPECT_TRUE(full(make_call("GET", "/acct/")).ends_with("\n/acct/acct/"));
}

TEST(SharedKeyString, SecondaryIsSignedWithoutSuffix) {
  const auto call = make_call(make_request("GET", "/box", {{"x-ms-version", "2021-12-02"}},
                                           "acct-secondary.blob.example.com"));
  EXPECT_TRUE(full(call).ends_with("\n/acct/box"));
}

TEST(SharedKeyString, ParametersAreDecodedLowerCasedAndSorted) {
  const auto call = make_call("GET", "/acct/box?Zeta=1&comp=a%2Fb+c&Empty=&alpha=x=y");
  EXPECT_TRUE(full(call).ends_with("/box\nalpha:x=y\ncomp:a/b c\nempty:\nzeta:1"));
  EXPECT_TRUE(full(call, {.plain_parameters = true}).ends_with("/box\ncomp:a/b c\nzeta:1"));
  EXPECT_TRUE(full(call, {.plain_parameters = true, .plus_kept = true})
                  .ends_with("/box\ncomp:a/b+c\nzeta:1"));
}

struct VariantCase {
  const char* name;
  std::string target;
  std::string header;
  std::size_t others;
};

class OtherVariants : public testing::TestWithParam<VariantCase> {};

TEST_P(OtherVariants, AreThoseThatDiffer) {
  const auto call =
      make_call("GET", GetParam().target, {{GetParam().header, "1"}, {"x-ms-meta-a1", "1"}});
  const auto variants = other_variants(call, SharedKeyScheme::kFull);
  EXPECT_EQ(variants.size(), GetParam().others);
  for (const SigningVariant variant : variants) EXPECT_NE(full(call), full(call, variant));
}

const VariantCase kVariantCases[] = {
    {"None", "/acct/box?a=1", "x-ms-date", 0},
    {"Order", "/acct/box?a=1", "x-ms-meta-a_b", 1},
    {"Parameters", "/acct/box?a=", "x-ms-date", 1},
    {"Language", "/acct/box?a=1", "Content-Language", 1},
    {"Plus", "/acct/box?a=b+c", "x-ms-date", 1},
    {"PlusInBase64", "/acct/box?blockid=b+c", "x-ms-date", 0},
    {"OrderAndParameters", "/acct/box?a=", "x-ms-meta-a_b", 3},
};
INSTANTIATE_TEST_SUITE_P(Requests, OtherVariants, testing::ValuesIn(kVariantCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::azure
