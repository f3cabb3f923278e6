#include "blob/lease.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "support/manual_clock.h"

namespace lapis::blob {
namespace {

using std::chrono::seconds;
using Kind = LeaseAction::Kind;

const LeaseId kA = LeaseId::make();
const LeaseId kB = LeaseId::make();
const LeaseId kC = LeaseId::make();

const test::ManualClock kClock;
const ServiceClock kTime(kClock, {});
const ServiceTime kNow = kTime.now();

std::string code_of(ErrorCode code) { return std::string(info(code).azure_code); }

std::string name_of(LeaseState state) {
  constexpr std::array kNames = {"Available", "Leased", "Breaking", "Broken", "Expired"};
  return kNames[static_cast<std::size_t>(state)];
}

Lease fixed(seconds left) { return {kA, seconds(30), kNow + left, {}}; }
const Lease kEndless{kA, {}, {}, {}};

Lease breaking(Lease lease, seconds left) {
  lease.breaks = kNow + left;
  return lease;
}

// A lease of A in each state, in the order of the tables' columns.
const std::array<std::optional<Lease>, 5> kStates = {
    std::nullopt, fixed(seconds(20)), breaking(fixed(seconds(20)), seconds(10)),
    breaking(fixed(seconds(20)), seconds(0)), fixed(seconds(0))};

TEST(LeaseStates, ComeWithTimeAlone) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    EXPECT_EQ(lease_state(kStates[i], kTime), static_cast<LeaseState>(i));
  }
  EXPECT_EQ(lease_state(kEndless, kTime), LeaseState::kLeased);
  EXPECT_EQ(lease_state(breaking(kEndless, seconds(1)), kTime), LeaseState::kBreaking);

  test::ManualClock clock;
  const ServiceClock time(clock, {});
  const std::optional<Lease> lease = Lease{kA, seconds(15), time.now() + seconds(15), {}};
  clock.advance(seconds(15) - Ticks(1));
  EXPECT_EQ(lease_state(lease, time), LeaseState::kLeased);
  clock.advance(Ticks(1));
  EXPECT_EQ(lease_state(lease, time), LeaseState::kExpired);
}

TEST(LeaseViews, TellWhatIsLockedAndWhetherItEnds) {
  constexpr std::array kLocked = {false, true, true, false, false};
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    EXPECT_EQ(lease_view(kStates[i], kTime).is_locked(), kLocked[i]) << i;
    EXPECT_FALSE(lease_view(kStates[i], kTime).endless) << i;
  }
  EXPECT_TRUE(lease_view(kEndless, kTime).endless);
}

// What an action makes of each state: the new state with its id's letter, or an error.
struct ActionCase {
  const char* name;
  LeaseAction action;
  std::array<const char*, 5> outcomes;
};

LeaseAction acquire(std::optional<LeaseId> proposed) {
  LeaseAction action{Kind::kAcquire, {}, proposed, seconds(60), {}};
  propose_id(action);
  return action;
}
LeaseAction renew(LeaseId id) { return {Kind::kRenew, id, {}, {}, {}}; }
LeaseAction change(LeaseId from, LeaseId to) { return {Kind::kChange, from, to, {}, {}}; }
LeaseAction release(LeaseId id) { return {Kind::kRelease, id, {}, {}, {}}; }
LeaseAction break_in(std::optional<seconds> period) { return {Kind::kBreak, {}, {}, {}, period}; }

constexpr const char* kPresent = "LeaseAlreadyPresent";
constexpr const char* kCannotAcquire = "LeaseIsBreakingAndCannotBeAcquired";
constexpr const char* kCannotChange = "LeaseIsBreakingAndCannotBeChanged";
constexpr const char* kCannotRenew = "LeaseIsBrokenAndCannotBeRenewed";
constexpr const char* kMismatch = "LeaseIdMismatchWithLeaseOperation";
constexpr const char* kNoLease = "LeaseNotPresentWithLeaseOperation";

const ActionCase kActionCases[] = {
    //                   Available  Leased(A)  Breaking(A)  Broken(A)  Expired(A)
    {"AcquireAny", acquire({}), {"Leased X", kPresent, kPresent, "Leased X", "Leased X"}},
    {"AcquireA", acquire(kA), {"Leased A", "Leased A", kCannotAcquire, "Leased A", "Leased A"}},
    {"AcquireB", acquire(kB), {"Leased B", kPresent, kPresent, "Leased B", "Leased B"}},
    {"RenewA", renew(kA), {kMismatch, "Leased A", kCannotRenew, kCannotRenew, "Leased A"}},
    {"RenewB", renew(kB), {kMismatch, kMismatch, kMismatch, kMismatch, kMismatch}},
    {"ChangeAToB", change(kA, kB), {kNoLease, "Leased B", kCannotChange, kNoLease, kNoLease}},
    {"ChangeBToA", change(kB, kA), {kNoLease, "Leased A", kCannotChange, kNoLease, kNoLease}},
    {"ChangeBToC", change(kB, kC), {kNoLease, kMismatch, kCannotChange, kNoLease, kNoLease}},
    {"ReleaseA", release(kA), {kMismatch, "Available", "Available", "Available", "Available"}},
    {"ReleaseB", release(kB), {kMismatch, kMismatch, kMismatch, kMismatch, kMismatch}},
    {"BreakNow", break_in(seconds(0)), {kNoLease, "Broken A", "Broken A", "Broken A", "Broken A"}},
    {"BreakIn5",
     break_in(seconds(5)),
     {kNoLease, "Breaking A", "Breaking A", "Broken A", "Broken A"}},
    {"Break", break_in({}), {kNoLease, "Breaking A", "Breaking A", "Broken A", "Broken A"}},
};

std::string text_of(const Result<LeaseOutcome>& outcome) {
  if (!outcome) return code_of(outcome.error().code);
  const std::string state = name_of(lease_state(outcome->lease, kTime));
  if (!outcome->lease) return state;
  const LeaseId& id = outcome->lease->id;
  return state + (id == kA ? " A" : id == kB ? " B" : id == kC ? " C" : " X");
}

TEST(LeaseActions, EachCellOfTheTable) {
  for (const auto subject : {LeaseSubject::kBlob, LeaseSubject::kContainer}) {
    for (const ActionCase& c : kActionCases) {
      for (std::size_t i = 0; i < kStates.size(); ++i) {
        const auto outcome = apply_lease_action(subject, c.action, kStates[i], kNow);
        EXPECT_EQ(text_of(outcome), c.outcomes[i])
            << c.name << " of " << name_of(static_cast<LeaseState>(i));
        if (!outcome) {
          EXPECT_EQ(info(outcome.error().code).http_status, 409);
        }
      }
    }
  }
}

TEST(LeaseActions, RefusalsNameWhatIsLeased) {
  const auto text = [](LeaseSubject subject, const LeaseAction& action) {
    return std::string(info(apply_lease_action(subject, action, {}, kNow).error().code).text);
  };
  EXPECT_TRUE(text(LeaseSubject::kBlob, renew(kA)).ends_with("for the blob."));
  EXPECT_TRUE(text(LeaseSubject::kContainer, renew(kA)).ends_with("for the container."));
  EXPECT_TRUE(text(LeaseSubject::kBlob, break_in({})).ends_with("on the blob."));
  EXPECT_TRUE(text(LeaseSubject::kContainer, break_in({})).ends_with("on the container."));
}

TEST(LeaseActions, AGrantLastsItsDurationAndARenewalAsLongAgain) {
  const auto granted =
      apply_lease_action(LeaseSubject::kBlob, acquire(kA), fixed(seconds(7)), kNow);
  EXPECT_EQ(granted->lease->ends, kNow + seconds(60));
  EXPECT_EQ(granted->lease->duration, seconds(60));
  const auto renewed = apply_lease_action(LeaseSubject::kBlob, renew(kA), fixed(seconds(7)), kNow);
  EXPECT_EQ(renewed->lease->ends, kNow + seconds(30));
  const auto endless = apply_lease_action(LeaseSubject::kBlob, renew(kA), kEndless, kNow);
  EXPECT_FALSE(endless->lease->duration);
  const auto changed =
      apply_lease_action(LeaseSubject::kBlob, change(kA, kB), fixed(seconds(7)), kNow);
  EXPECT_EQ(changed->lease->ends, kNow + seconds(7));
}

TEST(LeaseActions, BreakingTakesAsLongAsItMayAndNoLonger) {
  struct Case {
    const char* name;
    Lease lease;
    std::optional<seconds> period;
    int left;
  };
  const Case cases[] = {
      {"FixedRunsOut", fixed(seconds(20)), {}, 20},
      {"FixedShorter", fixed(seconds(20)), seconds(5), 5},
      {"FixedNoLonger", fixed(seconds(20)), seconds(60), 20},
      {"FixedNow", fixed(seconds(20)), seconds(0), 0},
      {"Expired", fixed(seconds(-5)), seconds(60), 0},
      {"EndlessAtOnce", kEndless, {}, 0},
      {"EndlessPeriod", kEndless, seconds(60), 60},
      {"BreakingGoesOn", breaking(fixed(seconds(20)), seconds(10)), {}, 10},
      {"BreakingShorter", breaking(fixed(seconds(20)), seconds(10)), seconds(3), 3},
      {"BreakingNoLonger", breaking(fixed(seconds(20)), seconds(10)), seconds(60), 10},
      {"BreakingEndless", breaking(kEndless, seconds(10)), seconds(60), 10},
      {"BreakingEndlessAtOnce", breaking(kEndless, seconds(10)), {}, 0},
      {"Broken", breaking(kEndless, seconds(-5)), seconds(60), 0},
  };
  for (const Case& c : cases) {
    const auto outcome = apply_lease_action(LeaseSubject::kBlob, break_in(c.period), c.lease, kNow);
    ASSERT_TRUE(outcome) << c.name;
    EXPECT_EQ(outcome->left, seconds(c.left)) << c.name;
    EXPECT_EQ(*outcome->lease->breaks, kNow + seconds(c.left)) << c.name;
  }
  Lease part = fixed(seconds(20));
  part.ends -= Ticks(1);
  EXPECT_EQ(apply_lease_action(LeaseSubject::kBlob, break_in({}), part, kNow)->left, seconds(19));
}

struct UseCase {
  LeaseUse use;
  std::optional<LeaseId> given;
  std::array<const char*, 5> outcomes;
};

constexpr const char* kBlobLost = "LeaseLost";
constexpr const char* kBlobNone = "LeaseNotPresentWithBlobOperation";
constexpr const char* kBlobWrong = "LeaseIdMismatchWithBlobOperation";
constexpr const char* kMissing = "LeaseIdMissing";
constexpr const char* kBoxNone = "LeaseNotPresentWithContainerOperation";
constexpr const char* kBoxWrong = "LeaseIdMismatchWithContainerOperation";

const UseCase kUseCases[] = {
    //                              Available Leased(A) Breaking(A) Broken(A) Expired(A)
    {LeaseUse::kWriteBlob, kA, {kBlobNone, "ok", "ok", kBlobLost, kBlobLost}},
    {LeaseUse::kWriteBlob, kB, {kBlobNone, kBlobWrong, kBlobWrong, kBlobLost, kBlobLost}},
    {LeaseUse::kWriteBlob, {}, {"ok", kMissing, kMissing, "ok", "ok"}},
    {LeaseUse::kReadBlob, kA, {kBlobNone, "ok", "ok", kBlobLost, kBlobLost}},
    {LeaseUse::kReadBlob, kB, {kBlobNone, kBlobWrong, kBlobWrong, kBlobLost, kBlobLost}},
    {LeaseUse::kReadBlob, {}, {"ok", "ok", "ok", "ok", "ok"}},
    {LeaseUse::kDeleteContainer, kA, {kBoxNone, "ok", "ok", kBlobLost, kBlobLost}},
    {LeaseUse::kDeleteContainer, kB, {kBoxNone, kBoxWrong, kBoxWrong, kBlobLost, kBlobLost}},
    {LeaseUse::kDeleteContainer, {}, {"ok", kMissing, kMissing, "ok", "ok"}},
    {LeaseUse::kUseContainer, kA, {kBoxNone, "ok", "ok", kBlobLost, kBlobLost}},
    {LeaseUse::kUseContainer, kB, {kBoxNone, kBoxWrong, kBoxWrong, kBlobLost, kBlobLost}},
    {LeaseUse::kUseContainer, {}, {"ok", "ok", "ok", "ok", "ok"}},
};

TEST(LeaseUses, EachCellOfTheTable) {
  for (const UseCase& c : kUseCases) {
    for (std::size_t i = 0; i < kStates.size(); ++i) {
      const auto result = check_lease(c.use, kStates[i], c.given, kTime);
      EXPECT_EQ(result ? "ok" : code_of(result.error().code), c.outcomes[i])
          << static_cast<int>(c.use) << " of " << name_of(static_cast<LeaseState>(i));
      if (!result) {
        EXPECT_EQ(info(result.error().code).http_status, 412);
      }
    }
  }
}

TEST(LeaseAfterWrite, OneThatHasEndedIsForgotten) {
  constexpr std::array kKept = {false, true, true, false, false};
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    EXPECT_EQ(lease_after_write(kStates[i], kTime).has_value(), kKept[i]) << i;
  }
}

}  // namespace
}  // namespace lapis::blob
