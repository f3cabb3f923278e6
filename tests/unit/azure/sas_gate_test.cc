#include "lapis/azure/sas.h"
#include "unit/azure/gate_fixture.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::make_request;

http::Request get(const std::string& path, const std::string& query) {
  return make_request(
      "GET", "/devstoreaccount1" + path + (path.find('?') == path.npos ? "?" : "&") + query);
}

class SasGate : public GateTest {};

// Tokens by azure-storage-blob 12.15 (Python), key of the development account.
const std::string kPythonAccount =
    "st=2020-01-01T00%3A00%3A00Z&se=2030-01-01T00%3A00%3A00Z&sp=rwdlacup&sv=2021-12-02&ss=b&srt=sco"
    "&sig=Jz3zacIQxyIiXEO2n7kshgrSlOOnWmmHVYWoRRuOrdM%3D";
const std::string kPythonAccountBound =
    "se=2030-01-01T00%3A00%3A00Z&sp=r&sip=168.1.5.60-168.1.5.70&spr=https&sv=2021-12-02&ss=b&srt=o"
    "&sig=ZTPGkckGB3j/1cNJpgNQpf84laLVLdDo0CSAHYvcjNM%3D";
const std::string kPythonContainer =
    "se=2030-01-01T00%3A00%3A00Z&sp=rl&sv=2021-12-02&sr=c"
    "&sig=vZoKqYvZFZfIVNKTFGBQZuN%2B56e8KLiFiBYvgRrAjO4%3D";
const std::string kPythonBlob =
    "st=2020-01-01T00%3A00%3A00Z&se=2030-01-01T00%3A00%3A00Z&sp=r&sip=10.0.0.1&spr=https%2Chttp"
    "&sv=2021-12-02&sr=b&rscc=no-cache&rscd=attachment%3B%20filename%3D%22x%20y.txt%22&rsce=gzip"
    "&rscl=de&rsct=text/plain&sig=m4dHYp%2B9byEGJDY3xAWU0L9vdmm/wzJcwuIMiQb1/UE%3D";
const std::string kPythonBlobPath = "/images/dir/a%20b%2B%C3%BC.txt";

http::Request from(http::Request request, const std::string& peer, bool secure = false) {
  request.peer_address = peer;
  request.secure = secure;
  return request;
}

TEST_F(SasGate, AcceptsWhatThePythonClientSigns) {
  const auto account = authorize(get("/images/x", kPythonAccount));
  ASSERT_TRUE(account);
  EXPECT_EQ(account->kind(), CredentialKind::kAccountSas);
  EXPECT_TRUE(authorize(from(get("/images/x", kPythonAccountBound), "168.1.5.65", true)));
  const auto container = authorize(get("/images/x", kPythonContainer));
  ASSERT_TRUE(container);
  EXPECT_EQ(container->kind(), CredentialKind::kServiceSas);
  EXPECT_TRUE(authorize(from(get(kPythonBlobPath, kPythonBlob), "10.0.0.1")));
}

TEST_F(SasGate, CoversItsResourceOnly) {
  EXPECT_EQ(authorize(get("/imagez/x", kPythonContainer)).error().code,
            ErrorCode::kAuthenticationFailed);
  EXPECT_EQ(authorize(from(get("/images/dir/a", kPythonBlob), "10.0.0.1")).error().code,
            ErrorCode::kAuthenticationFailed);
  const std::string other = "/other/images/x?" + kPythonContainer;
  EXPECT_EQ(authorize(make_request("GET", other)).error().code, ErrorCode::kAuthenticationFailed);
}

struct Change {
  const char* name;
  std::string field, value;
};

class SasMutation : public GateTest, public testing::WithParamInterface<Change> {};

// Every field of a whole token, changed to another value that is well-formed.
TEST_P(SasMutation, FailsAuthentication) {
  const Token token = signed_service(service_token()
                                         .with("sr", "b")
                                         .with("st", "2020-01-01T00:00:00Z")
                                         .with("sip", "127.0.0.1")
                                         .with("spr", "https,http")
                                         .with("rscc", "a")
                                         .with("rscd", "a")
                                         .with("rsce", "a")
                                         .with("rscl", "a")
                                         .with("rsct", "a"),
                                     "box/b");
  ASSERT_TRUE(authorize(get("/box/b", token.query())));
  const auto changed =
      authorize(get("/box/b", token.with(GetParam().field, GetParam().value).query()));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kAuthenticationFailed);
  const auto removed = authorize(get("/box/b", token.without(GetParam().field).query()));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::kAuthenticationFailed);
}

const Change kChanges[] = {
    {"Version", "sv", "2021-10-04"},
    {"Resource", "sr", "c"},
    {"Permissions", "sp", "rlw"},
    {"Start", "st", "2020-01-01T00:00:01Z"},
    {"Expiry", "se", "2031-01-01T00:00:00Z"},
    {"Ip", "sip", "127.0.0.1-127.0.0.9"},
    {"Protocol", "spr", "https"},
    {"CacheControl", "rscc", "b"},
    {"Disposition", "rscd", "b"},
    {"Encoding", "rsce", "b"},
    {"Language", "rscl", "b"},
    {"Type", "rsct", "b"},
    {"Signature", "sig", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    {"SignatureNoBase64", "sig", "nonsense!"},
};
INSTANTIATE_TEST_SUITE_P(Fields, SasMutation, testing::ValuesIn(kChanges),
                         [](const auto& tested) { return std::string(tested.param.name); });

class AccountSasMutation : public GateTest, public testing::WithParamInterface<Change> {};

TEST_P(AccountSasMutation, FailsAuthentication) {
  const Token token = signed_account(account_token()
                                         .with("st", "2020-01-01T00:00:00Z")
                                         .with("sip", "127.0.0.1")
                                         .with("spr", "https,http"));
  ASSERT_TRUE(authorize(get("/box/b", token.query())));
  const auto changed =
      authorize(get("/box/b", token.with(GetParam().field, GetParam().value).query()));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kAuthenticationFailed);
}

const Change kAccountChanges[] = {
    {"Version", "sv", "2021-10-04"},
    {"Services", "ss", "bq"},
    {"ResourceTypes", "srt", "oc"},
    {"Permissions", "sp", "rlw"},
    {"Start", "st", "2020-01-01T00:00:01Z"},
    {"Expiry", "se", "2031-01-01T00:00:00Z"},
    {"Ip", "sip", "127.0.0.1-127.0.0.9"},
    {"Protocol", "spr", "https"},
    {"Signature", "sig", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
};
INSTANTIATE_TEST_SUITE_P(Fields, AccountSasMutation, testing::ValuesIn(kAccountChanges),
                         [](const auto& tested) { return std::string(tested.param.name); });

struct Refusal {
  const char* name;
  Token token;  // signed as it is, for the container "box"
  std::string detail;
};

class SasRefusal : public GateTest, public testing::WithParamInterface<Refusal> {};

TEST_P(SasRefusal, TellsWhy) {
  const Token token = signed_service(GetParam().token, "box");
  const auto authorized = authorize(get("/box/b", token.query()));
  ASSERT_FALSE(authorized);
  EXPECT_EQ(authorized.error().code, ErrorCode::kAuthenticationFailed);
  EXPECT_EQ(field_of(authorized.error(), "AuthenticationErrorDetail"), GetParam().detail);
}

const std::string kMalformed = "Signature fields not well formed.";
const std::string kOtherLevel =
    "The specified signed resource is not allowed for the this resource level";
const Refusal kRefusals[] = {
    {"Expired", service_token().with("se", "2026-11-22T17:00:00Z"),
     "Signature not valid in the specified time frame: Start [] - Expiry [Sun, 22 Nov 2026 "
     "17:00:00 "
     "GMT] - Current [Sun, 22 Nov 2026 17:00:00 GMT]"},
    {"NotYetValid", service_token().with("st", "2026-11-22T17:00:01Z"),
     "Signature not valid in the specified time frame: Start [Sun, 22 Nov 2026 17:00:01 GMT] - "
     "Expiry [Tue, 01 Jan 2030 00:00:00 GMT] - Current [Sun, 22 Nov 2026 17:00:00 GMT]"},
    {"ExpiryBeforeStart", service_token().with("st", "2030-01-01"),
     "Signed expiry time [Tue, 01 Jan 2030 00:00:00 GMT] has to be after signed start time [Tue, "
     "01 "
     "Jan 2030 00:00:00 GMT]"},
    {"NoResource", service_token().without("sr"), "sr is mandatory. Cannot be empty"},
    {"NoExpiry", service_token().without("se"), "se is mandatory. Cannot be empty"},
    {"NoPermissions", service_token().without("sp"), "sp is mandatory. Cannot be empty"},
    {"EmptyStart", service_token().with("st", ""), "st is optional but cannot be empty"},
    {"BadExpiry", service_token().with("se", "soon"), kMalformed},
    {"BadStart", service_token().with("st", "2020-13-01"), kMalformed},
    {"BadPermissions", service_token().with("sp", "r w"), kMalformed},
    {"BadProtocol", service_token().with("spr", "http"), kMalformed},
    {"BadIp", service_token().with("sip", "10.0.0"), kMalformed},
    {"ReversedIp", service_token().with("sip", "10.0.0.2-10.0.0.1"), kMalformed},
    {"BadResource", service_token().with("sr", "x"), kMalformed},
    {"HeaderSplitting", service_token().with("rsct", "a\r\nSet-Cookie: b"), kMalformed},
    {"Policy", service_token().with("si", "p"),
     "The container has no access policy of the name si gives"},
    {"PolicyOfAnAccount", account_token().with("si", "p"),
     "si is not a field of an account signature"},
    {"Snapshot", service_token().with("sr", "bs"), kOtherLevel},
    {"Version", service_token().with("sr", "bv"), kOtherLevel},
    {"SnapshotTooEarly", service_token().with("sr", "bs").with("sv", "2018-03-28"), kMalformed},
    {"VersionTooEarly", service_token().with("sr", "bv").with("sv", "2019-07-07"), kMalformed},
    {"Directory", service_token().with("sr", "d").with("sdd", "1"),
     "User delegation and directory signatures (sdd) are not supported"},
    {"UserDelegation", service_token().with("skoid", "x"),
     "User delegation and directory signatures (skoid) are not supported"},
    {"EncryptionScope", service_token().with("ses", "x"),
     "Encryption scopes (ses) are not supported"},
    {"BlobTokenElsewhere", service_token().with("sr", "b"),
     "Signature did not match. String to sign used was rl\n\n2030-01-01T00:00:00Z\n"
     "/blob/devstoreaccount1/box/b\n\n\n\n2021-12-02\nb\n\n\n\n\n\n\n"},
};
INSTANTIATE_TEST_SUITE_P(Tokens, SasRefusal, testing::ValuesIn(kRefusals),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(SasGate, BlobTokenDoesNotReachTheContainer) {
  const Token token = signed_service(service_token().with("sr", "b"), "box");
  const auto authorized = authorize(get("/box?restype=container", token.query()));
  ASSERT_FALSE(authorized);
  EXPECT_EQ(field_of(authorized.error(), "AuthenticationErrorDetail"),
            "The specified signed resource is not allowed for the this resource level");
}

struct Giving {
  const char* what;
  Token token;
  blob::StoredPolicy policy;
  std::string detail;  // of the refusal; "" for none
};

// Each field comes from the policy or from the token.
TEST_F(SasGate, PolicyAndTokenShareTheFields) {
  const Timestamp now = clock_.now();
  const Timestamp soon = now + std::chrono::hours(1);
  const Timestamp past = now - std::chrono::hours(1);
  const Token whole = service_token().with("si", "one");
  const Token bare = whole.without("sp").without("se");
  constexpr const char* kTwice = " is given by the access policy. Cannot be specified";
  const Giving cases[] = {
      {"all by the policy", bare, {"one", past, soon, "r"}, ""},
      {"all by the token", whole, {"one", {}, {}, ""}, ""},
      {"permissions by the token", bare.with("sp", "r"), {"one", {}, soon, ""}, ""},
      {"expiry by the token", bare.with("se", "2030-01-01"), {"one", {}, {}, "rl"}, ""},
      {"start by the token", bare.with("st", "2020-01-01"), {"one", {}, soon, "rl"}, ""},
      {"two permissions", whole, {"one", {}, {}, "r"}, std::string("sp") + kTwice},
      {"two expiries", whole, {"one", {}, soon, ""}, std::string("se") + kTwice},
      {"two starts",
       bare.with("st", "2020-01-01"),
       {"one", past, soon, "r"},
       std::string("st") + kTwice},
      {"no permissions", bare, {"one", {}, soon, ""}, "sp is mandatory. Cannot be empty"},
      {"no expiry", bare, {"one", {}, {}, "r"}, "se is mandatory. Cannot be empty"},
      {"another policy",
       bare,
       {"two", {}, soon, "r"},
       "The container has no access policy of the name si gives"},
  };
  for (const Giving& c : cases) {
    const blob::ContainerAccess access{blob::PublicAccess::kNone, {c.policy}};
    const auto request = get("/box/b", signed_service(c.token, "box").query());
    const auto authorized = authorize(request, kRead, &access);
    if (c.detail.empty()) {
      EXPECT_TRUE(authorized) << c.what;
    } else {
      ASSERT_FALSE(authorized) << c.what;
      EXPECT_EQ(field_of(authorized.error(), "AuthenticationErrorDetail"), c.detail) << c.what;
    }
  }
}

TEST_F(SasGate, PolicyHasItsTimeAndItsPermissions) {
  const Token token =
      signed_service(service_token().with("si", "one").without("sp").without("se"), "box");
  const auto code = [&](blob::StoredPolicy policy) {
    const blob::ContainerAccess access{blob::PublicAccess::kContainer, {std::move(policy)}};
    const auto authorized = authorize(get("/box/b", token.query()), kRead, &access);
    return authorized ? std::string() : std::string(info(authorized.error().code).azure_code);
  };
  const Timestamp now = clock_.now();
  const auto hour = std::chrono::hours(1);
  EXPECT_EQ(code({"one", {}, now + hour, "lr"}), "");
  EXPECT_EQ(code({"one", {}, now, "r"}), "AuthenticationFailed");
  EXPECT_EQ(code({"one", now + hour, now + 2 * hour, "r"}), "AuthenticationFailed");
  EXPECT_EQ(code({"one", {}, now + hour, "wl"}), "AuthorizationPermissionMismatch");
}

// What is public is not asked for before the signature has been found good.
TEST_F(SasGate, NothingIsLookedUpForABadSignature) {
  const Token token = signed_service(service_token().with("si", "one"), "box");
  const auto examine = [this](const std::string& query) {
    const http::Request request = get("/box/b", query);
    const Call call{request, parse_target(request).value(), {{20211202}, {20211202}}, Guid{}};
    return gate_.examine(call, kRead);
  };
  const auto good = examine(token.query());
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->asks_container());
  EXPECT_FALSE(examine(token.with("sig", "AAAA").query()));
  EXPECT_FALSE(examine(signed_service(service_token(), "box").query())->asks_container());
}

TEST_F(SasGate, MissingSignatureIsNotAnonymous) {
  const auto authorized = authorize(get("/box/b", service_token().query()));
  ASSERT_FALSE(authorized);
  EXPECT_EQ(field_of(authorized.error(), "AuthenticationErrorDetail"),
            "sig is mandatory. Cannot be empty");
}

TEST_F(SasGate, UnsignedRestrictionsAreRefused) {
  // 2014-02-14 signs neither addresses nor protocols.
  for (const auto& [field, value] :
       std::map<std::string, std::string>{{"sip", "127.0.0.1"}, {"spr", "https,http"}}) {
    const Token token =
        service_token().with("sv", "2014-02-14").with(field, value).with("sig", "x");
    EXPECT_EQ(
        field_of(authorize(get("/box/b", token.query())).error(), "AuthenticationErrorDetail"),
        kMalformed);
  }
  // 2012-02-12 signs no response headers: anyone could add them.
  const Token token =
      service_token().with("sv", "2012-02-12").with("rsct", "text/html").with("sig", "x");
  EXPECT_EQ(field_of(authorize(get("/box/b", token.query())).error(), "AuthenticationErrorDetail"),
            kMalformed);
}

TEST_F(SasGate, AcceptsOldLayouts) {
  const Token v2012{{{"sv", "2012-02-12"}, {"sr", "c"}, {"sp", "r"}, {"se", "2030-01-01"}}};
  EXPECT_TRUE(authorize(
      get("/box/b",
          v2012.with("sig", mac("r\n\n2030-01-01\n/devstoreaccount1/box\n\n2012-02-12")).query())));
  const Token v2014 = v2012.with("sv", "2014-02-14");
  EXPECT_TRUE(authorize(
      get("/box/b",
          v2014.with("sig", mac("r\n\n2030-01-01\n/devstoreaccount1/box\n\n2014-02-14\n\n\n\n\n"))
              .query())));
}

struct Right {
  const char* name;
  Token token;
  Needs needs;
  std::optional<ErrorCode> refused;
};

class SasRights : public GateTest, public testing::WithParamInterface<Right> {};

TEST_P(SasRights, AreEnforced) {
  const bool account = !GetParam().token.get("ss").empty();
  const Token token =
      account ? signed_account(GetParam().token) : signed_service(GetParam().token, "box");
  const auto authorized = authorize(get("/box/b", token.query()), GetParam().needs);
  ASSERT_EQ(authorized.has_value(), !GetParam().refused);
  if (!authorized) EXPECT_EQ(authorized.error().code, *GetParam().refused);
}

const Right kRights[] = {
    {"Letter", service_token(), {.letters = "r"}, {}},
    {"AnyLetter", service_token(), {.letters = "wl"}, {}},
    {"NoLetterNeeded", service_token(), {}, {}},
    {"LetterMissing",
     service_token(),
     {.letters = "wcd"},
     ErrorCode::kAuthorizationPermissionMismatch},
    {"NeverWithService",
     service_token(),
     {.letters = "r", .service_sas = false},
     ErrorCode::kAuthorizationFailure},
    {"AccountWhereServiceIsNot", account_token(), {.letters = "r", .service_sas = false}, {}},
    {"AccountLetterMissing",
     account_token(),
     {.letters = "w"},
     ErrorCode::kAuthorizationPermissionMismatch},
    {"WrongService",
     account_token().with("ss", "qt"),
     {.letters = "r"},
     ErrorCode::kAuthorizationServiceMismatch},
    {"ServicesTogether", account_token().with("ss", "qtb"), {.letters = "r"}, {}},
    {"WrongType",
     account_token().with("srt", "sc"),
     {.letters = "r"},
     ErrorCode::kAuthorizationResourceTypeMismatch},
    {"ContainerType", account_token().with("srt", "c"), {.letters = "l", .resource_type = 'c'}, {}},
    {"ServiceType",
     account_token().with("srt", "co"),
     {.letters = "l", .resource_type = 's'},
     ErrorCode::kAuthorizationResourceTypeMismatch},
    {"NoLetterNeededAnyType", account_token().with("srt", "s"), {}, {}},
    {"AnyOrder", account_token().with("sp", "lwcr"), {.letters = "c"}, {}},
};
INSTANTIATE_TEST_SUITE_P(Needs, SasRights, testing::ValuesIn(kRights),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(SasGate, ALetterMeansNothingBeforeItsVersion) {
  struct Case {
    std::string letter, last_without, first_with;
  };
  const Case cases[] = {
      {"t", "2019-07-07", "2019-12-12"},
      {"f", "2019-07-07", "2019-12-12"},
      {"x", "2019-07-07", "2019-12-12"},
      {"y", "2019-12-12", "2020-02-10"},
  };
  for (const Case& c : cases) {
    const auto at = [&](const std::string& version) {
      const Token token = account_token().with("sp", c.letter).with("sv", version);
      return authorize(get("/box/b", signed_account(token).query()), {.letters = c.letter});
    };
    EXPECT_TRUE(at(c.first_with)) << c.letter;
    ASSERT_FALSE(at(c.last_without)) << c.letter;
    EXPECT_EQ(at(c.last_without).error().code, ErrorCode::kAuthorizationPermissionMismatch);
  }
}

TEST_F(SasGate, TellsTheResourceTypeThatIsMissing) {
  const std::string query = signed_account(account_token().with("srt", "s")).query();
  const auto at = [&](const std::string& version) {
    const std::string asked = query + "&api-version=" + version;
    return authorize(get("/box/b", asked), {.letters = "l", .resource_type = 'c'}).error();
  };
  EXPECT_EQ(field_of(at("2024-08-04"), "ExtendedErrorDetail"),
            "SignedResourceTypes 'c' is required to perform this operation.");
  EXPECT_EQ(field_of(at("2024-05-04"), "ExtendedErrorDetail"), "");
}

TEST_F(SasGate, OldTokensHideWhatTheyDoNotPermit) {
  const Token v2014{
      {{"sv", "2014-02-14"},
       {"sr", "c"},
       {"sp", "r"},
       {"se", "2030-01-01"},
       {"sig", mac("r\n\n2030-01-01\n/devstoreaccount1/box\n\n2014-02-14\n\n\n\n\n")}}};
  EXPECT_EQ(authorize(get("/box/b", v2014.query()), {.letters = "w"}).error().code,
            ErrorCode::kResourceNotFound);
}

TEST_F(SasGate, CreateAloneMayNotOverwrite) {
  const Needs needs{.letters = "cw", .overwrite_needs_w = true};
  const auto with = [&](const std::string& letters) {
    return authorize(get("/box/b", signed_account(account_token().with("sp", letters)).query()),
                     needs);
  };
  EXPECT_FALSE(with("c")->may_overwrite());
  EXPECT_TRUE(with("w")->may_overwrite());
  EXPECT_TRUE(with("cw")->may_overwrite());
  EXPECT_FALSE(with("r"));
}

struct Connection {
  const char* name;
  std::string sip, spr, peer;
  bool secure;
  std::optional<ErrorCode> refused;
};

class SasConnection : public GateTest, public testing::WithParamInterface<Connection> {};

TEST_P(SasConnection, IsChecked) {
  Token token = account_token();
  if (!GetParam().sip.empty()) token = token.with("sip", GetParam().sip);
  if (!GetParam().spr.empty()) token = token.with("spr", GetParam().spr);
  const auto authorized = authorize(
      from(get("/box/b", signed_account(token).query()), GetParam().peer, GetParam().secure));
  ASSERT_EQ(authorized.has_value(), !GetParam().refused);
  if (!authorized) EXPECT_EQ(authorized.error().code, *GetParam().refused);
}

const auto kIp = ErrorCode::kAuthorizationSourceIPMismatch;
const auto kProtocol = ErrorCode::kAuthorizationProtocolMismatch;
const Connection kConnections[] = {
    {"Anything", "", "", "192.0.2.1", false, {}},
    {"HttpsOnlyOverHttp", "", "https", "192.0.2.1", false, kProtocol},
    {"HttpsOnlyOverTls", "", "https", "192.0.2.1", true, {}},
    {"BothOverHttp", "", "https,http", "192.0.2.1", false, {}},
    {"Address", "192.0.2.1", "", "192.0.2.1", false, {}},
    {"OtherAddress", "192.0.2.1", "", "192.0.2.2", false, kIp},
    {"FirstOfRange", "192.0.2.1-192.0.2.9", "", "192.0.2.1", false, {}},
    {"LastOfRange", "192.0.2.1-192.0.2.9", "", "192.0.2.9", false, {}},
    {"BeyondRange", "192.0.2.1-192.0.2.9", "", "192.0.2.10", false, kIp},
    {"MappedAddress", "192.0.2.1", "", "::ffff:192.0.2.1", false, {}},
    {"IPv6", "192.0.2.1", "", "2001:db8::1", false, kIp},
    {"NoAddress", "192.0.2.1", "", "", false, kIp},
};
INSTANTIATE_TEST_SUITE_P(Peers, SasConnection, testing::ValuesIn(kConnections),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(SasGate, AcceptsWhatLapisMakes) {
  const Account account = make_account("other", {std::string(kSecondKey)}).value();
  AccountSasRequest whole;
  whole.permissions = "rwdlac";
  whole.expiry = *parse_iso8601("2026-11-22T18:00:00Z");
  const auto token = make_account_sas(account, whole);
  ASSERT_TRUE(token);
  EXPECT_TRUE(authorize(make_request("GET", "/other/box/b?" + *token)));
  for (const std::string version : {"2015-04-05", "2018-11-09", "2020-12-06", "2026-10-06"}) {
    ServiceSasRequest part;
    part.container = "box";
    part.blob = "a b/\xC3\xBC+%";
    part.permissions = "r";
    part.expiry = whole.expiry;
    part.version = version;
    part.content_type = "text/plain; charset=utf-8";
    const auto of_blob = make_service_sas(account, part);
    ASSERT_TRUE(of_blob);
    EXPECT_TRUE(authorize(make_request("GET", "/other/box/a%20b/%C3%BC+%25?" + *of_blob)))
        << version;
    EXPECT_FALSE(authorize(make_request("GET", "/other/box/c?" + *of_blob))) << version;
  }
}

}  // namespace
}  // namespace lapis::azure
