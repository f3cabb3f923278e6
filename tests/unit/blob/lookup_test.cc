// Which rows a read looks at, in which order, while they change.
#include "blob/lookup.h"

#include <gtest/gtest.h>

#include "lapis/blob/ops/set_blob_metadata.h"
#include "support/blob_harness.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;

class Lookup : public testing::Test {
 protected:
  Lookup() : harness_({.cache_bytes = 0, .features = versions()}) {}

  static std::shared_ptr<const FeaturesByAccount> versions() {
    FeaturesByAccount features{{"acct", AccountFeatures{.versioning = true}}};
    return std::make_shared<const FeaturesByAccount>(std::move(features));
  }

  Timestamp put(const std::string& text) { return harness_.put("b", text)->version.value(); }

  io::Task<Result<Shared<BlobRecord>>> find(BlobKey key) {
    LAPIS_CO_TRY(const auto container, co_await find_container(harness_.service, key));
    harness_.meta.counts = {};
    co_return co_await find_blob(harness_.service, container->id, key);
  }
  BlobKey version(Timestamp id) const {
    BlobKey key = key_of("b");
    key.version = id;
    return key;
  }

  BlobHarness harness_;
};

TEST_F(Lookup, ReadsNoMoreRowsThanItNeeds) {
  const Timestamp first = put("first");
  const Timestamp second = put("second");
  BlobKey snapshot = key_of("b");
  snapshot.snapshot = first;
  struct Case {
    const char* what;
    BlobKey key;
    bool is_there;
    std::uint64_t reads;
  };
  for (const Case& c : {Case{"the blob", key_of("b"), true, 1},
                        Case{"the current version", version(second), true, 1},
                        Case{"a previous version", version(first), true, 2},
                        Case{"no version", version(second + Ticks(1)), false, 2},
                        Case{"a snapshot's row", snapshot, false, 1}}) {
    const auto found = harness_.run(find(c.key));
    ASSERT_TRUE(found) << c.what;
    EXPECT_EQ(*found != nullptr, c.is_there) << c.what;
    EXPECT_EQ(harness_.meta.counts.reads, c.reads) << c.what;
  }
}

// Whenever the blob is overwritten, what was its version goes on being there.
TEST_F(Lookup, AVersionIsFoundWhileItIsOverwritten) {
  for (std::uint64_t at = 0; at < 3; ++at) {
    const Timestamp id = put("first");
    bool any = false;
    harness_.meta.before_read = [&](std::uint64_t reads) {
      if (reads != at || std::exchange(any, true)) return;
      ASSERT_TRUE(harness_.put("b", "second"));
    };
    const auto found = harness_.run(find(version(id)));
    harness_.meta.before_read = nullptr;
    ASSERT_TRUE(found);
    EXPECT_NE(*found, nullptr) << "overwritten before read " << at;
  }
}

}  // namespace
}  // namespace lapis::blob
