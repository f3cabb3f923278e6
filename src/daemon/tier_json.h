// What the tierer does, as `lapis tier status` gets it.
#pragma once

#include "lapis/admin/commands.h"
#include "lapis/blob/inline_mover.h"
#include "lapis/tier/tierer.h"

namespace lapis::daemon {

// `metadata`: what moves out of it.
admin::Json json_of(const tier::TierStatus& status, const blob::InlineMoverStatus& metadata);
admin::Json json_of(const blob::InlineMoverStatus& status);

}  // namespace lapis::daemon
