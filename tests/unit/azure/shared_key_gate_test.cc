#include <functional>

#include "unit/azure/gate_fixture.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_request;

// Signatures by azure-storage-blob 12.15 (Python), key of the development account.
http::Request put_block() {
  return make_request(
      "PUT", "/devstoreaccount1/images/dir%20x/a.txt?comp=block&blockid=QUJD&timeout=30",
      {{"Content-Length", "5"},
       {"Content-Type", "application/octet-stream"},
       {"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
       {"x-ms-version", "2021-12-02"},
       {"x-ms-client-request-id", "abc"},
       {"If-None-Match", "*"},
       {"x-ms-meta-ab", "1"},
       {"x-ms-meta-a_b", "2"},
       {"x-ms-meta-a1", "3"},
       {"Authorization",
        "SharedKey devstoreaccount1:tL0KF58Z7s232IZzcjERih9MA/YTw/8PTHfP/4clFf8="}});
}

http::Request list_blobs() {
  return make_request(
      "GET", "/devstoreaccount1/images?restype=container&comp=list&prefix=a%2Fb&include=",
      {{"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
       {"x-ms-version", "2021-12-02"},
       {"x-ms-range", "bytes=0-9"},
       {"Authorization",
        "SharedKey devstoreaccount1:jre+GV9+wk1vWlOCuNyvS+lu0fpJgq7cuPDDmxGAqwo="}});
}

http::Request put_empty_blob() {
  return make_request(
      "PUT", "/devstoreaccount1/images/empty",
      {{"Content-Length", "0"},
       {"x-ms-blob-type", "BlockBlob"},
       {"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
       {"x-ms-version", "2021-12-02"},
       {"Authorization",
        "SharedKey devstoreaccount1:GPXZxRx+8JDj7lABPfJXc+U/aPw8eENF0z6piBDDi3w="}});
}

class SharedKeyGate : public GateTest {};

TEST_F(SharedKeyGate, AcceptsWhatThePythonClientSigns) {
  EXPECT_TRUE(authorize(put_block()));
  EXPECT_TRUE(authorize(list_blobs()));
  EXPECT_TRUE(authorize(put_empty_blob()));
}

TEST_F(SharedKeyGate, MayDoEverything) {
  const auto authorized = authorize(put_block(), {.letters = "y", .service_sas = false});
  ASSERT_TRUE(authorized);
  EXPECT_EQ(authorized->kind(), CredentialKind::kSharedKey);
  EXPECT_TRUE(authorized->may_overwrite());
}

// The same request with one header changed, or added where it has none of that name.
http::Request with_header(const http::Request& request, const std::string& name,
                          const std::string& value) {
  http::Request changed = request;
  changed.headers = {};
  bool found = false;
  for (const http::Header& header : request.headers.all()) {
    const bool same = http::iequals(header.name, name);
    found = found || same;
    changed.headers.add(header.name, same ? value : header.value);
  }
  if (!found) changed.headers.add(name, value);
  return changed;
}

http::Request with_target(http::Request request, std::string target) {
  request.target = std::move(target);
  return request;
}

struct Mutation {
  const char* name;
  std::function<http::Request(http::Request)> apply;
};

class SharedKeyMutation : public GateTest, public testing::WithParamInterface<Mutation> {};

TEST_P(SharedKeyMutation, FailsAuthentication) {
  const auto authorized = authorize(GetParam().apply(put_block()));
  ASSERT_FALSE(authorized);
  EXPECT_EQ(authorized.error().code, ErrorCode::kAuthenticationFailed);
}

Mutation header(const char* name, const char* header_name, const char* value) {
  return {name, [=](const http::Request& r) { return with_header(r, header_name, value); }};
}
Mutation target(const char* name, const char* text) {
  return {name, [=](const http::Request& r) { return with_target(r, text); }};
}

const Mutation kMutations[] = {
    {"Method",
     [](http::Request r) {
       r.method_text = "GET";
       return r;
     }},
    target("Container",
           "/devstoreaccount1/imagez/dir%20x/a.txt?comp=block&blockid=QUJD&timeout=30"),
    target("Blob", "/devstoreaccount1/images/dir%20x/b.txt?comp=block&blockid=QUJD&timeout=30"),
    target("Spelling",
           "/devstoreaccount1/images/dir%20x/%61.txt?comp=block&blockid=QUJD&timeout=30"),
    target("EncodedSlash",
           "/devstoreaccount1/images/dir%20x%2Fa.txt?comp=block&blockid=QUJD&timeout=30"),
    target("Parameter",
           "/devstoreaccount1/images/dir%20x/a.txt?comp=block&blockid=QUJE&timeout=30"),
    target("ParameterGone", "/devstoreaccount1/images/dir%20x/a.txt?comp=block&blockid=QUJD"),
    target("ParameterAdded",
           "/devstoreaccount1/images/dir%20x/a.txt?comp=block&blockid=QUJD&timeout=30&x=1"),
    header("ContentLength", "Content-Length", "6"),
    header("ContentType", "Content-Type", "text/plain"),
    header("ContentMd5", "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="),
    header("ContentEncoding", "Content-Encoding", "gzip"),
    header("ContentLanguage", "Content-Language", "de"),
    header("IfNoneMatch", "If-None-Match", "\"a\""),
    header("IfMatch", "If-Match", "\"a\""),
    header("IfModifiedSince", "If-Modified-Since", "Sun, 22 Nov 2026 17:00:00 GMT"),
    header("IfUnmodifiedSince", "If-Unmodified-Since", "Sun, 22 Nov 2026 17:00:00 GMT"),
    header("Range", "Range", "bytes=0-1"),
    header("MsDate", "x-ms-date", "Sun, 22 Nov 2026 17:00:01 GMT"),
    header("MsVersion", "x-ms-version", "2021-10-04"),
    header("MsHeader", "x-ms-meta-ab", "2"),
    header("MsHeaderAdded", "x-ms-meta-more", "1"),
    header("EmptyMsHeaderAdded", "x-ms-meta-more", ""),
    header("Signature", "Authorization",
           "SharedKey devstoreaccount1:uL0KF58Z7s232IZzcjERih9MA/YTw/8PTHfP/4clFf8="),
    header("SignatureCut", "Authorization", "SharedKey devstoreaccount1:tL0KF58Z7s232IZzcjER"),
    header("SignatureNoBase64", "Authorization", "SharedKey devstoreaccount1:!!!!"),
    header("Scheme", "Authorization",
           "SharedKeyLite devstoreaccount1:tL0KF58Z7s232IZzcjERih9MA/YTw/8PTHfP/4clFf8="),
    header("AccountOfTheHeader", "Authorization",
           "SharedKey other:tL0KF58Z7s232IZzcjERih9MA/YTw/8PTHfP/4clFf8="),
};
INSTANTIATE_TEST_SUITE_P(Elements, SharedKeyMutation, testing::ValuesIn(kMutations),
                         [](const auto& tested) { return std::string(tested.param.name); });

// A request for "other" with its signature over a string written out by hand.
http::Request signed_by_hand(const std::string& signature, const std::string& more_name = "x-ms-a",
                             const std::string& more_value = "1") {
  return make_request("GET", "/other/box/b",
                      {{"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
                       {"x-ms-version", "2021-12-02"},
                       {more_name, more_value},
                       {"Authorization", "SharedKey other:" + signature}});
}
const std::string kByHand =
    "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-a:1\nx-ms-date:Sun, 22 Nov 2026 17:00:00 GMT\n"
    "x-ms-version:2021-12-02\n/other/other/box/b";

TEST_F(SharedKeyGate, AcceptsBothKeysAndNoOther) {
  EXPECT_TRUE(authorize(signed_by_hand(sign(kByHand))));
  EXPECT_TRUE(authorize(signed_by_hand(sign(kByHand, kSecondKey))));
  EXPECT_FALSE(authorize(signed_by_hand(sign(kByHand, "b3RoZXIga2V5"))));
}

TEST_F(SharedKeyGate, AcceptsSharedKeyLite) {
  const std::string text =
      "GET\n\n\n\nx-ms-date:Sun, 22 Nov 2026 17:00:00 GMT\nx-ms-version:2021-12-02\n"
      "/other/other/box?comp=list";
  const auto request = [&](const std::string& signature) {
    return make_request("GET", "/other/box?restype=container&comp=list",
                        {{"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
                         {"x-ms-version", "2021-12-02"},
                         {"Authorization", "SharedKeyLite other:" + signature}});
  };
  EXPECT_TRUE(authorize(request(sign(text))));
  EXPECT_FALSE(authorize(request(sign(text + "x"))));
}

TEST_F(SharedKeyGate, AcceptsHeadersSortedByBytes) {
  const auto request = [&](const std::string& first, const std::string& second) {
    const std::string text =
        "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Sun, 22 Nov 2026 17:00:00 GMT\n" + first + second +
        "x-ms-version:2021-12-02\n/other/other/box/b";
    return make_request("GET", "/other/box/b",
                        {{"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
                         {"x-ms-version", "2021-12-02"},
                         {"x-ms-meta-a-c", "1"},
                         {"x-ms-meta-ab", "2"},
                         {"Authorization", "SharedKey other:" + sign(text)}});
  };
  EXPECT_TRUE(authorize(request("x-ms-meta-ab:2\n", "x-ms-meta-a-c:1\n")));
  EXPECT_TRUE(authorize(request("x-ms-meta-a-c:1\n", "x-ms-meta-ab:2\n")));
}

TEST_F(SharedKeyGate, AcceptsParametersLeftOut) {
  const std::string text =
      "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Sun, 22 Nov 2026 17:00:00 GMT\n"
      "x-ms-version:2021-12-02\n/other/other/box\ncomp:list";
  const auto request = make_request("GET", "/other/box?comp=list&prefix=",
                                    {{"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
                                     {"x-ms-version", "2021-12-02"},
                                     {"Authorization", "SharedKey other:" + sign(text)}});
  EXPECT_TRUE(authorize(request));
}

struct Dates {
  const char* name;
  const char* now;
  bool accepted;
};

class SharedKeyDate : public GateTest, public testing::WithParamInterface<Dates> {};

TEST_P(SharedKeyDate, IsHeldAgainstTheClock) {
  clock_.set(*parse_iso8601(GetParam().now));
  const auto authorized = authorize(put_block());
  EXPECT_EQ(authorized.has_value(), GetParam().accepted);
  if (!authorized) EXPECT_EQ(authorized.error().code, ErrorCode::kAuthenticationFailed);
}

constexpr Dates kDates[] = {
    {"Now", "2026-11-22T17:00:00Z", true},
    {"FifteenMinutesOld", "2026-11-22T17:15:00Z", true},
    {"Older", "2026-11-22T17:15:01Z", false},
    {"FifteenMinutesAhead", "2026-11-22T16:45:00Z", true},
    {"FurtherAhead", "2026-11-22T16:44:59Z", false},
    {"Years", "2036-11-22T17:00:00Z", false},
};
INSTANTIATE_TEST_SUITE_P(Clocks, SharedKeyDate, testing::ValuesIn(kDates),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(SharedKeyGate, TellsWhyADateIsRefused) {
  clock_.set(*parse_iso8601("2026-11-22T18:00:00Z"));
  EXPECT_EQ(field_of(authorize(put_block()).error(), "AuthenticationErrorDetail"),
            "Request date header too old: 'Sun, 22 Nov 2026 17:00:00 GMT'");
}

TEST_F(SharedKeyGate, NeedsADate) {
  for (const std::string date : {"", "yesterday", "2026-11-22T17:00:00Z"}) {
    const auto authorized = authorize(with_header(put_block(), "x-ms-date", date));
    ASSERT_FALSE(authorized);
    EXPECT_EQ(authorized.error().code, ErrorCode::kAuthenticationFailed);
  }
  const auto none = authorize(
      make_request("GET", "/other/box",
                   {{"x-ms-version", "2021-12-02"}, {"Authorization", "SharedKey other:x="}}));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kAuthenticationFailed);
}

TEST_F(SharedKeyGate, ShowsWhatWasSignedAndNoSecret) {
  const auto authorized = authorize(signed_by_hand("d3Jvbmc="));
  ASSERT_FALSE(authorized);
  const std::string detail = field_of(authorized.error(), "AuthenticationErrorDetail");
  EXPECT_EQ(
      detail,
      "The MAC signature found in the HTTP request 'd3Jvbmc=' is not the same as any computed "
      "signature. Server used following string to sign: '" +
          kByHand + "'.");
  for (const std::string_view key : {kDevelopmentKey, kSecondKey}) {
    EXPECT_EQ(to_string(authorized.error()).find(key), std::string::npos);
    EXPECT_EQ(to_string(authorized.error()).find(sign(kByHand, key)), std::string::npos);
  }
}

TEST_F(SharedKeyGate, UnknownAccountFailsLikeAWrongKey) {
  const auto authorized = authorize(make_request("GET", "/nobody/box",
                                                 {{"x-ms-version", "2021-12-02"},
                                                  {"x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT"},
                                                  {"Authorization", "SharedKey nobody:d3Jvbmc="}}));
  ASSERT_FALSE(authorized);
  EXPECT_EQ(authorized.error().code, ErrorCode::kAuthenticationFailed);
  EXPECT_TRUE(field_of(authorized.error(), "AuthenticationErrorDetail").starts_with("The MAC"));
}

class UnparsableAuthorization : public GateTest, public testing::WithParamInterface<std::string> {};

TEST_P(UnparsableAuthorization, IsInvalidAuthenticationInfo) {
  const auto authorized = authorize(with_header(put_block(), "Authorization", GetParam()));
  ASSERT_FALSE(authorized);
  EXPECT_EQ(authorized.error().code, ErrorCode::kInvalidAuthenticationInfo);
}
INSTANTIATE_TEST_SUITE_P(Texts, UnparsableAuthorization,
                         testing::Values("", "SharedKey", "SharedKey ", "SharedKey acct",
                                         "SharedKey :sig", "SharedKey acct:", "Basic YTpi",
                                         "Bearer abc", "Bearer", "AWS4-HMAC-SHA256 x:y"));

TEST_F(SharedKeyGate, RefusesRepeatedHeaders) {
  for (const std::string name :
       {"X-Ms-Meta-AB", "x-ms-date", "content-type", "Range", "authorization"}) {
    http::Request request = with_header(put_block(), "Range", "bytes=0-1");
    request.headers.add(name, "1");
    const auto authorized = authorize(std::move(request));
    ASSERT_FALSE(authorized);
    EXPECT_EQ(authorized.error().code, ErrorCode::kInvalidHeaderValue) << name;
    EXPECT_TRUE(http::iequals(field_of(authorized.error(), "HeaderName"), name));
  }
}

TEST_F(SharedKeyGate, BeatsASasBesideIt) {
  http::Request request = put_block();
  request.target += "&sig=x&sv=2021-12-02";
  const auto authorized = authorize(std::move(request));
  ASSERT_FALSE(authorized);
  EXPECT_TRUE(field_of(authorized.error(), "AuthenticationErrorDetail").starts_with("The MAC"));
}

TEST_F(SharedKeyGate, NoCredentialIsAChallengeSince20171109) {
  const auto at = [&](const std::string& version) {
    return authorize(make_request("GET", "/other/box/b", {{"x-ms-version", version}})).error();
  };
  EXPECT_EQ(at("2017-11-09").code, ErrorCode::kNoAuthenticationInformation);
  EXPECT_FALSE(field_of(at("2021-12-02"), "WWW-Authenticate").empty());
  EXPECT_EQ(at("2017-07-29").code, ErrorCode::kResourceNotFound);
  EXPECT_EQ(authorize(make_request("GET", "/other/box/b")).error().code,
            ErrorCode::kResourceNotFound);
}

}  // namespace
}  // namespace lapis::azure
