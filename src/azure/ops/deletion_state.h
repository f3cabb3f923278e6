// How listings tell of what is soft-deleted.
#pragma once

#include "azure/xml/xml_writer.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

// DeletedTime and RemainingRetentionDays: days that have begun count.
void write_deletion(XmlWriter& xml, const blob::Deletion& deletion, blob::ServiceTime now);

}  // namespace lapis::azure
