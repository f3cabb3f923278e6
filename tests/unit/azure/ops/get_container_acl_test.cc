#include "lapis/azure/ops/get_container_acl.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

struct Case {
  const char* permissions;
  const char* version;
  bool shown;
};

TEST(RenderGetContainerAcl, ShowsOnlyPermissionsThatTheVersionKnows) {
  constexpr Case kCases[] = {{"rwdl", "2014-02-14", true},  {"", "2014-02-14", true},
                             {"c", "2014-02-14", false},    {"a", "2014-02-14", false},
                             {"racw", "2012-02-12", false}, {"racwdl", "2015-04-05", true},
                             {"racwdl", "2021-12-02", true}};
  for (const Case& c : kCases) {
    const auto call = test::make_call("GET", "/acct/box?restype=container&comp=acl", {}, c.version);
    blob::ContainerProperties container;
    container.access.policies = {{"first", {}, {}, "r"}, {"second", {}, {}, c.permissions}};
    const auto response = render_get_container_acl(call, container);
    ASSERT_EQ(response.has_value(), c.shown) << c.permissions << " at " << c.version;
    if (!response) EXPECT_EQ(response.error().code, ErrorCode::kFeatureVersionMismatch);
  }
}

}  // namespace
}  // namespace lapis::azure
