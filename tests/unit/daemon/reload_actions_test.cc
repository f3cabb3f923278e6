#include "daemon/reload_actions.h"

#include <gtest/gtest.h>

namespace lapis::daemon {
namespace {

TEST(ReloadActions, RunInOrderAndPastFailures) {
  std::string ran;
  ReloadActions actions;
  const auto append = [&ran](char name, bool works) {
    return [&ran, name, works]() -> Result<void> {
      ran += name;
      if (!works) return fail(ErrorCode::kInvalidInput, "said why");
      return {};
    };
  };
  actions.add("first", append('a', true));
  EXPECT_TRUE(actions.run());
  actions.add("second", append('b', false));
  actions.add("third", append('c', true));
  EXPECT_FALSE(actions.run());
  EXPECT_FALSE(actions.run());
  EXPECT_EQ(ran, "aabcabc");
}

TEST(ReloadActions, NoneIsNoFailure) { EXPECT_TRUE(ReloadActions().run()); }

}  // namespace
}  // namespace lapis::daemon
