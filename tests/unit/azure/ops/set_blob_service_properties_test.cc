#include "lapis/azure/ops/set_blob_service_properties.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

const std::string kTarget = "/acct?restype=service&comp=properties";
const std::string kXml =
    "<StorageServiceProperties><DefaultServiceVersion>2015-04-05</DefaultServiceVersion>"
    "</StorageServiceProperties>";

TEST(SetBlobServiceProperties, MeansTheAccountAndTheVersion) {
  const auto request = parse_set_blob_service_properties(make_call("PUT", kTarget), kXml);
  ASSERT_TRUE(request) << to_string(request.error());
  EXPECT_EQ(request->account, "acct");
  EXPECT_EQ(*request->change.default_version, 20150405u);
  const auto old = make_call("PUT", kTarget, {}, "2009-09-19");
  EXPECT_EQ(parse_set_blob_service_properties(old, kXml).error().code,
            ErrorCode::kUnsupportedXmlNode);
}

TEST(SetBlobServiceProperties, ChecksTheHashOfTheDocument) {
  const auto call = make_call("PUT", kTarget, {{"Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA=="}});
  EXPECT_EQ(parse_set_blob_service_properties(call, kXml).error().code, ErrorCode::kMd5Mismatch);
}

TEST(SetBlobServiceProperties, IsAccepted) {
  EXPECT_EQ(render_set_blob_service_properties(make_call("PUT", kTarget)).status, 202);
}

}  // namespace
}  // namespace lapis::azure
