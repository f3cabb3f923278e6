#include "lapis/azure/version.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_request;

Result<NegotiatedVersion> negotiate(const std::string& target,
                                    std::initializer_list<test::Field> headers,
                                    bool strict = false) {
  const http::Request request = make_request("GET", target, headers);
  const auto parsed = parse_target(request);
  return negotiate_version(request, parsed.value(), strict);
}

struct Given {
  const char* name;
  std::string header;
  std::uint32_t requested, effective;
  bool newer;
};

class HeaderVersion : public testing::TestWithParam<Given> {};

TEST_P(HeaderVersion, Selects) {
  const auto version = negotiate("/acct/box", {{"x-ms-version", GetParam().header}});
  ASSERT_TRUE(version);
  EXPECT_EQ(version->requested.date, GetParam().requested);
  EXPECT_EQ(version->effective.date, GetParam().effective);
  EXPECT_EQ(version->unknown_newer, GetParam().newer);
  EXPECT_EQ(version->requested.text().view(), GetParam().header);
}

const Given kGiven[] = {
    {"Oldest", "2009-09-19", 20090919, 20090919, false},
    {"Known", "2021-12-02", 20211202, 20211202, false},
    {"Newest", "2026-10-06", 20261006, 20261006, false},
    {"Between", "2017-01-19", 20170119, 20160531, false},
    {"DayBeforeNewest", "2026-10-05", 20261005, 20260606, false},
    {"FromTheFuture", "2031-01-01", 20310101, 20261006, true},
};
INSTANTIATE_TEST_SUITE_P(Dates, HeaderVersion, testing::ValuesIn(kGiven),
                         [](const auto& tested) { return std::string(tested.param.name); });

class MalformedVersion : public testing::TestWithParam<std::string> {};

TEST_P(MalformedVersion, IsRefusedByName) {
  const auto version = negotiate("/acct/box", {{"x-ms-version", GetParam()}});
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, ErrorCode::kInvalidHeaderValue);
  EXPECT_EQ(field_of(version.error(), "HeaderName"), "x-ms-version");
  EXPECT_EQ(field_of(version.error(), "HeaderValue"), GetParam());
}
INSTANTIATE_TEST_SUITE_P(Texts, MalformedVersion,
                         testing::Values("", "2009-09-18", "1999-01-01", "latest", "2021-13-01",
                                         "2021-02-30", "2021-00-10", "20211202", "2021-12-2",
                                         "2021-12-02 ", "+021-12-02", "2021/12/02"));

TEST(NegotiateVersion, StrictRefusesTheFuture) {
  EXPECT_FALSE(negotiate("/acct/box", {{"x-ms-version", "2031-01-01"}}, true));
  EXPECT_TRUE(negotiate("/acct/box", {{"x-ms-version", "2026-10-06"}}, true));
}

TEST(NegotiateVersion, HeaderWinsOverParameterAndSas) {
  const auto version =
      negotiate("/acct/box?api-version=2019-02-02&sv=2020-10-02&se=x&sr=c&sp=r&sig=x",
                {{"x-ms-version", "2021-12-02"}});
  EXPECT_EQ(version->effective.date, 20211202u);
}

TEST(NegotiateVersion, ParameterWinsOverSas) {
  const auto version = negotiate("/acct/box?api-version=2019-02-02&sv=2020-10-02&sr=c&sig=x", {});
  EXPECT_EQ(version->effective.date, 20190202u);
}

TEST(NegotiateVersion, SasStandsAlone) {
  EXPECT_EQ(negotiate("/acct/box?sv=2020-10-02&sr=c&sig=x", {})->effective.date, 20201002u);
}

TEST(NegotiateVersion, OldSasDecidesByItself) {
  const auto version =
      negotiate("/acct/box?sv=2013-08-15&sr=c&sig=x", {{"x-ms-version", "2021-12-02"}});
  EXPECT_EQ(version->effective.date, 20130815u);
}

TEST(NegotiateVersion, SasIsPassedOverBesideAuthorization) {
  const auto version =
      negotiate("/acct/box?sv=2013-08-15&sr=c&sig=x",
                {{"x-ms-version", "2021-12-02"}, {"Authorization", "SharedKey a:b"}});
  EXPECT_EQ(version->effective.date, 20211202u);
}

TEST(NegotiateVersion, NothingGivenIs20140214) {
  EXPECT_EQ(negotiate("/acct/box", {})->effective.date, 20140214u);
}

TEST(NegotiateVersion, AuthorizationNeedsOne) {
  const auto version = negotiate("/acct/box", {{"Authorization", "SharedKey a:b"}});
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, ErrorCode::kMissingRequiredHeader);
  EXPECT_EQ(field_of(version.error(), "HeaderName"), "x-ms-version");
}

// The account's default: for requests that name no version, signed or anonymous.
TEST(NegotiateVersion, DefaultIsForRequestsThatNameNone) {
  const auto with_default = [](const std::string& target,
                               std::initializer_list<test::Field> headers) {
    const http::Request request = make_request("GET", target, headers);
    const auto parsed = parse_target(request);
    const auto version =
        negotiate_version(request, parsed.value(), false, ServiceVersion{20150405});
    EXPECT_TRUE(version);
    const bool defaulted = version->requested.date == 20150405;
    EXPECT_EQ(defaulted, !names_version(request, *parsed)) << target;
    return std::string(version->requested.text().view());
  };
  EXPECT_EQ(with_default("/acct/box", {}), "2015-04-05");
  EXPECT_EQ(with_default("/acct/box", {{"Authorization", "SharedKey a:b"}}), "2015-04-05");
  EXPECT_EQ(with_default("/acct/box?sv=2020-10-02&sig=x", {{"Authorization", "SharedKey a:b"}}),
            "2015-04-05");
  EXPECT_EQ(with_default("/acct/box", {{"x-ms-version", "2021-12-02"}}), "2021-12-02");
  EXPECT_EQ(with_default("/acct/box?api-version=2019-02-02", {}), "2019-02-02");
  EXPECT_EQ(with_default("/acct/box?sv=2020-10-02&sr=c&sig=x", {}), "2020-10-02");
}

TEST(NegotiateVersion, MalformedSasVersionFailsAuthentication) {
  const auto version = negotiate("/acct/box?sv=never&sr=c&sig=x", {});
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, ErrorCode::kAuthenticationFailed);
}

TEST(NegotiateVersion, MalformedParameterIsNamed) {
  const auto version = negotiate("/acct/box?api-version=1", {});
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().code, ErrorCode::kInvalidQueryParameterValue);
}

}  // namespace
}  // namespace lapis::azure
