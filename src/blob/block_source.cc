#include "blob/block_source.h"

#include <utility>

#include "blob/copy_rules.h"

namespace lapis::blob {

io::Task<Result<std::unique_ptr<CopySource>>> open_block_source(CopySources& sources,
                                                                SourceRequest request,
                                                                std::uint64_t max_length) {
  LAPIS_CO_TRY(auto source, co_await sources.open(std::move(request)));
  const std::uint64_t length = source->properties().length;
  if (length == 0) co_return fail(ErrorCode::kInvalidInput, "the source of a block is empty");
  LAPIS_CO_TRY_VOID(check_source_length(length, max_length));
  co_return source;
}

}  // namespace lapis::blob
