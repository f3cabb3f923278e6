// What the tierer does, as `lapis tier status` gets it.
#pragma once

#include "lapis/admin/commands.h"
#include "lapis/tier/tierer.h"

namespace lapis::daemon {

admin::Json json_of(const tier::TierStatus& status);

}  // namespace lapis::daemon
