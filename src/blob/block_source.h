// The source of a block, be it put or appended.
#pragma once

#include <memory>

#include "lapis/blob/copy_source.h"

namespace lapis::blob {

// Opens it; as it answers it has a length that a block may have. Errors: those of opening it;
// kInvalidInput where it is empty, kRequestBodyTooLarge.
io::Task<Result<std::unique_ptr<CopySource>>> open_block_source(CopySources& sources,
                                                                SourceRequest request,
                                                                std::uint64_t max_length);

}  // namespace lapis::blob
