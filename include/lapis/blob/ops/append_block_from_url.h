// Append Block From URL. https://learn.microsoft.com/rest/api/storageservices/append-block-from-url
#pragma once

#include "lapis/blob/copy_source.h"
#include "lapis/blob/ops/append_block.h"

namespace lapis::blob {

struct AppendBlockFromUrl {
  AppendBlock block;  // its hashes are those of the source; its length is what the source has
  SourceRequest source;
  std::uint64_t max_length = 0;
};

// Appends what the source holds. What can be refused before the source is asked is. Completion
// means durable. Errors: those of Append Block and of the source; kRequestBodyTooLarge;
// kInvalidInput (the source is empty, as no block may be).
io::Task<Result<AppendBlockResult>> append_block_from_url(Service& service,
                                                          AppendBlockFromUrl request,
                                                          CopySources& sources);

}  // namespace lapis::blob
