// Requests without a credential, against what account and container allow.
#include "unit/azure/gate_fixture.h"

namespace lapis::azure {
namespace {

using blob::PublicAccess;
using test::make_request;

struct Case {
  const char* target;
  PublicAccess needed;                // by the operation
  std::optional<PublicAccess> level;  // of the container; none: there is no container
  const char* code;                   // "" where it may pass
};

TEST(PublicGate, AccountAndContainerDecide) {
  test::ManualClock clock;
  Account open = make_account("open", {std::string(kDevelopmentKey)}).value();
  open.public_access = true;
  Gate gate({open, make_account("shut", {std::string(kDevelopmentKey)}).value()}, clock);
  constexpr auto kNone = PublicAccess::kNone;
  constexpr auto kBlob = PublicAccess::kBlob;
  constexpr auto kContainer = PublicAccess::kContainer;
  constexpr const char* kUnknown = "NoAuthenticationInformation";
  constexpr const char* kShut = "PublicAccessNotPermitted";
  const Case cases[] = {
      {"/open/box/b", kBlob, kBlob, ""},
      {"/open/box/b", kBlob, kContainer, ""},
      {"/open/box/b", kBlob, kNone, kUnknown},
      {"/open/box/b", kBlob, {}, kUnknown},
      {"/open/box", kContainer, kContainer, ""},
      {"/open/box", kContainer, kBlob, kUnknown},
      {"/open/box", kContainer, kNone, kUnknown},
      {"/open/box/b", kNone, kContainer, kUnknown},
      {"/open/box/b?comp=blocklist", kBlob, kBlob, ""},
      {"/open/box/b?comp=blocklist&blocklisttype=Committed", kBlob, kBlob, ""},
      {"/open/box/b?comp=blocklist&blocklisttype=all", kBlob, kContainer, kUnknown},
      {"/open/box/b?comp=BlockList&blocklisttype=uncommitted", kBlob, kContainer, kUnknown},
      {"/shut/box/b", kBlob, kContainer, kShut},
      {"/shut/box", kContainer, kContainer, kShut},
      {"/shut/box/b", kNone, kContainer, kUnknown},
      {"/nobody/box/b", kBlob, kContainer, kUnknown},
  };
  for (const Case& c : cases) {
    const http::Request request = make_request("GET", c.target, {{"x-ms-version", "2021-12-02"}});
    const Call call{request, parse_target(request).value(), {{20211202}, {20211202}}, Guid{}};
    const blob::ContainerAccess access{c.level.value_or(kNone), {}};
    const auto authorized = gate.authorize(call, Needs{.letters = "r", .in_public = c.needed},
                                           c.level ? &access : nullptr);
    EXPECT_EQ(authorized ? "" : info(authorized.error().code).azure_code, c.code) << c.target;
    if (!authorized) continue;
    EXPECT_EQ(authorized->kind(), CredentialKind::kAnonymous);
    EXPECT_FALSE(authorized->may_overwrite());
  }
}

// Before anything else is looked at: an account's networks are no hint at what it has.
TEST(PublicGate, AccountIsServedToItsNetworks) {
  test::ManualClock clock;
  Account inside = make_account("inside", {std::string(kDevelopmentKey)}).value();
  inside.public_access = true;
  inside.networks = {http::parse_network("192.0.2.0/24").value(),
                     http::parse_network("fd00::/8").value(),
                     http::parse_network("fe80::/10").value()};
  Gate gate({inside, make_account("open", {std::string(kDevelopmentKey)}).value()}, clock);
  const std::pair<const char*, bool> peers[] = {
      {"192.0.2.7", true}, {"192.0.3.7", false},        {"::ffff:192.0.2.7", true},
      {"fd12::1", true},   {"fe80::1%eth0", true},      {"::1", false},
      {"nonsense", false}, {"::ffff:192.0.3.7", false}, {"", false},
  };
  for (const auto& [peer, served] : peers) {
    EXPECT_EQ(gate.check_peer("inside", peer).has_value(), served) << peer;
    EXPECT_TRUE(gate.check_peer("open", peer)) << peer;
    EXPECT_TRUE(gate.check_peer("nobody", peer)) << peer;
    http::Request request = make_request("GET", "/inside/box/b", {{"x-ms-version", "2021-12-02"}});
    request.peer_address = peer;
    const Call call{request, parse_target(request).value(), {{20211202}, {20211202}}, Guid{}};
    const blob::ContainerAccess access{PublicAccess::kBlob, {}};
    const Needs read{.letters = "r", .in_public = PublicAccess::kBlob};
    const auto authorized = gate.authorize(call, read, &access);
    EXPECT_EQ(authorized.has_value(), served) << peer;
    if (!authorized) EXPECT_EQ(authorized.error().code, ErrorCode::kAuthorizationFailure);
  }
}

}  // namespace
}  // namespace lapis::azure
