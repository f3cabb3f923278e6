#include "lapis/azure/accounts.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

TEST(MakeAccount, DecodesTheKeys) {
  const auto account = make_account("acct1", {"Zm9v", "YmFy"});
  ASSERT_TRUE(account);
  EXPECT_EQ(account->name, "acct1");
  ASSERT_EQ(account->keys.size(), 2u);
  EXPECT_EQ(account->keys[1].size(), 3u);
}

TEST(MakeAccount, TakesTheDevelopmentAccount) {
  const auto account =
      make_account(std::string(kDevelopmentAccount), {std::string(kDevelopmentKey)});
  ASSERT_TRUE(account);
  EXPECT_EQ(account->keys[0].size(), 64u);
}

struct Bad {
  const char* name;
  std::string account;
  std::vector<std::string> keys;
};

class RefuseAccount : public testing::TestWithParam<Bad> {};

TEST_P(RefuseAccount, SaysWhyWithoutTheKey) {
  const auto account = make_account(GetParam().account, GetParam().keys);
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(account.error().detail.empty());
  for (const auto& key : GetParam().keys) {
    if (!key.empty()) EXPECT_EQ(account.error().detail.find(key), std::string::npos);
  }
}

const Bad kBad[] = {
    {"ShortName", "ab", {"Zm9v"}},   {"LongName", std::string(25, 'a'), {"Zm9v"}},
    {"UpperCase", "Acct", {"Zm9v"}}, {"Hyphen", "a-cct", {"Zm9v"}},
    {"NoKey", "acct", {}},           {"ThreeKeys", "acct", {"Zm9v", "Zm9v", "Zm9v"}},
    {"EmptyKey", "acct", {""}},      {"NoBase64", "acct", {"Zm9v", "secret!"}},
};
INSTANTIATE_TEST_SUITE_P(Accounts, RefuseAccount, testing::ValuesIn(kBad),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lapis::azure
