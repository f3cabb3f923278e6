// A request's body that is an XML document: read whole, for the parsers of azure.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/route.h"

namespace lapis::gateway {

// A document small enough to be held: its length has been announced and is checked first, and
// memory is taken for no more than has come, and once more as much. Errors:
// kMissingContentLengthHeader, kRequestBodyTooLarge with MaxLimit, what reading fails with.
io::Task<Result<std::string>> read_document(Exchange exchange, std::uint64_t max_bytes);

}  // namespace lapis::gateway
