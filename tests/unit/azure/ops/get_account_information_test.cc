#include "lapis/azure/ops/get_account_information.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

TEST(RenderGetAccountInformation, NamesTheKindOfAccount) {
  const auto at = [](const std::string& version) {
    return render_get_account_information(
        make_call("GET", "/acct?restype=account&comp=properties", {}, version));
  };
  const auto now = at("2019-07-07");
  ASSERT_TRUE(now);
  EXPECT_EQ(now->status, 200);
  EXPECT_EQ(now->headers.get("x-ms-sku-name"), "Standard_LRS");
  EXPECT_EQ(now->headers.get("x-ms-account-kind"), "StorageV2");
  EXPECT_EQ(now->headers.get("x-ms-is-hns-enabled"), "false");
  EXPECT_FALSE(at("2019-02-02")->headers.find("x-ms-is-hns-enabled"));
  EXPECT_TRUE(at("2018-03-28"));
  EXPECT_EQ(at("2017-11-09").error().code, ErrorCode::kInvalidQueryParameterValue);
}

}  // namespace
}  // namespace lapis::azure
