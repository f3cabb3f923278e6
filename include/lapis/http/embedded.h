// Messages inside the body of another one: content of the type application/http.
#pragma once

#include <string>
#include <string_view>

#include "lapis/base/result.h"
#include "lapis/http/message.h"

namespace lapis::http {

// The head of a request and nothing behind it, read as strictly as one from a connection, but that
// Host may be absent, and the empty line too, where the text ends with the last field. Of an
// absolute target the path is taken. Errors: as of a head; kBadRequest where something follows.
Result<Request> parse_embedded_request(std::string_view text);

// Appends `response`, whose body is text or none, with its length. A bodiless one says no length.
void append_embedded_response(std::string& out, const Response& response);

}  // namespace lapis::http
