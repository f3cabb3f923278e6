// The rules of policies and holds, as tables.
#include "blob/immutability.h"

#include <gtest/gtest.h>

#include "blob/past_states.h"
#include "support/manual_clock.h"

namespace lapis::blob {
namespace {

constexpr auto kHour = std::chrono::hours(1);

class Immutability : public testing::Test {
 protected:
  ImmutabilityPolicy until(Ticks ahead, bool locked = false) const {
    return {clock_.now() + ahead, locked};
  }

  test::ManualClock clock_;
  ServiceClock time_{clock_, ServiceTime{}};
};

std::string code_of(const Result<void>& result) {
  return result ? "" : std::string(info(result.error().code).azure_code);
}

TEST_F(Immutability, ForbidsByWhatAStateBears) {
  const std::string policy = "BlobImmutableDueToPolicy";
  const std::string hold = "BlobImmutableDueToLegalHold";
  struct Case {
    std::optional<ImmutabilityPolicy> immutability;
    bool legal_hold;
    std::string may_go, may_change;
    bool bears;
  };
  const Case cases[] = {
      {{}, false, "", "", false},
      {until(kHour), false, policy, policy, true},
      {until(kHour, true), false, policy, policy, true},
      {until(Ticks(1)), false, policy, policy, true},
      {until(Ticks(0)), false, "", policy, true},
      {until(-kHour), false, "", policy, true},
      {until(-kHour, true), false, "", policy, true},
      {{}, true, hold, hold, true},
      {until(kHour), true, hold, hold, true},
      {until(-kHour, true), true, hold, hold, true},
  };
  for (const Case& c : cases) {
    BlobProperties state;
    state.immutability = c.immutability;
    state.legal_hold = c.legal_hold;
    EXPECT_EQ(code_of(check_may_go(state, time_)), c.may_go);
    EXPECT_EQ(code_of(check_may_change(state)), c.may_change);
    EXPECT_EQ(bears_protection(state), c.bears);
    for (const bool soft : {false, true}) {
      Keeping keeping;
      if (soft) keeping.deleted_until = ServiceTime{};
      EXPECT_EQ(becomes_version(state, keeping), c.bears) << "although nothing makes versions";
    }
    take_protection_off(state);
    EXPECT_FALSE(bears_protection(state));
  }
}

// What becomes of one policy where another is set: columns are what is set, rows what there is.
TEST_F(Immutability, OnlyExtendsALockedPolicy) {
  const std::string locked = "BlobImmutableDueToPolicy";
  const std::string past = "InvalidHeaderValue";
  struct Case {
    std::optional<ImmutabilityPolicy> old;
    std::string shorter, same, longer, shorter_locked, same_locked, longer_locked;
  };
  const Case cases[] = {
      {{}, "", "", "", "", "", ""},
      {until(2 * kHour), "", "", "", "", "", ""},
      {until(2 * kHour, true), locked, locked, locked, locked, "", ""},
      {until(-kHour), "", "", "", "", "", ""},
      {until(-kHour, true), locked, locked, locked, "", "", ""},
  };
  for (const Case& c : cases) {
    const auto set = [&](Ticks ahead, bool lock) {
      return code_of(check_new_policy(c.old, until(ahead, lock), time_));
    };
    EXPECT_EQ(set(kHour, false), c.shorter);
    EXPECT_EQ(set(2 * kHour, false), c.same);
    EXPECT_EQ(set(3 * kHour, false), c.longer);
    EXPECT_EQ(set(kHour, true), c.shorter_locked);
    EXPECT_EQ(set(2 * kHour, true), c.same_locked);
    EXPECT_EQ(set(3 * kHour, true), c.longer_locked);
    for (const Ticks over : {Ticks(0), Ticks(-1)}) {
      EXPECT_EQ(set(over, false), past);
      EXPECT_EQ(set(over, true), past);
    }
    const bool stays = c.old && c.old->locked;
    EXPECT_EQ(code_of(check_policy_may_end(c.old)),
              stays ? "ImmutabilityPolicyDeleteOnLockedPolicy" : "");
  }
}

// A wall clock that is put on makes nothing over that is not, and one that is put back restores
// nothing.
TEST_F(Immutability, GoesByTheServiceClock) {
  BlobProperties state;
  state.immutability = until(kHour);
  clock_.set(clock_.now() + 10 * kHour);
  EXPECT_FALSE(check_may_go(state, time_));
  clock_.advance(2 * kHour);
  EXPECT_TRUE(check_may_go(state, time_));
  clock_.set(clock_.now() - 100 * kHour);
  EXPECT_TRUE(check_may_go(state, time_));
}

TEST_F(Immutability, NamesTheHeaderOfATimeThatIsOver) {
  const auto refused = check_new_policy({}, until(-kHour), time_);
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.error().fields.size(), 2u);
  EXPECT_EQ(refused.error().fields[0].value, "x-ms-immutability-policy-until-date");
  EXPECT_EQ(refused.error().fields[1].value, "Fri, 02 Jan 2026 02:04:05 GMT");
}

}  // namespace
}  // namespace lapis::blob
