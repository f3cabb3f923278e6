#include "lapis/azure/ops/get_blob_service_properties.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::make_call;

TEST(GetBlobServiceProperties, AnswersWithTheDocument) {
  const auto response = render_get_blob_service_properties(
      make_call("GET", "/acct?restype=service&comp=properties"), {});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/xml");
  EXPECT_NE(std::get<std::string>(response.body).find("<StorageServiceProperties><Logging>"),
            std::string::npos);
}

}  // namespace
}  // namespace lapis::azure
