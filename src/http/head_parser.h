// Turns a checked head into a Request, with Beast's parser as the second opinion on its framing.
#pragma once

#include <string_view>

#include "http/head_check.h"
#include "lapis/base/result.h"
#include "lapis/http/message.h"

namespace lapis::http {

// Fills everything of `request` that a head decides, re-using its memory; peer_address and secure
// are left alone. `head` is what head_check turned into `checked`. Errors: kBadRequest where Beast
// reads the head differently.
Result<void> parse_head(std::string_view head, const CheckedHead& checked, Request& request);

}  // namespace lapis::http
