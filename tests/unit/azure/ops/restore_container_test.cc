#include "lapis/azure/ops/restore_container.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

using test::Field;
using test::make_call;

const Field kName{"x-ms-deleted-container-name", "old"};
const Field kVersion{"x-ms-deleted-container-version", "01D80E28F195E7A5"};

test::OwnedCall restore(std::initializer_list<Field> headers, const std::string& container = "new",
                        const std::string& version = "2021-12-02") {
  return make_call("PUT", "/acct/" + container + "?restype=container&comp=undelete", headers,
                   version);
}

TEST(ParseRestoreContainer, ReadsBothNames) {
  const auto request = parse_restore_container(restore({kName, kVersion}));
  ASSERT_TRUE(request) << to_string(request.error());
  EXPECT_EQ(request->key.account, "acct");
  EXPECT_EQ(request->key.container, "new");
  EXPECT_EQ(request->deleted_name, "old");
  // 2022-01-20 18:10:02 UTC and a part of a second.
  EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(request->deleted),
            std::chrono::sys_seconds(std::chrono::seconds(1642702202)));
}

TEST(ParseRestoreContainer, RefusesWhatIsMissingOrWrong) {
  struct Case {
    std::string name;
    test::OwnedCall call;
    ErrorCode code;
    std::string at_fault;
  };
  const Case cases[] = {
      {"NoName", restore({kVersion}), ErrorCode::kMissingRequiredHeader, kName.name},
      {"NoVersion", restore({kName}), ErrorCode::kMissingRequiredHeader, kVersion.name},
      {"NoDigits", restore({kName, {kVersion.name, "01D80E28F195E7AG"}}),
       ErrorCode::kInvalidHeaderValue, kVersion.name},
      {"TooShort", restore({kName, {kVersion.name, "1D80E28F195E7A5"}}),
       ErrorCode::kInvalidHeaderValue, kVersion.name},
      {"Before1970", restore({kName, {kVersion.name, "0000000000000001"}}),
       ErrorCode::kInvalidHeaderValue, kVersion.name},
      {"ServicesOwn", restore({kName, kVersion}, "$logs"), ErrorCode::kInvalidResourceName, ""},
      {"TooEarly", restore({kName, kVersion}, "new", "2019-07-07"),
       ErrorCode::kInvalidQueryParameterValue, "comp"},
  };
  for (const Case& c : cases) {
    const auto request = parse_restore_container(c.call);
    ASSERT_FALSE(request) << c.name;
    EXPECT_EQ(request.error().code, c.code) << c.name;
    if (c.at_fault.empty()) continue;
    ASSERT_FALSE(request.error().fields.empty()) << c.name;
    EXPECT_EQ(request.error().fields[0].value, c.at_fault) << c.name;
  }
}

TEST(RenderRestoreContainer, Is201WithoutMore) {
  const auto response = render_restore_container(restore({kName, kVersion}));
  EXPECT_EQ(response.status, 201);
  EXPECT_TRUE(response.headers.all().empty());
}

}  // namespace
}  // namespace lapis::azure
