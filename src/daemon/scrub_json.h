// What scrub did and found, as `lapis scrub status` gets it.
#pragma once

#include "daemon/damage_reporter.h"
#include "lapis/admin/commands.h"

namespace lapis::daemon {

admin::Json json_of(const ScrubReport& report);

}  // namespace lapis::daemon
