// How answers and listings tell of leases.
#pragma once

#include "azure/xml/xml_writer.h"
#include "lapis/azure/call.h"
#include "lapis/blob/lease_view.h"

namespace lapis::azure {

// x-ms-lease-status; from 2012-02-12 on x-ms-lease-state and, while it is leased,
// x-ms-lease-duration.
void add_lease_state(http::Headers& headers, const Call& call, const blob::LeaseView& lease);

// LeaseStatus, LeaseState, LeaseDuration of a listing: likewise.
void write_lease_state(XmlWriter& xml, const Call& call, const blob::LeaseView& lease);

}  // namespace lapis::azure
