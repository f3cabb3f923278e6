// The rules of leases, for blobs and containers alike: what each action makes of a lease, and what
// a lease lets through. Two tables (lease.cc) and plain functions over them: they run inside
// transactions and are tested without threads.
// Source: REST "Lease Blob", "Lease Container": outcomes of lease operations, of use attempts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "lapis/base/result.h"
#include "lapis/blob/lease_action.h"
#include "lapis/blob/lease_view.h"

namespace lapis::blob {

// What is done to what may be leased. Snapshots are taken as blobs are read. A container's lease
// guards its deletion alone; any other use only has to be right about an id that it names.
enum class LeaseUse : std::uint8_t { kReadBlob, kWriteBlob, kUseContainer, kDeleteContainer };

// Whether a request that names `given`, or no lease, may go on. Errors, by use:
// kLeaseNotPresentWith…Operation, kLeaseIdMismatchWith…Operation, kLeaseLost, and of writes and
// deletions k(Container)LeaseIdMissing.
Result<void> check_lease(LeaseUse use, const std::optional<Lease>& lease,
                         const std::optional<LeaseId>& given, const ServiceClock& time);

// What is left of a blob's lease when the blob was written: one that has ended is forgotten.
std::optional<Lease> lease_after_write(const std::optional<Lease>& lease, const ServiceClock& time);

enum class LeaseSubject : std::uint8_t { kBlob, kContainer };

struct LeaseOutcome {
  std::optional<Lease> lease;
  std::chrono::seconds left{};  // until a lease that breaks is broken, in whole seconds
};

// What `action` makes of a lease. An acquired one gets the action's `proposed` id, which is there.
// Errors (409): kLeaseAlreadyPresent, kLeaseIsBreakingAndCannotBeAcquired, …Changed,
// kLeaseIsBrokenAndCannotBeRenewed, kLeaseIdMismatchWith…LeaseOperation,
// kLeaseNotPresentWith…LeaseOperation.
Result<LeaseOutcome> apply_lease_action(LeaseSubject subject, const LeaseAction& action,
                                        const std::optional<Lease>& lease, ServiceTime now);

// Makes an id for a lease that is to be acquired and proposes none. Before the transaction, which
// may run again.
void propose_id(LeaseAction& action);

LeaseActionResult result_of(const LeaseOutcome& outcome, Etag etag, Timestamp last_modified);

}  // namespace lapis::blob
