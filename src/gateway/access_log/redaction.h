// Keeps secrets out of logs: what a client sent is passed through here before it is written.
#pragma once

#include <string>
#include <string_view>

namespace lapis::gateway {

// `text` with the value of every `sig` parameter replaced: whatever the case of its name, however
// often it, its '=' or its value is percent-encoded, in a query or anywhere else.
std::string redact(std::string_view text);

// The same without a string of its own: `text` itself where nothing is replaced, else what is put
// into `memory`.
std::string_view redact(std::string_view text, std::string& memory);

// A URL that may name another server (Referer, x-ms-copy-source): without user name and password,
// and with nothing of its query but that there was one.
std::string redact_foreign_url(std::string_view url);

}  // namespace lapis::gateway
