#include "blob/lease.h"

#include <algorithm>
#include <cstddef>

namespace lapis::blob {
namespace {

using std::chrono::seconds;

constexpr std::size_t kStates = 5;  // in the order of LeaseState

LeaseState state_at(const Lease& lease, ServiceTime now) {
  if (lease.breaks) return *lease.breaks > now ? LeaseState::kBreaking : LeaseState::kBroken;
  if (lease.duration && lease.ends <= now) return LeaseState::kExpired;
  return LeaseState::kLeased;
}

LeaseState state_at(const std::optional<Lease>& lease, ServiceTime now) {
  return lease ? state_at(*lease, now) : LeaseState::kAvailable;
}

// --- Using what may be leased ------------------------------------------------------------------

enum class Verdict : std::uint8_t { kFine, kNotPresent, kMissing, kMismatch, kLost };
enum class Given : std::uint8_t { kItsId, kOther, kNone };

using enum Verdict;
constexpr Verdict kGuarded[][kStates] = {
    // Available    Leased     Breaking   Broken     Expired
    {kNotPresent, kFine, kFine, kLost, kLost},          // kItsId
    {kNotPresent, kMismatch, kMismatch, kLost, kLost},  // kOther
    {kFine, kMissing, kMissing, kFine, kFine},          // kNone
};
constexpr Verdict kUnguarded[][kStates] = {
    {kNotPresent, kFine, kFine, kLost, kLost},
    {kNotPresent, kMismatch, kMismatch, kLost, kLost},
    {kFine, kFine, kFine, kFine, kFine},
};

struct UseCodes {
  ErrorCode not_present, missing, mismatch, lost;
};
constexpr UseCodes kBlobCodes = {
    ErrorCode::kLeaseNotPresentWithBlobOperation, ErrorCode::kLeaseIdMissing,
    ErrorCode::kLeaseIdMismatchWithBlobOperation, ErrorCode::kLeaseLost};
constexpr UseCodes kContainerCodes = {
    ErrorCode::kLeaseNotPresentWithContainerOperation, ErrorCode::kContainerLeaseIdMissing,
    ErrorCode::kLeaseIdMismatchWithContainerOperation, ErrorCode::kContainerLeaseLost};

Given given_as(const std::optional<LeaseId>& given, const std::optional<Lease>& lease) {
  if (!given) return Given::kNone;
  return lease && *given == lease->id ? Given::kItsId : Given::kOther;
}

// --- Acting on a lease -------------------------------------------------------------------------

enum class Step : std::uint8_t {
  kGrant,
  kExtend,
  kSwapId,
  kFree,
  kEnd,
  kPresent,        // LeaseAlreadyPresent
  kCannotAcquire,  // LeaseIsBreakingAndCannotBeAcquired
  kCannotRenew,    // LeaseIsBrokenAndCannotBeRenewed
  kCannotChange,   // LeaseIsBreakingAndCannotBeChanged
  kWrongId,        // LeaseIdMismatchWithLeaseOperation
  kNoLease,        // LeaseNotPresentWithLeaseOperation
};

struct ActionRow {
  LeaseAction::Kind kind;
  bool knows_id;  // the action names the lease's own id
  Step steps[kStates];
};

using enum Step;
using Kind = LeaseAction::Kind;
constexpr ActionRow kActions[] = {
    //                      Available Leased    Breaking        Broken        Expired
    {Kind::kAcquire, true, {kGrant, kGrant, kCannotAcquire, kGrant, kGrant}},
    {Kind::kAcquire, false, {kGrant, kPresent, kPresent, kGrant, kGrant}},
    {Kind::kRenew, true, {kWrongId, kExtend, kCannotRenew, kCannotRenew, kExtend}},
    {Kind::kRenew, false, {kWrongId, kWrongId, kWrongId, kWrongId, kWrongId}},
    {Kind::kChange, true, {kNoLease, kSwapId, kCannotChange, kNoLease, kNoLease}},
    {Kind::kChange, false, {kNoLease, kWrongId, kCannotChange, kNoLease, kNoLease}},
    {Kind::kRelease, true, {kWrongId, kFree, kFree, kFree, kFree}},
    {Kind::kRelease, false, {kWrongId, kWrongId, kWrongId, kWrongId, kWrongId}},
    {Kind::kBreak, false, {kNoLease, kEnd, kEnd, kEnd, kEnd}},
};

// A change to the id that the lease has already is one that was done before: it may be repeated.
bool knows_id(const LeaseAction& action, const std::optional<Lease>& lease) {
  if (!lease || action.kind == Kind::kBreak) return false;
  if (action.kind == Kind::kAcquire) return action.proposed == lease->id;
  if (action.kind == Kind::kChange && action.proposed == lease->id) return true;
  return action.id == lease->id;
}

Step step_for(const LeaseAction& action, const std::optional<Lease>& lease, ServiceTime now) {
  const bool knows = knows_id(action, lease);
  const auto* row = std::ranges::find_if(kActions, [&](const ActionRow& candidate) {
    return candidate.kind == action.kind && candidate.knows_id == knows;
  });
  return row->steps[static_cast<std::size_t>(state_at(lease, now))];
}

ErrorCode refusal(Step step, LeaseSubject subject) {
  const bool blob = subject == LeaseSubject::kBlob;
  switch (step) {
    case kPresent:
      return ErrorCode::kLeaseAlreadyPresent;
    case kCannotAcquire:
      return ErrorCode::kLeaseIsBreakingAndCannotBeAcquired;
    case kCannotRenew:
      return ErrorCode::kLeaseIsBrokenAndCannotBeRenewed;
    case kCannotChange:
      return ErrorCode::kLeaseIsBreakingAndCannotBeChanged;
    case kWrongId:
      return blob ? ErrorCode::kLeaseIdMismatchWithLeaseOperation
                  : ErrorCode::kLeaseIdMismatchWithContainerLeaseOperation;
    default:
      return blob ? ErrorCode::kLeaseNotPresentWithLeaseOperation
                  : ErrorCode::kLeaseNotPresentWithContainerLeaseOperation;
  }
}

Lease granted(LeaseId id, std::optional<seconds> duration, ServiceTime now) {
  return {id, duration, duration ? now + *duration : ServiceTime{}, std::nullopt};
}

// How long a lease goes on that is told to break. Never longer than it would anyway; without a
// period one that has an end runs to it, and one that has none is broken at once.
Ticks time_to_break(const Lease& lease, std::optional<seconds> period, ServiceTime now) {
  std::optional<Ticks> most;
  if (lease.breaks) {
    most = *lease.breaks - now;
  } else if (lease.duration) {
    most = lease.ends - now;
  }
  if (!period && !lease.duration) return Ticks::zero();
  const Ticks wanted = period ? Ticks(*period) : Ticks::max();
  return std::max(std::min(wanted, most.value_or(Ticks::max())), Ticks::zero());
}

LeaseOutcome broken(Lease lease, std::optional<seconds> period, ServiceTime now) {
  const Ticks left = time_to_break(lease, period, now);
  lease.breaks = now + left;
  return {lease, std::chrono::floor<seconds>(left)};
}

}  // namespace

LeaseState lease_state(const std::optional<Lease>& lease, const ServiceClock& time) {
  return lease ? state_at(*lease, time.now()) : LeaseState::kAvailable;
}

LeaseView lease_view(const std::optional<Lease>& lease, const ServiceClock& time) {
  return {lease_state(lease, time), lease && !lease->duration};
}

Result<void> check_lease(LeaseUse use, const std::optional<Lease>& lease,
                         const std::optional<LeaseId>& given, const ServiceClock& time) {
  if (!lease && !given) return {};
  const bool guarded = use == LeaseUse::kWriteBlob || use == LeaseUse::kDeleteContainer;
  const bool of_blob = use == LeaseUse::kReadBlob || use == LeaseUse::kWriteBlob;
  const UseCodes& codes = of_blob ? kBlobCodes : kContainerCodes;
  const auto& table = guarded ? kGuarded : kUnguarded;
  const auto row = static_cast<std::size_t>(given_as(given, lease));
  switch (table[row][static_cast<std::size_t>(lease_state(lease, time))]) {
    case kNotPresent:
      return fail(codes.not_present);
    case kMissing:
      return fail(codes.missing);
    case kMismatch:
      return fail(codes.mismatch);
    case kLost:
      return fail(codes.lost);
    case kFine:
      break;
  }
  return {};
}

std::optional<Lease> lease_after_write(const std::optional<Lease>& lease,
                                       const ServiceClock& time) {
  const LeaseState state = lease_state(lease, time);
  const bool ended = state == LeaseState::kBroken || state == LeaseState::kExpired;
  return ended ? std::nullopt : lease;
}

Result<LeaseOutcome> apply_lease_action(LeaseSubject subject, const LeaseAction& action,
                                        const std::optional<Lease>& lease, ServiceTime now) {
  const Step step = step_for(action, lease, now);
  switch (step) {
    case kGrant:
      return LeaseOutcome{granted(action.proposed.value(), action.duration, now), {}};
    case kExtend:
      return LeaseOutcome{granted(lease->id, lease->duration, now), {}};
    case kSwapId: {
      Lease changed = *lease;
      changed.id = action.proposed.value();
      return LeaseOutcome{changed, {}};
    }
    case kFree:
      return LeaseOutcome{};
    case kEnd:
      return broken(*lease, action.break_period, now);
    default:
      return fail(refusal(step, subject));
  }
}

void propose_id(LeaseAction& action) {
  if (action.kind == Kind::kAcquire && !action.proposed) action.proposed = LeaseId::make();
}

LeaseActionResult result_of(const LeaseOutcome& outcome, Etag etag, Timestamp last_modified) {
  return {etag, last_modified, outcome.lease ? outcome.lease->id : LeaseId{}, outcome.left};
}

}  // namespace lapis::blob
