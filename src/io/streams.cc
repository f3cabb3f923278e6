#include "lapis/io/streams.h"

#include "lapis/base/check.h"

namespace lapis::io {

Task<Result<void>> read_exactly(ByteSource& source, MutableBytes into) {
  while (!into.empty()) {
    LAPIS_CO_TRY(const std::size_t count, co_await source.read(into));
    if (count == 0) co_return fail(ErrorCode::kBadRequest, "the body ended early");
    LAPIS_CHECK(count <= into.size());
    into = into.subspan(count);
  }
  co_return Result<void>{};
}

}  // namespace lapis::io
