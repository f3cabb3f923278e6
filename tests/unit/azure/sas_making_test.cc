// Tokens that `lapis sas` makes, for what only some of them are: a past state, a stored policy.
#include "lapis/azure/sas.h"
#include "unit/azure/gate_fixture.h"

namespace lapis::azure {
namespace {

using test::make_request;

class SasMaking : public GateTest {};

// A token of a snapshot or version is for that alone, not for the blob, and not the other way
// round.
TEST_F(SasMaking, AcceptsWhatLapisMakesOfAPastState) {
  const Account account = make_account("other", {std::string(kSecondKey)}).value();
  const std::string time = "2026-11-22T16:00:00.1234567Z";
  const std::string later = "2026-11-22T16:00:00.1234568Z";
  for (const bool of_version : {false, true}) {
    ServiceSasRequest request;
    request.container = "box";
    request.permissions = "r";
    request.expiry = clock_.now() + std::chrono::hours(1);
    (of_version ? request.version_id : request.snapshot) = time;
    EXPECT_FALSE(make_service_sas(account, request)) << "of a container";
    request.blob = "b";
    const auto token = make_service_sas(account, request);
    ASSERT_TRUE(token) << to_string(token.error());
    const std::string parameter = of_version ? "versionid=" : "snapshot=";
    const auto asked = [&](const std::string& query) {
      return authorize(make_request("GET", "/other/box/b?" + query + *token)).has_value();
    };
    EXPECT_TRUE(asked(parameter + time + "&"));
    EXPECT_FALSE(asked(parameter + later + "&"));
    EXPECT_FALSE(asked(parameter + "&"));
    EXPECT_FALSE(asked(""));
    EXPECT_FALSE(asked((of_version ? "snapshot=" : "versionid=") + time + "&"));
    request.version = of_version ? "2019-07-07" : "2018-03-28";
    EXPECT_FALSE(make_service_sas(account, request)) << "before there were such tokens";
    request.version = "2021-12-02";
    (of_version ? request.version_id : request.snapshot) = "yesterday";
    EXPECT_FALSE(make_service_sas(account, request));
    request.snapshot = request.version_id = time;
    EXPECT_FALSE(make_service_sas(account, request));
  }
}

TEST_F(SasMaking, AcceptsWhatLapisMakesByAPolicy) {
  const Account account = make_account("other", {std::string(kSecondKey)}).value();
  const Timestamp soon = clock_.now() + std::chrono::hours(1);
  ServiceSasRequest request;
  request.container = "box";
  EXPECT_FALSE(make_service_sas(account, request));
  request.policy = "one & two";
  const blob::ContainerAccess access{blob::PublicAccess::kNone, {{"one & two", {}, soon, "r"}}};
  const auto whole = make_service_sas(account, request);
  ASSERT_TRUE(whole) << to_string(whole.error());
  EXPECT_TRUE(authorize(make_request("GET", "/other/box/b?" + *whole), kRead, &access));
  EXPECT_FALSE(authorize(make_request("GET", "/other/box/b?" + *whole)));
  request.permissions = "r";
  request.expiry = soon;
  const blob::ContainerAccess bare{blob::PublicAccess::kNone, {{"one & two", {}, {}, ""}}};
  const auto given = make_service_sas(account, request);
  ASSERT_TRUE(given);
  EXPECT_TRUE(authorize(make_request("GET", "/other/box/b?" + *given), kRead, &bare));
  request.policy = std::string(65, 'p');
  EXPECT_FALSE(make_service_sas(account, request));
}

}  // namespace
}  // namespace lapis::azure
