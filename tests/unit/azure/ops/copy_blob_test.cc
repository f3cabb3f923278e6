// Copy Blob: which sources its request takes for what.
#include "lapis/azure/ops/copy_blob.h"

#include <gtest/gtest.h>

#include "support/azure_call.h"

namespace lapis::azure {
namespace {

TEST(ParseCopyBlob, TellsSourcesInThisStoreByTheirUrl) {
  struct Case {
    const char* url;
    bool is_local;  // where the account's key covers it
  };
  const Case cases[] = {
      {"http://127.0.0.1:10000/acct/box/b", true},
      {"http://127.0.0.1:10000/acct/box/b?sv=2021-12-02&sig=x", true},
      {"http://127.0.0.1:10000/acct/box/%62", true},
      {"http://127.0.0.1:10000/acct/box/b?snapshot=2021-06-28T05:51:11.5743121Z", true},
      {"http://127.0.0.1:10000/acct/box/c", true},
      {"http://127.0.0.1:10000/acct/other/b", true},
      {"http://127.0.0.1:10000/acct/box/b?comp=tags", false},
      {"http://127.0.0.1:10000/acct/box/b?restype=account&comp=properties", false},
      {"http://127.0.0.1:10000/another/box/b", false},
      {"https://127.0.0.1:10000/acct/box/b", false},
      {"http://elsewhere/acct/box/b", false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.url);
    const auto of = test::make_call("PUT", "/acct/box/b",
                                    {{"x-ms-copy-source", one.url}, {"Content-Length", "0"}});
    const auto by_key = parse_copy_blob(of, true);
    ASSERT_TRUE(by_key) << to_string(by_key.error());
    EXPECT_EQ(by_key->local.has_value(), one.is_local);
    const auto by_token = parse_copy_blob(of, false);
    ASSERT_TRUE(by_token);
    EXPECT_FALSE(by_token->local);
  }
}

}  // namespace
}  // namespace lapis::azure
